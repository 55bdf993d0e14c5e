import type { BuiltGroup, Published, Reader } from '../circuit/index.ts';
import { InputError, oneOf, show } from '../errors/index.ts';
import type { Field, Layout } from './layout.ts';

/** The kernel's memory as it is now. */
export interface Now {
  readonly numbers: Float32Array | Float64Array;
  /** The address of the current frame. */
  readonly frame: number;
}

const LOCAL = ['rate', 'slope', 'retention', 'signal', 'potential'] as const satisfies readonly Field[];
/** In a reference there is no learning signal. */
const GLOBAL = ['rate', 'potential', 'slope', 'retention'] as const satisfies readonly Field[];

/** Reads what neurons and synapses publish. @throws InputError if nothing of that name is published. */
export function kernelReader(layout: Layout, local: boolean, what: Published, now: () => Now): Reader {
  if ('error' in what) return errorReader(layout, what.error, now);
  if ('synapses' in what) return synapseReader(layout, what.synapses, what.value, now);
  return neuronReader(layout, what.neurons, what.value, local ? LOCAL : GLOBAL, now);
}

function errorReader({ circuit, frames, bytes }: Layout, name: string, now: () => Now): Reader {
  const output = circuit.outputs.find((population) => population.name === name);
  if (!output) throw new InputError('error', `${show(name)} is no output; there is ${oneOf(names(circuit.outputs))}`);
  return rowReader(output.size, frames.of(output, 'error'), bytes, now);
}

function synapseReader(layout: Layout, name: string, value: string, now: () => Now): Reader {
  const { groups, feedback, circuit, bytes } = layout;
  const all = [...groups, ...feedback.flatMap(({ synapses }) => synapses ?? [])];
  const found = all.find(({ group }) => group.name === name);
  const resting = circuit.feedback.find(({ synapses }) => synapses?.name === name)?.synapses;
  if (!found && resting && value === 'weight') return restingReader(resting);
  if (!found) {
    const known = names(groups.map(({ group }) => group));
    throw new InputError('synapses', `${show(name)} is no group; there is ${oneOf(known)}`);
  }
  const { matrix, plastic } = found;
  // The weight comes last: a rule may have called a variable so.
  const addresses: Readonly<Record<string, number>> = { ...plastic?.state, weight: matrix.weights };
  if (!Object.hasOwn(addresses, value)) {
    const known = ['weight', ...Object.keys(plastic?.state ?? {})];
    throw new InputError(`synapses '${name}'`, `publish no ${show(value)}; there is ${oneOf(known)}`);
  }
  const first = addresses[value] / bytes;
  const { place } = matrix.packing;
  return {
    length: place.length,
    read: (into, offset) => {
      const { numbers } = now();
      for (let k = 0; k < place.length; k++) into[offset + k] = numbers[first + place[k]];
    },
  };
}

/** The weights of synapses that relearn feedback, where a reference learns: they stay as they are. */
function restingReader({ weights }: BuiltGroup): Reader {
  return {
    length: weights.length,
    read: (into, offset) => {
      into.set(weights, offset);
    },
  };
}

function neuronReader(layout: Layout, name: string, value: string, values: readonly Field[], now: () => Now): Reader {
  const { circuit, frames, bytes, populations } = layout;
  const population = circuit.populations.find((one) => one.name === name);
  if (!population) {
    throw new InputError('neurons', `${show(name)} is no population; there is ${oneOf(names(circuit.populations))}`);
  }
  const sent: readonly Field[] = population.sending ? ['sent'] : [];
  const known: readonly Field[] = [...(population.model ? values : (['rate'] as const)), ...sent];
  const field = known.find((one) => one === value);
  if (!field) throw new InputError(`neurons '${name}'`, `publish no ${show(value)}; there is ${oneOf(known)}`);
  if (frames.has(population, field)) return rowReader(population.size, frames.of(population, field), bytes, now);
  const program = populations.find((one) => one.population === population)?.program;
  const constant = field === 'slope' || field === 'retention' ? program?.[field] : undefined;
  const fixed = constant?.kind === 'constant' ? constant.value : 0;
  return {
    length: population.size,
    read: (into, offset) => {
      into.fill(fixed, offset, offset + population.size);
    },
  };
}

function rowReader(length: number, row: number, bytes: number, now: () => Now): Reader {
  return {
    length,
    read: (into, offset) => {
      const { numbers, frame } = now();
      const first = (frame + row) / bytes;
      for (let i = 0; i < length; i++) into[offset + i] = numbers[first + i];
    },
  };
}

function names(things: readonly { readonly name: string }[]): readonly string[] {
  return things.map(({ name }) => name);
}
