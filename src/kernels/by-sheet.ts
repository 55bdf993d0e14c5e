import type { Kernel } from './kernel.ts';
import { VECTOR, type Lanes } from './lanes.ts';
import type { PlasticGroup } from './layout.ts';
import { range } from './packing.ts';
import type { Sheet } from './sheet.ts';
import { f64, i32, op, type Expression } from './wat.ts';
import { moved, type Writer } from './writer.ts';

/** How many axons are copied together: what the panels hold of these is on one page of memory. */
const TOGETHER = 64;
/**
 * The state of a sheet, bytes from its address: the number of events in this trial; whether the copy exists; whether the last trial had at
 * least as many events as there are axons; and how often weights had been set from outside when the copy was made, f64.
 */
const [COUNT, IS_THERE, WAS_WORTH, WRITTEN] = [0, 4, 8, 16];
/** How many axons' weights are added up together, so that sums are loaded and stored less often. */
const ABREAST = 4;

/** Writes `sheet_g(events)`, which makes sure that the copy exists. */
export function writeSheet(kernel: Kernel, { group, matrix, sheet }: PlasticGroup): void {
  if (!sheet) return;
  const { at, pitch, state, ready } = sheet;
  const { bytes, written } = kernel.layout;
  const { packing, weights } = matrix;
  const { size } = group.from;
  const zero = i32.constant(0);
  kernel.write(ready, 1, (writer, events) => {
    const lanes = kernel.lanes(writer);
    const now = writer.keep('f64', f64.load(zero, written));
    const count = writer.keep('i32', i32.add(i32.load(zero, state + COUNT), events));
    store(writer, state + COUNT, count);
    const isWorth = i32.or(i32.load(zero, state + WAS_WORTH), manyOf(count, size));
    writer.when(op('i32.eqz', isWorth), () => {
      writer.do(op('return', zero));
    });
    const isMissing = op('i32.eqz', i32.load(zero, state + IS_THERE));
    writer.when(i32.or(isMissing, op('f64.ne', now, f64.load(zero, state + WRITTEN))), () => {
      writer.do(op('f64.store', `offset=${state + WRITTEN}`, zero, now));
      store(writer, state + IS_THERE, i32.constant(1));
      copy();
    });
    return i32.constant(1);

    function copy(): void {
      writer.sweep({ from: zero, until: i32.constant(size), step: TOGETHER }, (first) => {
        const end = writer.keep('i32', moved(first, TOGETHER));
        const last = writer.keep('i32', op('select', end, i32.constant(size), i32.less(end, i32.constant(size))));
        for (const { row, panels, vectors, offset, columns } of packing.parts) {
          const width = vectors * VECTOR;
          const panel = (columns.length / panels) * width;
          const begin = row * bytes;
          writer.sweep(
            { from: i32.constant(begin), until: i32.constant(begin + panels * width), step: width },
            (target) => {
              const from = i32.add(
                i32.multiply(i32.divide(moved(target, -begin), i32.constant(width)), i32.constant(panel)),
                i32.multiply(first, i32.constant(width)),
              );
              const source = writer.variable('i32', moved(from, weights + offset * bytes));
              const rows = { from: i32.add(i32.multiply(first, i32.constant(pitch)), target) };
              const until = i32.add(i32.multiply(last, i32.constant(pitch)), target);
              writer.sweep({ ...rows, until, step: pitch }, (into) => {
                for (const v of range(vectors))
                  lanes.store(into, at + v * VECTOR, lanes.load(source.value, v * VECTOR));
                source.set(moved(source.value, width));
              });
            },
          );
        }
      });
    }
  });
}

/** Begins a trial: no event has come, and weights may have changed. If the copy paid off in the last trial, it is made at the first event. */
export function beginSheet(writer: Writer, { group, sheet }: PlasticGroup): void {
  if (!sheet) return;
  const { state } = sheet;
  store(writer, state + WAS_WORTH, manyOf(i32.load(i32.constant(0), state + COUNT), group.from.size));
  for (const at of [COUNT, IS_THERE]) store(writer, state + at, i32.constant(0));
}

function manyOf(events: Expression, axons: number): Expression {
  return op('i32.ge_s', events, i32.constant(axons));
}

function store(writer: Writer, address: number, value: Expression): void {
  writer.do(op('i32.store', `offset=${address}`, i32.constant(0), value));
}

/**
 * Adds to `size` bytes of sums, from `sums` on, what the listed axons bring: each entry is the place of an axon's number, bytes from `row`. By
 * ascending axon, several axons in one visit of the sums.
 */
export function addListed(
  lanes: Lanes,
  { at, pitch }: Sheet,
  { from, until }: { readonly from: Expression; readonly until: Expression },
  { row, sums, size }: { readonly row: Expression; readonly sums: Expression; readonly size: number },
): void {
  const { writer, bytes } = lanes;
  writer.inGroups({ from, until, step: 4 }, [ABREAST, 1], (count, entry) => {
    const axons = range(count).map((k) => {
      const place = writer.keep('i32', i32.load(entry, 4 * k));
      const rate = lanes.loadSplat(writer.keep('i32', i32.add(row, place)), 0);
      const neuron = i32.shiftRight(place, Math.log2(bytes));
      const weights = writer.keep('i32', i32.subtract(i32.multiply(neuron, i32.constant(pitch)), sums));
      return { rate, weights };
    });
    writer.sweep({ from: sums, until: moved(sums, size), step: VECTOR }, (sum) => {
      const added = axons.map(({ rate, weights }) =>
        lanes.multiply(lanes.load(writer.keep('i32', i32.add(sum, weights)), at), rate),
      );
      lanes.store(sum, 0, added.reduce(lanes.add, lanes.load(sum, 0)));
    });
  });
}
