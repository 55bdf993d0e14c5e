import { carrier, type BuiltFeedback } from '../circuit/index.ts';
import type { Layout } from './layout.ts';
import { numbersOf } from './matrix.ts';

/** A kernel's memory, as numbers of its precision. */
interface Memory {
  readonly layout: Layout;
  readonly numbers: Float32Array | Float64Array;
}

/** What brings feedback weights in memory after the weights that they follow: `carrier` of src/circuit. Where those are the readout's, it is weight transport. */
export function carryInMemory(memory: Memory, feedback: BuiltFeedback): () => void {
  const { carriage, from, weights } = feedback;
  if (!carriage) return () => undefined;
  const { layout } = memory;
  const placesOf = (of: Parameters<Layout['matrixOf']>[0]) => {
    const { packing, weights: address, bytes } = layout.matrixOf(of);
    return { place: packing.place, first: address / bytes };
  };
  const own = placesOf(feedback);
  const b = numbersOf(layout.precision, weights.length);
  const carry = carrier(carriage, from.size, (group) => {
    const { place, first } = placesOf(group);
    return (k) => memory.numbers[first + place[k]];
  });
  return () => {
    carry(b);
    const { numbers } = memory;
    for (let k = 0; k < b.length; k++) numbers[own.first + own.place[k]] = b[k];
  };
}
