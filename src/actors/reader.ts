import type { Published, Reader } from '../circuit/index.ts';
import { InputError, oneOf, show } from '../errors/index.ts';
import type { ActorNetwork } from './network.ts';
import type { Publication } from './publication.ts';

/** Reads what the actors publish. @throws InputError if nothing of that name is published. */
export function readerOf(network: ActorNetwork, what: Published): Reader {
  if ('error' in what) {
    const { offset, size } = network.outputSlice(what.error);
    const { error } = network.errorUnit;
    return reader(size, (k) => error[offset + k]);
  }
  if ('synapses' in what) return synapseReader(network, what);
  return neuronReader(network, what);
}

function synapseReader(
  network: ActorNetwork,
  { synapses: name, value }: Extract<Published, { synapses: string }>,
): Reader {
  const { group, synapses } = network.groupOf(name);
  const variables = Object.keys(group.rule?.state ?? {});
  if (value === 'weight') return reader(synapses.length, (k) => synapses[k].w);
  if (variables.includes(value)) return reader(synapses.length, (k) => synapses[k].get(value));
  throw unpublished(`synapses '${name}'`, value, ['weight', ...variables]);
}

function neuronReader(
  network: ActorNetwork,
  { neurons: name, value }: Extract<Published, { neurons: string }>,
): Reader {
  const sources = network.sources.get(name);
  const neurons = sources ? [] : network.neuronsOf(name);
  const sending = network.circuit.populations.find((population) => population.name === name)?.sending;
  const values: readonly (keyof Publication)[] = [
    ...(sources ? (['rate'] as const) : (['rate', 'slope', 'retention', 'signal'] as const)),
    ...(sending ? (['sent'] as const) : []),
  ];
  const published = values.find((known) => known === value);
  const actors = sources ?? neurons;
  if (published) return reader(actors.length, (i) => actors[i].published[published]);
  if (!sources && value === 'potential') return reader(neurons.length, (i) => neurons[i].potential);
  throw unpublished(`neurons '${name}'`, value, sources ? values : [...values, 'potential']);
}

function unpublished(place: string, value: string, known: readonly string[]): InputError {
  return new InputError(place, `publish no ${show(value)}; there is ${oneOf(known)}`);
}

function reader(length: number, value: (k: number) => number): Reader {
  return {
    length,
    read: (into, offset) => {
      for (let k = 0; k < length; k++) into[offset + k] = value(k);
    },
  };
}
