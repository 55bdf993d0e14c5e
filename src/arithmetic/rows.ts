import { readLocal, type LocalFunction, type Result, type Value, type ViewShape } from '../local/index.ts';

type Arrays = Readonly<Record<string, Float64Array>>;

/** Arrays by their names in a program of rows. */
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
  /** A matrix to check: whether all that is written to it is finite. */
  readonly checked?: string;
}

/** Numbers by their names. */
export type RowNumbers = Readonly<Record<string, number>>;

/** A function in the local language. */
export type RowFunction = (numbers: RowNumbers) => RowNumbers;

/**
 * What is done with each row of some matrices; rows are independent of one another:
 *
 * 1. `dots`: sums over the row, sum_j M_ij x_j: the even j, then the odd ones.
 * 2. `row`: numbers of the row. They are written to the row array of their name, or only used by what follows.
 * 3. `cells`: numbers of each cell (i, j), function by function. They are written to the matrix of their name; added to the column array of their
 *    name, by ascending i; or only used by what follows in the cell.
 */
export interface RowStep {
  readonly dots?: Readonly<Record<string, readonly [matrix: string, column: string]>>;
  readonly row?: RowFunction;
  readonly cells?: readonly RowFunction[];
}

/** A step whose functions have been read. */
export interface ReadStep {
  readonly dots: readonly { readonly name: string; readonly matrix: string; readonly column: string }[];
  readonly row: readonly Result[];
  readonly cells: readonly (readonly Result[])[];
}

const known = new WeakMap<RowFunction, Map<string, LocalFunction>>();

/** Reads the functions of a program. @throws Refusal for what is not in the local language, or unknown names. */
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
          // It is complete only after the last row.
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
