import { namesOf, valuesOf, type ReadStep, type RowArrays } from '../arithmetic/index.ts';
import type { Result } from '../local/index.ts';
import { Lanes, type Operand } from './lanes.ts';
import { lower, readsOf } from './lower.ts';
import type { MemoryPlan } from './memory.ts';
import { range } from './packing.ts';
import { f64, i32, op, type Expression } from './wat.ts';
import { below, bytesOf, NUMBER, PAIR, rowsTogether } from './widths.ts';
import { memo, Writer } from './writer.ts';

/** Numbers by their names. */
type Made = Map<string, Operand>;

/** The arrays of a program, in the order of the table of where they begin; before them the table has the numbers of rows and of columns. */
export function arraysOf(arrays: RowArrays): readonly Float64Array[] {
  return (['matrix', 'row', 'column', 'one'] as const).flatMap((kind) => Object.values(arrays[kind] ?? {}));
}

/**
 * A program of rows as one function of a table: it returns 0, or NaN where something that is looked at is not finite. Two columns are the lanes of a
 * vector; some rows run side by side, so that what a column brings is loaded once, and sums of rows do not wait for one another.
 */
export function rowsText(name: string, steps: readonly ReadStep[], arrays: RowArrays, memory: MemoryPlan): string {
  const writer = new Writer(['i32']);
  const lanes = new Lanes(writer, 'f64', memory);
  const entry = (k: number) => writer.keep('i32', i32.load(writer.parameter(0), 4 * k));
  const [rows, columns] = [entry(0), entry(1)];
  let next = 2;
  const [matrices, ofRows, ofColumns, ones] = (['matrix', 'row', 'column', 'one'] as const).map(
    (kind) => new Map(namesOf(arrays[kind]).map((array) => [array, entry(next++)])),
  );
  /** For each of the rows side by side, the sum of what is looked at. */
  const together = rowsAtOnce(steps, arrays);
  const sums = range(together).map(() => writer.variable('v128', lanes.constant(0)));
  const width = writer.keep('i32', bytesOf(columns));
  const pairs = writer.keep('i32', below(width, PAIR));
  const isOdd = writer.keep('i32', i32.subtract(width, pairs));
  const numbers: Made = new Map([...ones].map(([one, address]) => [one, lanes.loadSplat(address, 0)]));

  rowsTogether(writer, rows, [together, 1], (count, row) => {
    const side = range(count);
    const line = writer.keep('i32', i32.multiply(row, columns));
    const pointerOf = memo((matrix: string) => {
      const first = writer.keep('i32', i32.add(matrices.get(matrix) ?? '', line));
      const pointers = [first];
      for (const r of range(count - 1)) pointers.push(writer.keep('i32', i32.add(pointers[r], width)));
      return pointers;
    });
    for (const matrix of matrices.keys()) pointerOf(matrix);
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
    /** Visits the columns, two by two; `half`: the last one, alone. */
    const alongColumns = (visit: (at: Expression, isHalf: boolean) => void) => {
      writer.sweep({ from: i32.constant(0), until: pairs, step: PAIR }, (at) => {
        visit(at, false);
      });
      writer.when(isOdd, () => {
        visit(pairs, true);
      });
    };
    for (const { dots, row: results, cells } of steps) {
      for (const { name: dot, matrix, column } of dots) {
        const totals = side.map(() => writer.variable('v128', lanes.constant(0)));
        alongColumns((at, isHalf) => {
          const load = (pointer: Expression) =>
            isHalf ? lanes.keep(op('v128.load64_zero', pointer)) : lanes.load(pointer, 0);
          const x = load(i32.add(ofColumns.get(column) ?? '', at));
          totals.forEach((total, r) => {
            total.set(lanes.add(total.value, lanes.multiply(load(i32.add(pointerOf(matrix)[r], at)), x)));
          });
        });
        totals.forEach(({ value }, r) => {
          keepRow(r, dot, lanes.splat(f64.add(lane(0, value), lane(1, value))));
        });
      }
      for (const r of side) {
        const values = compute(lanes, results, made[r]);
        results.forEach(({ name: one }, k) => {
          keepRow(r, one, values[k]);
        });
      }
      if (cells.length === 0) continue;
      alongColumns((at, isHalf) => {
        const store = (pointer: Expression, value: Operand) => {
          if (!isHalf) lanes.store(pointer, 0, value);
          else writer.do(op('v128.store64_lane', 'align=8', 0, pointer, lanes.read(value)));
        };
        const columnAt = memo((column: string) => i32.add(ofColumns.get(column) ?? '', at));
        const loadColumn = memo((column: string) => lanes.load(columnAt(column), 0));
        const totals = new Map<string, Expression>();
        for (const r of side) {
          const cell: Made = new Map(made[r]);
          const find = (path: string): Operand => {
            const found = cell.get(path) ?? load(path);
            cell.set(path, found);
            return found;
          };
          const load = (path: string) =>
            matrices.has(path) ? lanes.load(i32.add(pointerOf(path)[r], at), 0) : loadColumn(path);
          for (const written of cells) {
            const values = lower(lanes, valuesOf(written), ({ path }) => find(path));
            written.forEach(({ name: one }, k) => {
              if (ofColumns.has(one)) {
                totals.set(one, lanes.add(totals.get(one) ?? lanes.load(columnAt(one), 0), values[k]));
                return;
              }
              cell.set(one, values[k]);
              if (!matrices.has(one)) return;
              store(i32.add(pointerOf(one)[r], at), values[k]);
              if (one !== arrays.checked) return;
              const found = lanes.read(values[k]);
              sums[r].set(lanes.add(sums[r].value, isHalf ? lanes.and(found, lanes.first(1)) : found));
            });
          }
        }
        for (const [column, total] of totals) store(columnAt(column), total);
      });
    }
  });
  const all = lanes.keep(lanes.read(lanes.sum(sums.map(({ value }) => value))));
  const total = writer.keep('f64', f64.add(lane(0, all), lane(1, all)));
  return writer.end(name, { type: 'f64', value: f64.subtract(total, total) });
}

/** How many rows run side by side: two where the numbers of more would not stay in registers, and no sum of a row waits for itself. */
function rowsAtOnce(steps: readonly ReadStep[], arrays: RowArrays): number {
  const ofRows = new Set([...namesOf(arrays.row), ...steps.flatMap(({ row }) => row.map(({ name }) => name))]);
  const read = new Set(steps.flatMap(({ cells }) => readsOf(valuesOf(cells.flat())).map(({ path }) => path)));
  const kept = [...read].filter((name) => ofRows.has(name));
  return kept.length > 2 && steps.every(({ dots }) => dots.length === 0) ? 2 : 4;
}

function compute(lanes: Lanes, results: readonly Result[], made: Made): readonly Operand[] {
  return lower(lanes, valuesOf(results), ({ path }) => made.get(path) ?? 0);
}

const lane = (which: 0 | 1, pair: Expression): Expression => op('f64x2.extract_lane', which, pair);
