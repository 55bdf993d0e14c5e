import { compileStatements, statements, type Result } from '../local/index.ts';
import { namesOf, readSteps, valuesOf, type ReadStep, type RowArrays, type RowStep } from './rows.ts';

/** Runs a program; returns 0, or NaN if a number that is checked, or the sum of all of them, is not finite. */
export type RunRows = () => number;

/** The cells that a program visits if they do not form a matrix: the row and the column of each. */
export interface CellList {
  readonly row: Int32Array;
  readonly column: Int32Array;
}

type Loop = (arrays: RowArrays, list?: CellList) => number;

/** A program of rows as ordinary loops. */
export function rowsLoop(steps: readonly RowStep[], arrays: RowArrays): RunRows {
  const run = compileStatements<Loop>('rows', source(arrays, body(readSteps(steps, arrays), arrays)), {});
  return () => run(arrays);
}

/** The part of a program that handles cells, for some cells only: each `matrix` has a number for each of them. */
export function cellsLoop(cells: RowStep['cells'] = [], arrays: RowArrays, list: CellList): RunRows {
  const text = `
  for (let k = 0; k < list.row.length; k++) {
    const [i, j] = [list.row[k], list.column[k]];
    ${cellText(readSteps([{ cells }], arrays)[0], arrays, new Map(), 0)}
  }`;
  const run = compileStatements<Loop>('cells', source(arrays, text), {});
  return () => run(arrays, list);
}

function source(arrays: RowArrays, text: string): string {
  const all = (['matrix', 'row', 'column', 'one'] as const).map((kind) => {
    const names = namesOf(arrays[kind]).map((name) => `${name}: ${kind}_${name}`);
    return `const { ${names.join(', ')} } = arrays.${kind} ?? {};`;
  });
  return `
return (arrays, list) => {
  ${all.join('\n  ')}
  const { rows, columns } = arrays;
  let sum = 0;${text}
  return sum - sum;
};`;
}

function body(steps: readonly ReadStep[], arrays: RowArrays): string {
  const made = new Map<string, string>();
  const written = steps.map((step, s) => {
    const dots = step.dots.map(({ name, matrix, column }) => {
      const [even, odd] = [`even${s}_${name}`, `odd${s}_${name}`];
      made.set(name, even);
      return `let [${even}, ${odd}] = [0, 0];
    for (let j = 0; j < columns; j += 2) ${even} += matrix_${matrix}[i * columns + j] * column_${column}[j];
    for (let j = 1; j < columns; j += 2) ${odd} += matrix_${matrix}[i * columns + j] * column_${column}[j];
    ${even} += ${odd};${has(arrays.row, name) ? ` row_${name}[i] = ${even};` : ''}`;
    });
    const rows = computed(step.row, arrays, made, `r${s}_`, (name, value) =>
      has(arrays.row, name) ? `row_${name}[i] = ${value};` : '',
    );
    const cells = `for (let j = 0, k = i * columns; j < columns; j++, k++) {
      ${cellText(step, arrays, made, s)}
    }`;
    return [...dots, rows, step.cells.length === 0 ? '' : cells].join('\n    ');
  });
  return `
  for (let i = 0; i < rows; i++) {
    ${written.join('\n    ')}
  }`;
}

function cellText({ cells }: ReadStep, arrays: RowArrays, ofRow: ReadonlyMap<string, string>, step: number): string {
  const made = new Map(ofRow);
  const lines = cells.map((results, c) =>
    computed(results, arrays, made, `c${step}_${c}_`, (name, value) => {
      if (has(arrays.column, name)) return `column_${name}[j] += ${value};`;
      if (!has(arrays.matrix, name)) return '';
      return `matrix_${name}[k] = ${value};${arrays.checked === name ? ` sum += ${value};` : ''}`;
    }),
  );
  return lines.join('\n      ');
}

/** Computes some numbers and passes them to `then`. `made`: the variables of numbers that are already computed. */
function computed(
  results: readonly Result[],
  arrays: RowArrays,
  made: Map<string, string>,
  prefix: string,
  then: (name: string, value: string) => string,
): string {
  const read = ({ path }: { readonly path: string }) => made.get(path) ?? stored(arrays, path);
  const { lines, results: values } = statements(valuesOf(results), read, { prefix });
  const variables = results.map((_, k) => `${prefix}n${k}`);
  results.forEach(({ name }, k) => made.set(name, variables[k]));
  return [
    ...lines,
    ...variables.map((variable, k) => `const ${variable} = ${values[k]};`),
    ...results.map(({ name }, k) => then(name, variables[k])),
  ].join(' ');
}

function stored(arrays: RowArrays, name: string): string {
  if (has(arrays.matrix, name)) return `matrix_${name}[k]`;
  if (has(arrays.column, name)) return `column_${name}[j]`;
  return has(arrays.row, name) ? `row_${name}[i]` : `one_${name}[0]`;
}

function has(arrays: Readonly<Record<string, Float64Array>> | undefined, name: string): boolean {
  return arrays !== undefined && Object.hasOwn(arrays, name);
}
