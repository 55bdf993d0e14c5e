import {
  publishedReader,
  readerOf,
  type BuiltPopulation,
  type Published,
  type Reader,
  type Row,
  type RowKind,
} from '../circuit/index.ts';
import type { ActorNetwork } from './network.ts';

/** Reads what the actors publish. @throws InputError if nothing of that name is published. */
export function actorReader(network: ActorNetwork, what: Published): Reader {
  const { timestep } = network;
  const numbers = (population: BuiltPopulation, row: Row | undefined) => {
    const neurons = network.neuronsOf(population);
    return readerOf(population.size, (i) => (row ? neurons.get(row, i) : 0));
  };
  const ofKind = (population: BuiltPopulation, kind: RowKind) =>
    numbers(population, timestep.rows.find((row) => row.population === population && row.kind === kind)); // prettier-ignore
  return publishedReader(network.circuit, what, {
    error: (output) => ofKind(output, 'error'),
    activity: (population, value) => numbers(population, timestep.row(population, value)),
    weights: ({ name }) => {
      const { synapses } = network.groupOf(name);
      return readerOf(synapses.length, (k) => synapses[k].w);
    },
    rules: {
      signal: (population) => ofKind(population, 'signal'),
      state: ({ name }, variable) => {
        const { synapses } = network.groupOf(name);
        return readerOf(synapses.length, (k) => synapses[k].get(variable));
      },
    },
  });
}
