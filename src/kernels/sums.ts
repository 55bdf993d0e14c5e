import { maybeSilent, type BuiltPopulation, type Row, type Step, type SumStep, type Term } from '../circuit/index.ts';
import { multiplyColumns } from './by-columns.ts';
import { addListed } from './by-sheet.ts';
import { catching } from './catch-up.ts';
import { FEW } from './events.ts';
import type { Kernel } from './kernel.ts';
import { VECTOR, type Lanes, type Operand } from './lanes.ts';
import { listNonzero } from './list.ts';
import { sweepPanels, type Matrix, type Place } from './matrix.ts';
import { range, TOGETHER } from './packing.ts';
import { whereOwn, type Mirror } from './mirrors.ts';
import { planPushes, writePushes, type Pushes } from './pushes.ts';
import type { Sheet } from './sheet.ts';
import { f64, i32, op, type Expression } from './wat.ts';
import { moved } from './writer.ts';

/** What the neurons of a population sum up: into_i = start_i + sum over the products, in their order, of sum_j W_ij row_j, by ascending j. */
export interface Sum {
  readonly population: BuiltPopulation;
  /** Where the row of the sums begins, bytes from the window's address. */
  readonly into: number;
  /** The initial values of some neurons' sums, given a function that loads their numbers in the row at `offset` bytes from the window's address. */
  readonly start: (lanes: Lanes, load: (offset: number) => Expression) => Operand;
  readonly products: readonly Product[];
}

/** A matrix times a row of numbers, which begins `row` bytes from the window's address. */
export interface Product {
  readonly matrix: Matrix;
  /** The address of the numbers that replace its weights; they may be anything where there is no synapse. */
  readonly by?: number;
  readonly row: number;
  /** Where the nonzero numbers of the row, which has `size` numbers, can be listed; absent: they are not looked for. */
  readonly events?: {
    readonly list: number;
    readonly size: number;
    /** How synapses that lag behind until their axon brings something catch up first: a function of the axon's place in the row, and of the window. */
    readonly catchUp?: string;
    /** A copy in which the weights of each axon are contiguous; absent: there is no such copy. */
    readonly sheet?: Sheet;
  };
  /** How inputs are pushed to their synapses; absent: they are not. */
  readonly pushes?: Pushes;
  /** Present if the matrix may be the transpose of another; then only one of the two is kept. */
  readonly mirror?: Mirror | undefined;
}

/** Writes `name(window)`: the summed inputs of the neurons of a population. */
export function writeSumStep(kernel: Kernel, name: string, { population, into, start, terms }: SumStep): void {
  const { frames } = kernel.layout;
  writeSum(kernel, name, {
    population,
    into: frames.at(into),
    start: (_, load) => (start ? load(frames.at(start)) : 0),
    products: terms.map((term) => ({
      matrix: kernel.layout.matrixOf(term.weights),
      ...(term.by !== undefined && { by: kernel.layout.stateOf(term.weights, term.by) }),
      row: frames.at(term.row, term.late),
      mirror: kernel.layout.mirrorOf(term.weights),
      ...eventsOf(kernel, term),
    })),
  });
}

/**
 * Axons that may be silent are searched before a matrix is used. If the matrix has every synapse, the entries of active axons are found by their
 * place; otherwise, by a separate table.
 */
function eventsOf(kernel: Kernel, term: Term): Pick<Product, 'events' | 'pushes'> {
  const { layout } = kernel;
  const { weights, by } = term;
  // Weights are finite, so that 0 adds nothing. State need not be.
  if (!('rowStart' in weights) || by !== undefined || weights.from.size < FEW) return {};
  if (!maybeSilent(weights) && !passesOn(layout.timestep.steps, term.row)) return {};
  const { parts } = layout.matrixOf(weights).packing;
  const { size } = weights.from;
  if (!term.ways && parts.every(({ dense }) => dense)) {
    const plastic = layout.plasticOf(weights);
    const catchUp = plastic?.behind === undefined ? undefined : catching(plastic);
    const sheet = plastic?.sheet;
    const list = layout.memory.reserve(4 * size);
    return { events: { list, size, ...(catchUp !== undefined && { catchUp }), ...(sheet && { sheet }) } };
  }
  const pushes = planPushes(kernel, weights, term);
  return pushes ? { pushes } : {};
}

