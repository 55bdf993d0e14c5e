import type { Kernel } from './kernel.ts';
import { VECTOR, type Lanes } from './lanes.ts';
import type { PlasticGroup } from './layout.ts';
import { range } from './packing.ts';
import type { Sheet } from './sheet.ts';
import { f64, i32, op, type Expression } from './wat.ts';
import { moved, type Writer } from './writer.ts';

/** Axons that are gone through together while they are copied: what panels hold of these is on one page of memory. */
const TOGETHER = 64;
/** Axons whose weights are added up together: so sums are loaded and stored less often. */
const ABREAST = 4;

/** Writes what makes sure that it is there, `sheet_g(events)`. */
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
    const count = writer.keep('i32', i32.add(i32.load(zero, state), events));
    writer.do(op('i32.store', `offset=${state}`, zero, count));
    writer.when(i32.less(count, i32.constant(size)), () => {
      writer.do(op('return', zero));
    });
    const isNew = i32.less(i32.subtract(count, events), i32.constant(size));
    writer.when(op('i32.or', isNew, op('f64.ne', now, f64.load(zero, state + 8))), () => {
      writer.do(op('f64.store', `offset=${state + 8}`, zero, now));
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

/** From here on no event has come. */
export function forgetSheet(writer: Writer, { sheet }: PlasticGroup): void {
  if (sheet) writer.do(op('i32.store', `offset=${sheet.state}`, i32.constant(0), i32.constant(0)));
}

/**
 * Adds to `size` bytes of sums, from `sums` on, what a list of axons brings: each entry says where its number is, bytes from `row`. By ascending axon, several
 * of them in one visit of the sums.
 */
export function addListed(
  lanes: Lanes,
  { at, pitch }: Sheet,
  { from, until }: { readonly from: Expression; readonly until: Expression },
  { row, sums, size }: { readonly row: Expression; readonly sums: Expression; readonly size: number },
): void {
  const { writer, bytes } = lanes;
  const some = (count: number, first: Expression, end: Expression) => {
    writer.sweep({ from: first, until: end, step: 4 * count }, (entry) => {
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
  };
  const over = i32.remainder(i32.subtract(until, from), i32.constant(4 * ABREAST));
  const rest = writer.keep('i32', i32.subtract(until, over));
  some(ABREAST, from, rest);
  some(1, rest, until);
}
