import { publishedReader, readerOf, type BuiltPopulation, type Published, type Reader } from '../circuit/index.ts';
import type { ActorNetwork } from './network.ts';
import type { Publication } from './publication.ts';

/** Reads what the actors publish. @throws InputError if nothing of that name is published. */
export function actorReader(network: ActorNetwork, what: Published): Reader {
  const { error } = network.errorUnit;
  const published = ({ name, model }: BuiltPopulation, value: keyof Publication) => {
    const actors = model ? network.neuronsOf(name) : network.sourcesOf(name);
    return readerOf(actors.length, (i) => actors[i].published[value]);
  };
  return publishedReader(network.circuit, what, {
    error: ({ size }, offset) => readerOf(size, (k) => error[offset + k]),
    activity: (population, value) => {
      if (value !== 'potential') return published(population, value);
      const neurons = network.neuronsOf(population.name);
      return readerOf(neurons.length, (i) => neurons[i].potential);
    },
    weights: ({ name }) => {
      const { synapses } = network.groupOf(name);
      return readerOf(synapses.length, (k) => synapses[k].w);
    },
    rules: {
      signal: (population) => published(population, 'signal'),
      state: ({ name }, variable) => {
        const { synapses } = network.groupOf(name);
        return readerOf(synapses.length, (k) => synapses[k].get(variable));
      },
    },
  });
}
