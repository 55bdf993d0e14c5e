import { namesOf, valuesOf, type ReadStep, type RowArrays } from '../arithmetic/index.ts';
import type { Result } from '../local/index.ts';
import { Lanes, type Operand } from './lanes.ts';
import { lower, readsOf } from './lower.ts';
import type { MemoryPlan } from './memory.ts';
import { range } from './packing.ts';
import { f64, i32, op, type Expression } from './wat.ts';
import { alone, NUMBER, numbered, total } from './widths.ts';
import { memo, Writer } from './writer.ts';

/** Numbers by name. */
type Made = Map<string, Operand>;

/** The arrays of a program, in the order of the table of their addresses. */
export function arraysOf(arrays: RowArrays): readonly Float64Array[] {
  return (['matrix', 'row', 'column', 'one'] as const).flatMap((kind) => Object.values(arrays[kind] ?? {}));
}

/**
 * A program of rows as one function of a table: it returns 0, or NaN if a checked number is not finite. Two columns are the lanes of a vector;
 * several rows run in parallel, so that the numbers of a column are loaded once, and sums of rows do not wait for one another. The sizes are
 * constants in the text, so that all these rows of a matrix share one pointer.
 */
export function rowsText(name: string, steps: readonly ReadStep[], arrays: RowArrays, memory: MemoryPlan): string {
  const writer = new Writer(['i32']);
  const lanes = new Lanes(writer, 'f64', memory);
  let next = 0;
  const entry = () => writer.keep('i32', i32.load(writer.parameter(0), 4 * next++));
  const [matrices, ofRows, ofColumns, ones] = (['matrix', 'row', 'column', 'one'] as const).map(
    (kind) => new Map(namesOf(arrays[kind]).map((array) => [array, entry()])),
  );
  const [rows, columns] = [arrays.rows, arrays.columns].map(i32.constant);
  const line = NUMBER * arrays.columns;
  /** For each of the parallel rows, the sum of the checked numbers. */
  const together = rowsAtOnce(steps, arrays);
  const sums = range(together[0]).map(() => writer.variable('v128', lanes.constant(0)));
  /** Visits two columns at a time, then one: `pointerTo` gives their address from that of the row. */
  const alongColumns = (visit: (pointerTo: (begin: Expression) => Expression, isHalf: boolean) => void) => {
    writer.inGroups(numbered(columns), arrays.columns % 2 === 0 ? [2] : [2, 1], (count, at) => {
      const pointerTo = memo((begin: Expression) => writer.keep('i32', i32.add(begin, at)));
      visit(pointerTo, count === 1);
    });
  };
  const numbers: Made = new Map([...ones].map(([one, address]) => [one, lanes.loadSplat(address, 0)]));

  writer.inGroups(numbered(rows), together, (count, row) => {
    const side = range(count);
    const before = writer.keep('i32', i32.multiply(row, columns));
    const first = new Map([...matrices].map(([one, begin]) => [one, writer.keep('i32', i32.add(begin, before))]));
    const made = side.map((r): Made => {
      const loaded = [...ofRows].map(([one, address]): [string, Operand] => [
        one,
        lanes.loadSplat(i32.add(address, row), r * NUMBER),
      ]);
      return new Map([...numbers, ...loaded]);
    });
    const keepRow = (r: number, one: string, value: Operand) => {
      made[r].set(one, value);
      const address = ofRows.get(one);
      if (address) lanes.storeNumber(i32.add(address, row), r * NUMBER, lane(0, lanes.read(value)));
    };
    for (const { dots, row: results, cells } of steps) {
      for (const { name: dot, matrix, column } of dots) {
        const totals = side.map(() => writer.variable('v128', lanes.constant(0)));
        alongColumns((pointerTo, isHalf) => {
          const load = (begin: Expression, offset: number) =>
            isHalf ? lanes.keep(alone(pointerTo(begin), offset)) : lanes.load(pointerTo(begin), offset);
          const x = load(ofColumns.get(column) ?? '', 0);
          totals.forEach((total, r) => {
            total.set(lanes.add(total.value, lanes.multiply(load(first.get(matrix) ?? '', r * line), x)));
          });
        });
        totals.forEach(({ value }, r) => {
          keepRow(r, dot, lanes.splat(total(value)));
        });
      }
      for (const r of side) {
        const values = compute(lanes, results, made[r]);
        results.forEach(({ name: one }, k) => {
          keepRow(r, one, values[k]);
        });
      }
      if (cells.length === 0) continue;
      alongColumns((pointerTo, isHalf) => {
        const load = (begin: Expression, offset = 0) => lanes.load(pointerTo(begin), offset);
        const store = (value: Operand, begin: Expression, offset = 0) => {
          if (!isHalf) lanes.store(pointerTo(begin), offset, value);
          else lanes.storeNumber(pointerTo(begin), offset, lane(0, lanes.read(value)));
        };
        const loadColumn = memo((column: string) => load(ofColumns.get(column) ?? ''));
        const totals = new Map<string, Expression>();
        for (const r of side) {
          const cell: Made = new Map(made[r]);
          const find = (path: string): Operand => {
            const matrix = first.get(path);
            const known = cell.get(path) ?? (matrix === undefined ? loadColumn(path) : load(matrix, r * line));
            cell.set(path, known);
            return known;
          };
          for (const written of cells) {
            const values = lower(lanes, valuesOf(written), ({ path }) => find(path));
            written.forEach(({ name: one }, k) => {
              if (ofColumns.has(one)) {
                totals.set(one, lanes.add(totals.get(one) ?? load(ofColumns.get(one) ?? ''), values[k]));
                return;
              }
              cell.set(one, values[k]);
              const matrix = first.get(one);
              if (matrix === undefined) return;
              store(values[k], matrix, r * line);
              if (one !== arrays.checked) return;
              const value = lanes.read(values[k]);
              sums[r].set(lanes.add(sums[r].value, isHalf ? lanes.and(value, lanes.first(1)) : value));
            });
          }
        }
        for (const [column, total] of totals) store(total, ofColumns.get(column) ?? '');
      });
    }
  });
  const all = lanes.keep(lanes.read(lanes.sum(sums.map(({ value }) => value))));
  const sum = writer.keep('f64', total(all));
  return writer.end(name, { type: 'f64', value: f64.subtract(sum, sum) });
}

/**
 * How many rows run in parallel, and how many of the remaining ones. Eight, if there are only sums over the rows; otherwise four, or two
 * if the numbers of more rows would not stay in registers and no sum of a row waits for itself.
 */
function rowsAtOnce(steps: readonly ReadStep[], arrays: RowArrays): readonly number[] {
  if (steps.every(({ cells }) => cells.length === 0)) return [8, 4, 1];
  const ofRows = new Set([...namesOf(arrays.row), ...steps.flatMap(({ row }) => row.map(({ name }) => name))]);
  const read = new Set(steps.flatMap(({ cells }) => readsOf(valuesOf(cells.flat())).map(({ path }) => path)));
  const kept = [...read].filter((name) => ofRows.has(name));
  return [kept.length > 2 && steps.every(({ dots }) => dots.length === 0) ? 2 : 4, 1];
}

function compute(lanes: Lanes, results: readonly Result[], made: Made): readonly Operand[] {
  return lower(lanes, valuesOf(results), ({ path }) => made.get(path) ?? 0);
}

const lane = (which: 0 | 1, pair: Expression): Expression => op('f64x2.extract_lane', which, pair);
