import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { InputError, oneOf, show } from '../errors/index.ts';
import { loadScenario } from '../loading/index.ts';
import { builtInNeurons } from '../neurons/index.ts';
import { localPart, localParts, type LocalPart } from '../recording/index.ts';
import { builtInRules } from '../rules/index.ts';
import { learnedCircuits } from '../training/index.ts';

/** `rxflo rule NAME|SCENARIO`: what rules and neuron models compute, read and cost, derived from their source text. */
export function ruleCommand(): Command {
  return new Command('rule')
    .summary('print what a rule or a neuron model computes, reads and costs')
    .description(
      'Prints the formulas of a plasticity rule or a neuron model, what it reads and from where, and what it costs. All of this is derived from the source text of its functions.',
    )
    .argument(
      '<name>',
      `${names().join(', ')}, or a scenario file, which prints every rule and neuron model of its circuit`,
    )
    .option('--json', 'print the result as JSON, with the formulas in LaTeX and in MathML')
    .addHelpText(
      'after',
      `
Examples:
  rxflo rule rflo
  rxflo rule scenarios/periodic.ts --json

Exit codes: 0 done, 2 the input is wrong.`,
    )
    .action(async (name: string, { json = false }: { json?: boolean }) => {
      const parts = await partsOf(name);
      const text = json ? JSON.stringify(parts, null, 2) : parts.map(page).join('\n\n');
      process.stdout.write(`${text}\n`);
    });
}

/** The rules and models that come with rxflo. */
function builtIn(): LocalPart[] {
  const rules = builtInRules.map((rule) => localPart('plasticity rule', rule()));
  const models = builtInNeurons.flatMap((population) => population(1).model ?? []);
  return [...rules, ...models.map((model) => localPart('neuron model', model))];
}

function names(): string[] {
  return builtIn().map(({ name }) => name);
}

async function partsOf(name: string): Promise<LocalPart[]> {
  const known = builtIn().filter((one) => one.name === name);
  if (known.length > 0) return known;
  if (!/[./\\]/.test(name) && !existsSync(name)) {
    throw new InputError(
      'rule',
      `unknown rule or neuron model ${show(name)}; expected ${oneOf(names())}, or a scenario file`,
    );
  }
  const { scenario, within } = await loadScenario(name);
  const { circuit, learners } = await within(() => scenario.plan());
  return localParts(...learnedCircuits(circuit, learners));
}

function page(part: LocalPart): string {
  const { kind, name } = part;
  const title = `${name}, a ${kind}`;
  if (part.opaque) {
    return `${title}\n\n  Opaque: its source text is not analysed. So what it computes, reads and costs is unknown, and it runs only as actors.`;
  }
  const { formulas, cost } = part;
  const reads = Object.entries(part.reads).map(([scope, paths]) => `${scope.padEnd(16)}${paths.join(', ')}`);
  const each = kind === 'plasticity rule' ? 'synapse' : 'neuron';
  const operations = Object.entries(cost.operations).map(([operation, count]) => `${count} ${operation}`);
  const costs = [
    `${cost.total} operations${operations.length > 0 ? `: ${operations.join(', ')}` : ''}`,
    `${cost.bytes} bytes stored, in float64`,
  ];
  return [
    title,
    ...section(
      'Computes',
      formulas.map(({ text }) => text),
    ),
    ...section(
      'In LaTeX',
      formulas.map(({ latex }) => latex),
    ),
    ...section('Reads', reads.length > 0 ? reads : ['nothing']),
    ...section(`Costs per ${each} and timestep`, costs),
  ].join('\n');
}

function section(heading: string, lines: readonly string[]): string[] {
  return ['', `  ${heading}`, ...lines.map((line) => `    ${line}`)];
}
