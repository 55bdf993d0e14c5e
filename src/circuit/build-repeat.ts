import type { BuiltPopulation, BuiltRepeat } from './built.ts';
import type { Circuit } from './circuit.ts';
import { rangeOfDelays } from './delays.ts';
import { valuesOf } from './repeat.ts';

/** A circuit's repetition with its numbers. */
export function builtRepeat(circuit: Circuit, population: (name: string) => BuiltPopulation): BuiltRepeat | undefined {
  const { repeat, neurons } = circuit;
  if (!repeat) return undefined;
  const { times, until } = repeat;
  if (!until) return { times };
  const { values, moves } = until;
  const known = valuesOf(neurons[until.population]);
  const rows = values.map((value) => known.get(value) ?? value);
  const arrives = arrivalAt(circuit, until.population);
  const from = 1 + (Number.isFinite(arrives) ? arrives : 0);
  return { times, until: { population: population(until.population), rows, moves, from } };
}

/** The smallest number of sweeps after which the task's input reaches a population; Infinity: never. */
function arrivalAt({ neurons, synapses, axons }: Circuit, population: string): number {
  const late = new Map(Object.keys(neurons).map((name) => [name, neurons[name].model ? Infinity : 0]));
  const lateOf = (name: string) => late.get(name) ?? Infinity;
  const groups = Object.values(synapses);
  // Each round finds the paths that are one group longer.
  for (let round = 0; round < late.size; round++) {
    for (const group of groups) {
      const { from, to } = group;
      const along = lateOf(from) + rangeOfDelays(group).least + (axons[from]?.delay ?? 0);
      late.set(to, Math.min(lateOf(to), along));
    }
  }
  return lateOf(population);
}
