import { existsSync } from 'node:fs';
import { Command } from 'commander';
import type { Circuit } from '../circuit/index.ts';
import { InputError, oneOf, show } from '../errors/index.ts';
import type { Analysis } from '../local/index.ts';
import { leakyRelu, leakyTanh, linear } from '../neurons/index.ts';
import { delta, rflo } from '../rules/index.ts';
import { loadScenario } from './load-scenario.ts';

/** A rule or a neuron model, with what is known of it: nothing, where it is opaque. */
interface Subject {
  readonly kind: 'plasticity rule' | 'neuron model';
  readonly name: string;
  readonly analysis?: Analysis;
}

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
      const subjects = await subjectsOf(name);
      const text = json ? JSON.stringify(subjects.map(summary), null, 2) : subjects.map(page).join('\n\n');
      process.stdout.write(`${text}\n`);
    });
}

/** The rules and models that come with rxflo. */
function builtIn(): Subject[] {
  const rules = [rflo(), delta()].map((rule) => subject('plasticity rule', rule));
  const models = [leakyTanh(1), leakyRelu(1), linear(1)].flatMap(({ model }) => model ?? []);
  return [...rules, ...models.map((model) => subject('neuron model', model))];
}

function names(): string[] {
  return builtIn().map(({ name }) => name);
}

async function subjectsOf(name: string): Promise<Subject[]> {
  const known = builtIn().filter((one) => one.name === name);
  if (known.length > 0) return known;
  if (!/[./\\]/.test(name) && !existsSync(name)) {
    throw new InputError('rule', `${show(name)} is none; give ${oneOf(names())}, or a scenario file`);
  }
  const { scenario, within } = await loadScenario(name);
  return subjectsIn(await within(() => scenario.plan().circuit));
}

/** Each rule and neuron model of a circuit once, however many groups and populations have it. */
function subjectsIn({ neurons, synapses }: Circuit): Subject[] {
  const rules = Object.values(synapses).flatMap(({ rule }) => (rule ? [subject('plasticity rule', rule)] : []));
  const models = Object.values(neurons).flatMap(({ model }) => (model ? [subject('neuron model', model)] : []));
  return [...new Map([...rules, ...models].map((one) => [`${one.kind} ${one.name}`, one])).values()];
}

function subject(kind: Subject['kind'], { name, analysis }: Omit<Subject, 'kind'>): Subject {
  return { kind, name, ...(analysis && { analysis }) };
}

/** What is read, by whose it is: from the synapse's or neuron's own to what all share. */
function readsByScope(analysis: Analysis): Readonly<Record<string, readonly string[]>> {
  const order = [
    'own state',
    'own weight',
    'summed input',
    'presynaptic',
    'postsynaptic',
    'learning signal',
    'global',
    'parameter',
  ];
  return Object.fromEntries(
    order.flatMap((scope) => {
      const paths = analysis.reads.filter((read) => read.scope === scope).map(({ path }) => path);
      return paths.length > 0 ? [[scope, paths] as const] : [];
    }),
  );
}

function summary({ kind, name, analysis }: Subject): object {
  if (!analysis) return { kind, name, opaque: true };
  return { kind, name, opaque: false, formulas: analysis.formulas, reads: readsByScope(analysis), cost: analysis.cost };
}

function page({ kind, name, analysis }: Subject): string {
  const title = `${name}, a ${kind}`;
  if (!analysis) {
    return `${title}\n\n  Opaque: its text is not read. What it computes, reads and costs is not known, and it runs as actors only.`;
  }
  const { formulas, cost } = analysis;
  const reads = Object.entries(readsByScope(analysis)).map(
    ([scope, paths]) => `${scope.padEnd(16)}${paths.join(', ')}`,
  );
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