/** Whether a row is just the task's input, one channel for each neuron. */
function passesOn(steps: readonly Step[], row: Row): boolean {
  if (row.kind === 'port') {
    const sum = steps.find((step) => step.do === 'sum' && step.into === row);
    return sum?.do === 'sum' && !sum.start && sum.terms.every(({ weights }) => isOneToOne(weights));
  }
  for (const step of steps) {
    const result = step.do === 'compute' && step.results.find((one) => one.row === row);
    if (step.do !== 'compute' || !result) continue;
    const source = result.value?.kind === 'read' ? step.reads.get(result.value.path) : undefined;
    return source?.kind === 'row' && source.late === 0 && source.row !== row && passesOn(steps, source.row);
  }
  return false;
}

function isOneToOne(weights: Term['weights']): boolean {
  return 'pre' in weights && weights.from.model === undefined && weights.pre.length <= weights.to.size;
}

/** Writes `name(window)`, which sums up. */
export function writeSum(kernel: Kernel, name: string, { population, into, start, products }: Sum): void {
  kernel.write(name, 1, (writer, window) => {
    const lanes = kernel.lanes(writer);
    const begin = () => {
      const size = population.size * kernel.layout.bytes;
      writer.sweep({ from: window, until: moved(window, size), step: VECTOR }, (pointer) => {
        const load = (offset: number) => lanes.load(pointer, offset);
        lanes.store(pointer, into, start(lanes, load));
      });
    };
    if (products.length === 0) begin();
    products.forEach((product, k) => {
      const { pushes, by, matrix, row, mirror } = product;
      if (!pushes) {
        whereOwn(
          writer,
          mirror,
          () => {
            multiply(product, k);
          },
          (of) => {
            const columns = `${name}_columns_${k}`;
            kernel.write(columns, 2, (inner, read, sums) => {
              multiplyColumns(kernel.lanes(inner), of.matrix, read, sums);
            });
            if (k === 0) begin();
            writer.call(columns, moved(window, row), moved(window, into));
          },
        );
        return;
      }
      const { isFew, push } = writePushes(kernel, lanes, window, pushes);
      writer.when(isFew, () => {
        if (k === 0) begin();
        push(by ?? matrix.weights, into);
      });
      writer.when(op('i32.eqz', isFew), () => {
        multiply(product, k);
      });
    });

    /** Multiplies a whole matrix, or only its events if they are listed and few. The first of the products begins the sums. */
    function multiply(product: Product, k: number): void {
      const { matrix, row, events } = product;
      const part = { window, into, product, ...(k === 0 && { start }) };
      if (!events) {
        multiplyPanels(lanes, part);
        return;
      }
      const listed = listEvents(lanes, writer.keep('i32', moved(window, row)), events, matrix);
      const { isFew, from, until } = listed;
      const { catchUp, sheet } = events;
      if (catchUp !== undefined) {
        writer.when(op('f64.ne', writer.get('lagging'), f64.constant(0)), () => {
          writer.sweep({ from, until, step: 4 }, (event) => {
            writer.call(catchUp, i32.load(event), window);
          });
        });
      }
      // Separate functions: in one function, both loops would hold fewer of their sums in registers.
      const [some, all] = [`${name}_some_${k}`, `${name}_all_${k}`];
      kernel.write(some, 2, (inner, own, end) => {
        multiplyPanels(kernel.lanes(inner), { ...part, window: own }, { from, until: end });
      });
      kernel.write(all, 1, (inner, own) => {
        multiplyPanels(kernel.lanes(inner), { ...part, window: own });
      });
      const multiplied = () => {
        const callSome = () => {
          writer.call(some, window, until);
        };
        writer.when(isFew, callSome, () => {
          writer.call(all, window);
        });
      };
      if (!sheet) {
        multiplied();
        return;
      }
      const came = i32.shiftRight(i32.subtract(until, from), 2);
      const isReady = writer.variable('i32', i32.constant(0));
      writer.when(isFew, () => {
        isReady.set(op('call', `$${sheet.ready}`, came));
      });
      const byAxon = () => {
        if (k === 0) begin();
        const sums = writer.keep('i32', moved(window, into));
        const read = writer.keep('i32', moved(window, row));
        addListed(lanes, sheet, { from, until }, { row: read, sums, size: population.size * kernel.layout.bytes });
      };
      writer.when(isReady.value, byAxon, multiplied);
    }
  });
}

