import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { InputError, oneOf, show } from '../errors/index.ts';
import { loadScenario } from '../loading/index.ts';
import { builtInNeurons } from '../neurons/index.ts';
import { localPart, localParts, type LocalPart } from '../recording/index.ts';
import { builtInRules } from '../rules/index.ts';
import { learnedCircuits } from '../training/index.ts';

/** `rxflo rule NAME|SCENARIO`: what rules and neuron models compute, read and cost, from their own text. */
export function ruleCommand(): Command {
  return new Command('rule')
    .summary('print what a rule or a neuron model computes, reads and costs')
    .description(
      'Prints, from the text of its functions, the formula of a plasticity rule or a neuron model, what it reads and whose that is, and what it costs.',
    )
    .argument('<name>', `${names().join(', ')}, or a scenario: then every rule and neuron model of its circuit`)
    .option('--json', 'print it as JSON, with MathML beside LaTeX')
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
    throw new InputError('rule', `${show(name)} is unknown; give ${oneOf(names())}, or a scenario file`);
  }
  const { scenario, within } = await loadScenario(name);
  const { circuit, learners } = await within(() => scenario.plan());
  return localParts(...learnedCircuits(circuit, learners));
}

function page(part: LocalPart): string {
  const { kind, name } = part;
  const title = `${name}, a ${kind}`;
  if (part.opaque) {
    return `${title}\n\n  Opaque: its text is not read. What it computes, reads and costs is not known, and it runs as actors only.`;
  }
  const { formulas, cost } = part;
  const reads = Object.entries(part.reads).map(([scope, paths]) => `${scope.padEnd(16)}${paths.join(', ')}`);
  const each = kind === 'plasticity rule' ? 'synapse' : 'neuron';
  const operations = Object.entries(cost.operations).map(([operation, count]) => `${count} ${operation}`);
  const costs = [
    `${cost.total} operations${operations.length > 0 ? `: ${operations.join(', ')}` : ''}`,
    `${cost.bytes} bytes kept, in float64`,
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
    ...section(`Costs, a ${each} and timestep`, costs),
  ].join('\n');
}

function section(heading: string, lines: readonly string[]): string[] {
  return ['', `  ${heading}`, ...lines.map((line) => `    ${line}`)];
}
