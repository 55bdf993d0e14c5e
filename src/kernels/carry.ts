import { carrier, type BuiltFeedback } from '../circuit/index.ts';
import type { Kernel } from './kernel.ts';
import type { Layout } from './layout.ts';
import { addressOf, numbersOf } from './matrix.ts';
import { clearMemory, f64, i32 } from './wat.ts';

/** A kernel's memory, as numbers of its precision. */
interface Memory {
  readonly layout: Layout;
  readonly numbers: Float32Array | Float64Array;
}

/** Updates feedback weights in memory from the weights they follow: `carrier` of src/circuit. If those are the readout's, it is weight transport. */
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

/** Writes `name(window)`, which does this: within the kernel if weights are copied unchanged. */
export function writeCarry(kernel: Kernel, name: string, feedback: BuiltFeedback): void {
  const { carriage } = feedback;
  const { layout } = kernel;
  if (!carriage || carriage.rotation || carriage.form) {
    kernel.write(name, 1, (writer) => {
      writer.call('follow', i32.constant(layout.feedback.indexOf(feedback)));
    });
    return;
  }
  const own = layout.matrixOf(feedback);
  const pairs = new Int32Array(2 * carriage.sources.reduce((sum, { place }) => sum + place.length, 0));
  let next = 0;
  for (const { group, place } of carriage.sources) {
    const of = layout.matrixOf(group);
    for (let k = 0; k < place.length; k++) {
      pairs[next++] = addressOf(of, k);
      pairs[next++] = addressOf(own, place[k]);
    }
  }
  const table = layout.memory.hold(pairs);
  kernel.write(name, 1, (writer) => {
    const lanes = kernel.lanes(writer);
    writer.do(clearMemory(own.weights, own.packing.size * own.bytes));
    const until = i32.constant(table + pairs.byteLength);
    writer.sweep({ from: i32.constant(table), until, step: 8 }, (pair) => {
      const [from, to] = [0, 4].map((offset) => writer.keep('i32', i32.load(pair, offset)));
      lanes.storeNumber(to, 0, f64.add(lanes.loadNumber(to, 0), lanes.loadNumber(from, 0)));
    });
  });
}
