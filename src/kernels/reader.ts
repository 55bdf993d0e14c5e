import { publishedReader, publishedRows, type BuiltGroup, type Published, type Reader } from '../circuit/index.ts';
import type { Machine } from './machine.ts';

/** Reads what neurons and synapses publish; `local`: the circuit learns by its own rules. @throws InputError if nothing of that name is published. */
export function kernelReader(machine: Machine, local: boolean, what: Published): Reader {
  const { layout } = machine;
  const { circuit, frames, bytes, timestep } = layout;
  const { signal, ...activity } = publishedRows(timestep, (row) => ({
    length: row.population.size,
    read: (into, at) => {
      const { numbers, window } = machine;
      const first = (window + frames.at(row)) / bytes;
      for (let i = 0; i < row.population.size; i++) into[at + i] = numbers[first + i];
    },
  }));
  const packed = (group: BuiltGroup, address: number): Reader => {
    const { place } = layout.matrixOf(group).packing;
    return {
      length: place.length,
      read: (into, at) => {
        const { numbers } = machine;
        for (let k = 0; k < place.length; k++) into[at + k] = numbers[address / bytes + place[k]];
      },
    };
  };
  const state = (group: BuiltGroup, variable: string) => packed(group, layout.plasticOf(group)?.state[variable] ?? NaN);
  return publishedReader(circuit, what, {
    ...activity,
    weights: (group) => packed(group, layout.matrixOf(group).weights),
    ...(local && { rules: { signal, state } }),
  });
}
