import { readLocal, type LocalFunction, type Result, type Value, type ViewShape } from '../local/index.ts';

type Arrays = Readonly<Record<string, Float64Array>>;

/** Arrays by the names that they have in a program of rows. */
export interface RowArrays {
  readonly rows: number;
  readonly columns: number;
  /** [rows][columns] each. */
  readonly matrix: Arrays;
  /** [rows] each. */
  readonly row?: Arrays;
  /** [columns] each. */
  readonly column?: Arrays;
  /** One number each, in an array of its own. */
  readonly one?: Arrays;
  /** A matrix to be looked at, whether all that is written to it is finite. */
  readonly checked?: string;
}

/** Numbers by their names. */
export type RowNumbers = Readonly<Record<string, number>>;

/** A function in the local language. */
export type RowFunction = (numbers: RowNumbers) => RowNumbers;

/**
 * What is done with one row of some matrices after another, as no row follows from another one:
 *
 * 1. `dots`: sums over the row, sum_j M_ij x_j: the even j, then the odd ones.
 * 2. `row`: numbers of the row. They go into an array of rows of their name, or are for what follows alone.
 * 3. `cells`: numbers of each cell (i, j), function by function. Into a matrix of their name they go as they are; what goes into an array of columns
 *    is added to it, by ascending i; others are for what follows in the cell alone.
 */
export interface RowStep {
  readonly dots?: Readonly<Record<string, readonly [matrix: string, column: string]>>;
  readonly row?: RowFunction;
  readonly cells?: readonly RowFunction[];
}

/** A step as its functions' texts say it. */
export interface ReadStep {
  readonly dots: readonly { readonly name: string; readonly matrix: string; readonly column: string }[];
  readonly row: readonly Result[];
  readonly cells: readonly (readonly Result[])[];
}

const known = new WeakMap<RowFunction, Map<string, LocalFunction>>();

/** Reads the functions of a program. @throws Refusal for what is not in the local language, or names that nothing has. */
export function readSteps(steps: readonly RowStep[], arrays: RowArrays): readonly ReadStep[] {
  const ofRow = new Set([...namesOf(arrays.row), ...namesOf(arrays.one)]);
  return steps.map(({ dots = {}, row, cells = [] }): ReadStep => {
    const written = Object.entries(dots).map(([name, [matrix, column]]) => ({ name, matrix, column }));
    for (const { name } of written) ofRow.add(name);
    const read = row ? readFunction(row, ofRow) : [];
    for (const { name } of read) ofRow.add(name);
    const ofCell = new Set([...ofRow, ...namesOf(arrays.matrix), ...namesOf(arrays.column)]);
    return {
      ...{ dots: written, row: read },
      cells: cells.map((cell) => {
        const results = readFunction(cell, ofCell);
        for (const { name } of results) {
          // It is complete after the last row, and not before.
          if (arrays.column && name in arrays.column) ofCell.delete(name);
          else ofCell.add(name);
        }
        return results;
      }),
    };
  });
}

function readFunction(f: RowFunction, names: ReadonlySet<string>): readonly Result[] {
  const all = [...names].sort();
  const byNames = known.get(f) ?? new Map<string, LocalFunction>();
  known.set(f, byNames);
  const key = all.join();
  const shape: ViewShape = Object.fromEntries(all.map((name) => [name, 'own state']));
  const read = byNames.get(key) ?? readLocal('rows', 'step', f, { shape, results: 'any' });
  byNames.set(key, read);
  return read.namedResults;
}

export function namesOf(arrays: Arrays = {}): readonly string[] {
  return Object.keys(arrays);
}

export function valuesOf(results: readonly Result[]): readonly Value[] {
  return results.map(({ value }) => value);
}
