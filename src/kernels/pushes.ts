import { waysOf, type BuiltGroup, type Term } from '../circuit/index.ts';
import { visitEvents } from './list.ts';
import type { Kernel } from './kernel.ts';
import type { Lanes } from './lanes.ts';
import { i32, op, type Expression } from './wat.ts';
import { moved } from './writer.ts';

/** The most rows that are searched together: if synapses have more different delays, all of them are always summed up. */
const MOST_WAYS = 32;

/** The synapses of a group ordered by their input: each neuron has a column of synapses for each way of its axon. */
export interface Pushes {
  /** Where the row of each way begins, bytes from the window's address. */
  readonly rows: readonly number[];
  /** Neurons of a row. */
  readonly size: number;
  /**
   * The address of a table: where each column of entries begins, and the last ends. An entry has its neuron's place in a row, and its synapse's
   * in the packing.
   */
  readonly starts: number;
  /** The address of the list of events: for each, the place of its column in `starts`, and its number. */
  readonly list: number;
}

/** How the input of a group is pushed to its synapses; undefined if there are too many ways. */
export function planPushes({ layout }: Kernel, group: BuiltGroup, term: Term): Pushes | undefined {
  const { bytes, frames, memory } = layout;
  const ways = waysOf(term);
  if (ways.length > MOST_WAYS) return undefined;
  const { rowStart, pre, from, to } = group;
  const { place } = layout.matrixOf(group).packing;
  const columns = from.size * ways.length;
  const columnOf = (k: number) => pre[k] * ways.length + (term.ways?.of[k] ?? 0);
  const begins = new Int32Array(columns + 1);
  for (let k = 0; k < pre.length; k++) begins[columnOf(k) + 1]++;
  for (let c = 0; c < columns; c++) begins[c + 1] += begins[c];
  const next = begins.slice();
  const entries = new Int32Array(2 * pre.length);
  for (let i = 0; i < to.size; i++) {
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
      const at = 2 * next[columnOf(k)]++;
      entries[at] = i * bytes;
      entries[at + 1] = place[k] * bytes;
    }
  }
  const first = memory.hold(entries);
  return {
    rows: ways.map(({ row, late }) => frames.at(row, late)),
    size: from.size,
    starts: memory.hold(begins.map((entry) => first + 8 * entry)),
    list: memory.reserve(8 * columns),
  };
}

/** Writes the list of inputs; returns whether they are fewer than half of the possible ones, and a function that pushes them once sums have begun. */
export function writePushes(
  { layout: { bytes } }: Kernel,
  lanes: Lanes,
  window: Expression,
  { rows, size, starts, list }: Pushes,
): { readonly isFew: Expression; readonly push: (numbers: number, into: number) => void } {
  const { writer } = lanes;
  const until = writer.variable('i32', i32.constant(list));
  const pointers = rows.map((row) => writer.keep('i32', moved(window, row)));
  visitEvents(lanes, pointers, size, (at, way) => {
    const neuron = bytes === 8 ? i32.shiftRight(at, 3) : i32.shiftRight(at, 2);
    const column = i32.add(i32.multiply(neuron, i32.constant(4 * rows.length)), i32.constant(starts + 4 * way));
    writer.do(op('i32.store', until.value, column));
    writer.do(op('i32.store', 'offset=4', until.value, i32.add(pointers[way], at)));
    until.set(moved(until.value, 8));
  });
  const half = list + 8 * Math.ceil((size * rows.length) / 2);
  const [type, load] = bytes === 8 ? ['f64', 'f64.load'] : ['f32', 'f32.load'];
  const push = (numbers: number, into: number) => {
    writer.sweep({ from: i32.constant(list), until: until.value, step: 8 }, (event) => {
      const column = writer.keep('i32', i32.load(event));
      const rate = op(load, i32.load(event, 4));
      const [from, end] = [i32.load(column), i32.load(column, 4)];
      writer.sweep({ from, until: end, step: 8 }, (entry) => {
        const target = writer.keep('i32', i32.add(window, i32.load(entry)));
        const w = op(load, `offset=${numbers}`, i32.load(entry, 4));
        const sum = op(`${type}.add`, op(load, `offset=${into}`, target), op(`${type}.mul`, w, rate));
        writer.do(op(`${type}.store`, `offset=${into}`, target, sum));
      });
    });
  };
  return { isFew: writer.keep('i32', i32.less(until.value, i32.constant(half))), push };
}
