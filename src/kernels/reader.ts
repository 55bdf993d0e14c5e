import {
  publishedReader,
  readerOf,
  type BuiltGroup,
  type BuiltPopulation,
  type Published,
  type Reader,
} from '../circuit/index.ts';
import type { Field } from './frames.ts';
import type { GroupLayout, Layout } from './layout.ts';

/** The kernel's memory as it is now. */
export interface Now {
  readonly numbers: Float32Array | Float64Array;
  /** The address of the current frame. */
  readonly frame: number;
}

/** Reads what neurons and synapses publish; `local`: the circuit learns by its own rules. @throws InputError if nothing of that name is published. */
export function kernelReader(layout: Layout, local: boolean, what: Published, now: () => Now): Reader {
  const { circuit, frames, bytes, groups, feedback: heard, populations } = layout;
  const row = ({ size }: BuiltPopulation, offset: number): Reader => ({
    length: size,
    read: (into, at) => {
      const { numbers, frame } = now();
      const first = (frame + offset) / bytes;
      for (let i = 0; i < size; i++) into[at + i] = numbers[first + i];
    },
  });
  const field = (population: BuiltPopulation, value: Field): Reader => {
    if (frames.has(population, value)) return row(population, frames.of(population, value));
    const program = populations.find((one) => one.population === population)?.program;
    const constant = value === 'slope' || value === 'retention' ? program?.[value] : undefined;
    const fixed = constant?.kind === 'constant' ? constant.value : 0;
    return readerOf(population.size, () => fixed);
  };
  const layoutOf = (group: BuiltGroup) =>
    found([...groups, ...heard.flatMap(({ synapses }) => synapses ?? [])].find((one) => one.group === group));
  const packed = ({ matrix: { packing } }: GroupLayout, address: number): Reader => {
    const { place } = packing;
    return {
      length: place.length,
      read: (into, at) => {
        const { numbers } = now();
        for (let k = 0; k < place.length; k++) into[at + k] = numbers[address / bytes + place[k]];
      },
    };
  };
  return publishedReader(circuit, what, {
    error: (output) => row(output, frames.of(output, 'error')),
    activity: field,
    weights: (group) => {
      const own = layoutOf(group);
      return packed(own, own.matrix.weights);
    },
    ...(local && {
      rules: {
        signal: (population: BuiltPopulation) => field(population, 'signal'),
        state: (group: BuiltGroup, variable: string) => {
          const own = layoutOf(group);
          return packed(own, found(own.plastic).state[variable]);
        },
      },
    }),
  });
}

function found<T>(one: T | undefined): T {
  if (one === undefined) throw new Error('what the circuit publishes has no place in memory');
  return one;
}