/** A product that is summed up, and the place of the sums. */
interface Multiplied {
  readonly window: Expression;
  readonly into: number;
  /** Present for the first of the products: the initial values of the sums. */
  readonly start?: Sum['start'];
  readonly product: Product;
}

/** Adds a matrix times a row to the sums: all of it, or only the listed axons. */
function multiplyPanels(
  lanes: Lanes,
  { window, into, start, product: { matrix, by, row } }: Multiplied,
  listed?: { readonly from: Expression; readonly until: Expression },
): void {
  const { writer, bytes } = lanes;
  const read = writer.keep('i32', moved(window, row));
  matrix.packing.parts.forEach(({ vectors, offset: first }, which) => {
    const { masks } = matrix.tables[which];
    const within = masks - first * bytes;
    sweepPanels(writer, matrix, which, TOGETHER, (panel) => {
      const places = panel.rows.flatMap(({ pointer, offset }) => {
        const target = writer.keep('i32', i32.add(window, pointer));
        return range(vectors).map((v) => ({ target, at: offset + v * VECTOR }));
      });
      const sums = places.map(({ target, at }) => {
        const load = (offset: number) => lanes.load(target, offset + at);
        return writer.variable('v128', start ? lanes.read(start(lanes, load)) : load(into));
      });
      const add = (numbers: readonly Place[], column: Expression) => {
        const rate = lanes.loadSplat(column, 0);
        numbers.forEach(({ pointer, offset }, n) => {
          for (const v of range(vectors)) {
            const at = offset + v * VECTOR;
            const number = lanes.load(pointer, (by ?? matrix.weights) + at);
            const isWhole = by === undefined || masks === 0;
            const w = isWhole ? number : lanes.and(number, lanes.load(pointer, within + at));
            const sum = sums[n * vectors + v];
            sum.set(lanes.add(sum.value, lanes.multiply(w, rate)));
          }
        });
      };
      if (listed) {
        writer.sweep({ ...listed, step: 4 }, (event) => {
          const at = writer.keep('i32', i32.load(event));
          const ahead = bytes === 8 ? i32.shiftRight(at, 1) : at;
          add(panel.numbers(i32.add(panel.from, ahead)), writer.keep('i32', i32.add(read, at)));
        });
      } else panel.each(read, add);
      places.forEach(({ target, at }, n) => {
        lanes.store(target, into + at, sums[n].value);
      });
    });
  });
}

/** Lists the places of the nonzero numbers of a row; `isFew`: whether visiting these costs less than visiting all. */
function listEvents(
  lanes: Lanes,
  row: Expression,
  { list, size }: NonNullable<Product['events']>,
  matrix: Matrix,
): { readonly isFew: Expression; readonly from: Expression; readonly until: Expression } {
  const { writer } = lanes;
  const until = listNonzero(lanes, row, { list, size });
  const most = list + 4 * Math.floor(size * worthFinding(matrix));
  return { isFew: writer.keep('i32', i32.less(until, i32.constant(most))), from: i32.constant(list), until };
}

/** Up to which fraction of axons it pays to visit only their entries: three instructions per vector, and two or eight per panel of them. */
function worthFinding({ packing: { parts } }: Matrix): number {
  const [vectors, blocks] = [
    parts.reduce((sum, part) => sum + part.panels * part.vectors, 0),
    parts.reduce((sum, part) => sum + Math.ceil(part.panels / TOGETHER), 0),
  ];
  return (3 * vectors + 2 * blocks) / (3 * vectors + 8 * blocks);
}
