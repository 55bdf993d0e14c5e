import { InputError, oneOf, show } from '../errors/index.ts';
import type { BuiltCircuit, BuiltPopulation } from './built.ts';
import type { CellsOf, Thing } from './catalogue.ts';
import type { Published } from './engine.ts';
import { ruleVariables } from './take-up.ts';
import type { Reader } from './reader.ts';
import type { Row } from './timestep/step.ts';
import type { Timestep } from './timestep/timestep.ts';

/** What an engine has to read from. */
interface Readable {
  readonly timestep: Timestep;
  readonly catalogue: readonly Thing[];
  readonly cellsOf: CellsOf;
  /** Whether the circuit learns by its own rules: a solver runs none, and neurons form no learning signals for it. */
  readonly rules: boolean;
}

/** Finds the requested numbers. @throws InputError if nothing of that name is published. */
export function publishedReader(circuit: BuiltCircuit, what: Published, readable: Readable): Reader {
  const { outputs, globals, everyone, populations } = circuit;
  if ('error' in what) return rowReader(named(outputs, what.error, 'error', 'output'), 'error', readable);
  if ('global' in what) return rowReader(everyone, named(globals, what.global, 'global', 'global scalar').name, readable); // prettier-ignore
  if ('synapses' in what) return synapseReader(circuit, what.synapses, what.value, readable);
  return neuronReader(named(populations, what.neurons, 'neurons', 'population'), what.value, readable);
}

/** A reader of numbers that never change. */
function constantReader(length: number, value: (k: number) => number): Reader {
  return {
    length,
    read: (into, offset) => {
      for (let k = 0; k < length; k++) into[offset + k] = value(k);
    },
  };
}

/** A learning signal that nothing computes is 0. */
function rowReader(population: BuiltPopulation, name: string, { timestep, catalogue, cellsOf }: Readable): Reader {
  const row = timestep.find(population, name);
  const constant = row ? timestep.constants.get(row) : 0;
  if (constant !== undefined) return constantReader(population.size, () => constant);
  const thing = catalogue.find((one) => one.row === row);
  const cells = thing && cellsOf(thing, 0);
  if (!cells) throw new Error(`'${population.name}' has no numbers of its ${name}`);
  return cells;
}

function synapseReader({ groups, feedback }: BuiltCircuit, name: string, value: string, readable: Readable): Reader {
  const relearning = feedback.flatMap(({ synapses }) => synapses ?? []);
  const group = named([...groups, ...relearning], name, 'synapses', 'group');
  const own = readable.catalogue.filter(
    ({ owner, scope, place }) => owner === name && scope === 'own synapse' && place?.kind !== 'asked',
  );
  // The weight comes first: a rule may have a variable of that name.
  const thing = own.find((one) => one.name === value);
  const cells = thing && readable.cellsOf(thing, 0);
  if (cells) return cells;
  // Where no rules run, the synapses of feedback do not change.
  if (value === 'weight') return constantReader(group.weights.length, (k) => group.weights[k]);
  const always = ['weight', ...own.map((one) => one.name)];
  throw unpublished(`synapses '${name}'`, value, {
    always,
    byRules: ruleVariables(group).map((variable) => variable.name),
    ...readable,
  });
}

function neuronReader(population: BuiltPopulation, value: string, readable: Readable): Reader {
  const always = publishedRows(population, readable.timestep).map(({ name }) => name);
  const byRules = population.model ? ['signal'] : [];
  if (always.includes(value) || (readable.rules && byRules.includes(value))) {
    return rowReader(population, value, readable);
  }
  throw unpublished(`neurons '${population.name}'`, value, { always, byRules, ...readable });
}

/** The activity that neurons publish under every learner: their own numbers and the sums of their ports; for input neurons, what they send. */
function publishedRows(population: BuiltPopulation, { rows }: Timestep): readonly Row[] {
  const pooled = population.model?.pools.map(({ adds }) => adds) ?? [];
  const own = rows.filter((row) => row.population === population);
  return [
    ...own.filter(({ kind, name }) => ['state', 'message', 'shown'].includes(kind) || pooled.includes(name)),
    ...own.filter(({ kind }) => kind === 'port'),
  ];
}

/** What is always published, and what only where a circuit learns by its own rules. */
interface Known {
  readonly always: readonly string[];
  readonly byRules: readonly string[];
  readonly rules: boolean;
}

function unpublished(place: string, value: string, { always, byRules, rules }: Known): InputError {
  const known = rules ? [...always, ...byRules] : always;
  const why = byRules.includes(value) && !rules ? ' under a solver' : '';
  return new InputError(place, `do not publish ${show(value)}${why}; expected ${oneOf([...new Set(known)])}`);
}

function named<T extends { readonly name: string }>(all: readonly T[], name: string, place: string, what: string): T {
  const found = all.find((one) => one.name === name);
  if (!found) {
    throw new InputError(place, `unknown ${what} ${show(name)}; expected ${oneOf(all.map((one) => one.name))}`);
  }
  return found;
}
