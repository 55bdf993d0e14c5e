import { maybeSilent, type BuiltPopulation, type SumStep, type Term } from '../circuit/index.ts';
import { visitEvents } from './events.ts';
import type { Kernel } from './kernel.ts';
import { VECTOR, type Lanes, type Operand } from './lanes.ts';
import { sweepPanels, type Matrix, type Place } from './matrix.ts';
import { range, TOGETHER } from './packing.ts';
import { i32, op, type Expression } from './wat.ts';
import { moved } from './writer.ts';

/** Of fewer axons, none is looked for that is silent. */
const FEW = 16;

/** What the neurons of a population sum up: into_i = start_i + sum over the products, in their order, of sum_j W_ij row_j, by ascending j. */
export interface Sum {
  readonly population: BuiltPopulation;
  /** Where the row begins that is summed into, bytes from the window's address. */
  readonly into: number;
  /** What some neurons' sums start from, given what loads their numbers in a row that begins `offset` bytes from the window's address. */
  readonly start: (lanes: Lanes, load: (offset: number) => Expression) => Operand;
  readonly products: readonly Product[];
}

/** A matrix times a row of numbers, which begins `row` bytes from the window's address. */
export interface Product {
  readonly matrix: Matrix;
  /** Where the numbers are that take the place of its weights; they may be anything where there is no synapse. */
  readonly by?: number;
  readonly row: number;
  /** Where the numbers of the row can be listed that are not 0, of a row of `size`; absent: they are not looked for. */
  readonly events?: { readonly list: number; readonly size: number };
}

/** Writes `name(window)`: what the neurons of a population are brought. */
export function writeSumStep(kernel: Kernel, name: string, { population, into, start, terms }: SumStep): void {
  const { frames } = kernel.layout;
  writeSum(kernel, name, {
    population,
    into: frames.at(into),
    start: (_, load) => (start ? load(frames.at(start)) : 0),
    products: terms.map(({ weights, by, row, late }) => ({
      matrix: kernel.layout.matrixOf(weights),
      ...(by !== undefined && { by: kernel.layout.stateOf(weights, by) }),
      row: frames.at(row, late),
      ...eventsOf(kernel, weights),
    })),
  });
}

/** Axons that may be silent are looked through before a matrix is, if that has every synapse: else its rows have columns of their own. */
function eventsOf({ layout }: Kernel, weights: Term['weights']): Pick<Product, 'events'> {
  if (!('rowStart' in weights) || !maybeSilent(weights) || weights.from.size < FEW) return {};
  const { parts } = layout.matrixOf(weights).packing;
  const { size } = weights.from;
  return parts.every(({ dense }) => dense) ? { events: { list: layout.memory.reserve(4 * size), size } } : {};
}

/** Writes `name(window)`, which sums up. */
export function writeSum(kernel: Kernel, name: string, { population, into, start, products }: Sum): void {
  kernel.write(name, 1, (writer, window) => {
    const lanes = kernel.lanes(writer);
    if (products.length === 0) {
      const size = population.size * kernel.layout.bytes;
      writer.sweep({ from: window, until: moved(window, size), step: VECTOR }, (pointer) => {
        lanes.store(
          pointer,
          into,
          start(lanes, (offset) => lanes.load(pointer, offset)),
        );
      });
    }
    products.forEach(({ matrix, by, row, events }, k) => {
      const read = writer.keep('i32', moved(window, row));
      const listed = events && listEvents(kernel, lanes, read, events);
      matrix.packing.parts.forEach(({ vectors, offset: first }, which) => {
        const { masks } = matrix.tables[which];
        const within = masks - first * matrix.bytes;
        sweepPanels(writer, matrix, which, TOGETHER, (panel) => {
          const places = panel.rows.flatMap(({ pointer, offset }) => {
            const target = writer.keep('i32', i32.add(window, pointer));
            return range(vectors).map((v) => ({ target, at: offset + v * VECTOR }));
          });
          const sums = places.map(({ target, at }) => {
            const load = (offset: number) => lanes.load(target, offset + at);
            return writer.variable('v128', k === 0 ? lanes.read(start(lanes, load)) : load(into));
          });
          const add = (numbers: readonly Place[], column: Expression) => {
            const rate = lanes.loadSplat(column, 0);
            numbers.forEach(({ pointer, offset }, n) => {
              for (const v of range(vectors)) {
                const at = offset + v * VECTOR;
                const number = lanes.load(pointer, (by ?? matrix.weights) + at);
                const isWhole = by === undefined || masks === 0;
                const w = isWhole ? number : lanes.and(number, lanes.load(moved(pointer, within), at));
                const sum = sums[n * vectors + v];
                sum.set(lanes.add(sum.value, lanes.multiply(w, rate)));
              }
            });
          };
          const all = () => {
            panel.each(read, add);
          };
          if (listed) {
            const { isFew, from, until } = listed;
            writer.when(isFew, () => {
              writer.sweep({ from, until, step: 4 }, (event) => {
                const at = writer.keep('i32', i32.load(event));
                const ahead = kernel.layout.bytes === 8 ? i32.shiftRight(at, 1) : at;
                add(panel.numbers(i32.add(panel.from, ahead)), writer.keep('i32', i32.add(read, at)));
              });
            });
            writer.when(op('i32.eqz', isFew), all);
          } else all();
          places.forEach(({ target, at }, n) => {
            lanes.store(target, into + at, sums[n].value);
          });
        });
      });
    });
  });
}

/** Lists where the numbers of a row are that are not 0; `isFew`: whether these are less than half. */
function listEvents(
  { layout: { bytes } }: Kernel,
  lanes: Lanes,
  row: Expression,
  { list, size }: NonNullable<Product['events']>,
): { readonly isFew: Expression; readonly from: Expression; readonly until: Expression } {
  const { writer } = lanes;
  const until = writer.variable('i32', i32.constant(list));
  visitEvents(lanes, row, { size, bytes }, (at) => {
    writer.do(op('i32.store', until.value, at));
    until.set(moved(until.value, 4));
  });
  const isFew = writer.keep('i32', i32.less(until.value, i32.constant(list + 2 * size)));
  return { isFew, from: i32.constant(list), until: until.value };
}
