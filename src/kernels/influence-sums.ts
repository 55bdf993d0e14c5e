import type { BuiltGroup, BuiltPopulation } from '../circuit/index.ts';
import { sweepPanels, type Kernel } from './kernel.ts';
import { VECTOR, type Lanes } from './lanes.ts';
import { LINE } from './memory.ts';
import { range } from './range.ts';
import { i32, type Expression } from './wat.ts';
import { moved, type Writer } from './writer.ts';

/** A row of influences, as vectors. */
type Row = readonly Expression[];
/** Makes the new influences of a neuron from what was summed up, given where the neuron stands among the rows (bytes), and stores them. */
type Finish = (neuron: Expression) => (sums: Row) => void;

/** What is summed up of influences, and where it goes. */
interface Sum {
  readonly from: Expression;
  /** What the sums begin with. */
  readonly sums: Expression;
  readonly into: Expression;
  /** Absent: the sums are stored as they are. */
  readonly finish?: Finish;
}

/** sums_i + sum_j W_ij from_j, a line of weights wide, for two neurons i at a time. */
export function addInfluences(
  kernel: Kernel,
  writer: Writer,
  group: BuiltGroup,
  { from, sums, into, finish }: Sum,
): void {
  const { layout } = kernel;
  const { bytes, lanes: width } = layout;
  const { matrix } = layout.groups[group.index];
  const lanes = kernel.lanes(writer);
  const shift = Math.log2(LINE / bytes);
  const vectors = range(LINE / VECTOR);
  matrix.packing.parts.forEach((part, which) => {
    sweepPanels(writer, layout, matrix, which, 1, (panel) => {
      const [{ pointer: first }] = panel.rows;
      const offset = writer.keep('i32', i32.shiftLeft(first, shift));
      const begin = writer.keep('i32', i32.add(sums, offset));
      for (const pair of range((part.vectors * width) / 2)) {
        const rows = [0, 1].map((k) => 2 * pair + k);
        const totals = rows.map((row) =>
          vectors.map((v) => writer.variable('v128', lanes.load(begin, row * LINE + v * VECTOR))),
        );
        writer.sweep({ from: panel.from, until: panel.until, step: 4 }, (entry) => {
          const [numbers] = panel.numbers(entry);
          const column = panel.column(entry, 0);
          const row = writer.keep('i32', i32.add(from, i32.shiftLeft(column.pointer, shift)));
          const influences = vectors.map((v) => lanes.load(row, column.offset * (LINE / bytes) + v * VECTOR));
          totals.forEach((total, k) => {
            const w = lanes.loadSplat(numbers.pointer, matrix.weights + numbers.offset + rows[k] * bytes);
            total.forEach((one, v) => {
              one.set(lanes.add(one.value, lanes.multiply(w, influences[v])));
            });
          });
        });
        totals.forEach((total, k) => {
          const values = total.map(({ value }) => value);
          const store = finish ?? ((neuron: Expression) => stored(kernel, lanes, into, neuron));
          store(writer.keep('i32', moved(first, rows[k] * bytes)))(values);
        });
      }
    });
  });
}

function stored(
  { layout: { bytes } }: Kernel,
  lanes: Lanes,
  into: Expression,
  neuron: Expression,
): (sums: Row) => void {
  const row = lanes.writer.keep('i32', i32.add(into, i32.shiftLeft(neuron, Math.log2(LINE / bytes))));
  return (sums) => {
    sums.forEach((sum, v) => {
      lanes.store(row, v * VECTOR, sum);
    });
  };
}

/** P(t) = r P(t-1) + s times what has been summed up. */
export function settled(
  kernel: Kernel,
  lanes: Lanes,
  population: BuiltPopulation,
  frame: Expression,
  neuron: Expression,
  into: Expression,
  before: Expression,
): (sums: Row) => void {
  const { frames, bytes, populations } = kernel.layout;
  const { writer } = lanes;
  const program = populations.find((known) => known.population === population)?.program;
  const own = writer.keep('i32', i32.add(frame, neuron));
  const [r, s] = (['retention', 'slope'] as const).map((factor) => {
    const constant = program?.[factor];
    return constant?.kind === 'constant' ? constant.value : lanes.loadSplat(own, frames.of(population, factor));
  });
  const row = writer.keep('i32', i32.add(before, i32.shiftLeft(neuron, Math.log2(LINE / bytes))));
  const store = stored(kernel, lanes, into, neuron);
  return (sums) => {
    store(sums.map((sum, v) => lanes.add(lanes.multiply(r, lanes.load(row, v * VECTOR)), lanes.multiply(s, sum))));
  };
}

/** Where nothing brings influence from other neurons. */
export function settleAll(
  kernel: Kernel,
  writer: Writer,
  { size }: BuiltPopulation,
  sums: Expression,
  finish: Finish,
): void {
  const { bytes } = kernel.layout;
  const lanes = kernel.lanes(writer);
  writer.sweep({ from: i32.constant(0), until: i32.constant(size * bytes), step: bytes }, (neuron) => {
    const row = writer.keep('i32', i32.add(sums, i32.shiftLeft(neuron, Math.log2(LINE / bytes))));
    finish(neuron)(range(LINE / VECTOR).map((v) => lanes.load(row, v * VECTOR)));
  });
}
