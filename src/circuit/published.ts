import { InputError, oneOf, show } from '../errors/index.ts';
import type { BuiltCircuit, BuiltGroup, BuiltPopulation } from './built.ts';
import type { Published, Reader } from './engine.ts';

/** What neurons publish of their activity, whoever learns: their own numbers, and what their ports sum up; input neurons what they send. */
function activityOf({ model, sending }: BuiltPopulation): readonly string[] {
  const own = model ? [...model.equations, ...model.derivatives, ...model.ports] : [{ name: 'rate' }];
  return [...own.map(({ name }) => name), ...(sending ? ['sent'] : [])];
}

/** Where an engine has the numbers that it publishes. */
export interface PublishedPlaces {
  /** The error of an output population, which begins at `offset` in the error vector. */
  error(output: BuiltPopulation, offset: number): Reader;
  activity(population: BuiltPopulation, value: string): Reader;
  weights(group: BuiltGroup): Reader;
  /** Absent under a solver, which runs no rules. */
  readonly rules?: RulePlaces;
}

/** What is published besides where a circuit learns by its own rules. */
export interface RulePlaces {
  signal(population: BuiltPopulation): Reader;
  state(group: BuiltGroup, variable: string): Reader;
}

/** Finds what is asked for. @throws InputError if nothing of that name is published. */
export function publishedReader(circuit: BuiltCircuit, what: Published, places: PublishedPlaces): Reader {
  if ('error' in what) return errorReader(circuit, what.error, places);
  if ('global' in what) return scalarReader(circuit, what.global, places);
  if ('synapses' in what) return synapseReader(circuit, what.synapses, what.value, places);
  return neuronReader(circuit, what.neurons, what.value, places);
}

/** A reader of numbers one by one. */
export function readerOf(length: number, value: (k: number) => number): Reader {
  return {
    length,
    read: (into, offset) => {
      for (let k = 0; k < length; k++) into[offset + k] = value(k);
    },
  };
}

function errorReader({ outputs }: BuiltCircuit, name: string, places: PublishedPlaces): Reader {
  const output = named(outputs, name, 'error', 'output');
  const before = outputs.slice(0, outputs.indexOf(output));
  return places.error(
    output,
    before.reduce((sum, { size }) => sum + size, 0),
  );
}

function scalarReader({ globals, everyone }: BuiltCircuit, name: string, places: PublishedPlaces): Reader {
  return places.activity(everyone, named(globals, name, 'global', 'global scalar').name);
}

function synapseReader(
  { groups, feedback }: BuiltCircuit,
  name: string,
  value: string,
  places: PublishedPlaces,
): Reader {
  const relearning = feedback.flatMap(({ synapses }) => synapses ?? []);
  const group = named([...groups, ...relearning], name, 'synapses', 'group');
  const { rules } = places;
  // The weight comes first: a rule may have called a variable so.
  if (value === 'weight') {
    // Where no rules run, no one teaches the synapses of feedback: they stay as they are.
    const rests = !rules && relearning.includes(group);
    return rests ? readerOf(group.weights.length, (k) => group.weights[k]) : places.weights(group);
  }
  const variables = Object.keys(group.rule?.state ?? {});
  if (rules && variables.includes(value)) return rules.state(group, value);
  throw unpublished(`synapses '${name}'`, value, { always: ['weight'], byRules: variables, rules });
}

function neuronReader({ populations }: BuiltCircuit, name: string, value: string, places: PublishedPlaces): Reader {
  const population = named(populations, name, 'neurons', 'population');
  const { rules } = places;
  const activity = activityOf(population);
  if (activity.includes(value)) return places.activity(population, value);
  const byRules = population.model ? ['signal'] : [];
  if (rules && byRules.includes(value)) return rules.signal(population);
  throw unpublished(`neurons '${name}'`, value, { always: activity, byRules, rules });
}

/** What is published always, and what only where a circuit learns by its own rules. */
interface Known {
  readonly always: readonly string[];
  readonly byRules: readonly string[];
  readonly rules: RulePlaces | undefined;
}

function unpublished(place: string, value: string, { always, byRules, rules }: Known): InputError {
  const known = rules ? [...always, ...byRules] : always;
  const why = byRules.includes(value) ? ' under a solver' : '';
  return new InputError(place, `publish no ${show(value)}${why}; there is ${oneOf(known)}`);
}

function named<T extends { readonly name: string }>(all: readonly T[], name: string, place: string, what: string): T {
  const found = all.find((one) => one.name === name);
  if (!found) {
    throw new InputError(place, `${show(name)} is no ${what}; there is ${oneOf(all.map((one) => one.name))}`);
  }
  return found;
}
