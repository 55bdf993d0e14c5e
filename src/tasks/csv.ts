import { CsvError, parse } from 'csv-parse/browser/esm/sync'; // the build without Node modules
import { InputError, oneOf, show } from '../errors/index.ts';

/** A CSV file: its name, which errors and summaries show, and its text. Reading it is left to the caller. */
export interface CsvText {
  readonly name: string;
  readonly text: string;
}

/** A parsed CSV file: a header of distinct names, and rows with a cell for each. */
export interface CsvTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly CsvRow[];
}

interface CsvRow {
  /** Its line, counted from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Parses a CSV file: a header row, then at least one row. Blank lines are allowed only at the end.
 *
 * @param emptyRows Whether rows of empty cells at the end count. Spreadsheets write such rows, but a target may end with them.
 * @throws InputError naming file, line and column.
 */
export function readTable({ name, text }: CsvText, { emptyRows }: { readonly emptyRows: boolean }): CsvTable {
  if (text.slice(0, 1000).includes('\0')) throw new InputError(name, 'is UTF-16; save it as CSV UTF-8');
  const filled = withoutEnd(readRows(name, text), emptyRows ? isBlank : isEmpty);
  const header = filled.at(0);
  if (!header) throw new InputError(name, 'is empty; give a header row and one row for each timestep');
  if (isComment(header, filled.at(1))) {
    throw new InputError(place(name, header.line), 'begins with a comment; remove it');
  }
  checkHeader(name, header);
  const rows = filled.slice(1);
  if (rows.length === 0) {
    throw new InputError(place(name, header.line), 'is a header without rows; give one row for each timestep');
  }
  const columns = header.cells;
  for (const row of rows) checkLength(name, row, columns.length);
  return { name, columns, rows };
}

/**
 * The numbers of the named columns, [rows][columns], row-major; each name must be one of the table's.
 *
 * @param missing Whether a cell may be empty, or `nan`: both give NaN.
 */
export function numbersOf(
  { name, columns, rows }: CsvTable,
  wanted: readonly string[],
  { missing }: { readonly missing: boolean },
): Float64Array {
  const numbers = new Float64Array(rows.length * wanted.length);
  const places = new Map(columns.map((column, at) => [column, at]));
  wanted.forEach((column, k) => {
    const at = places.get(column) ?? -1;
    rows.forEach(({ line, cells }, t) => {
      const value = missing && MISSING.test(cells[at]) ? NaN : numberIn(cells[at], missing);
      if (typeof value === 'string') throw new InputError(place(name, line, at, column), value);
      numbers[t * wanted.length + k] = value;
    });
  });
  return numbers;
}

/** Checks that a name is one of the table's columns; `asked` is the place of the option that names it. */
export function checkColumn({ name, columns }: CsvTable, asked: string, column: string): void {
  if (!columns.includes(column)) {
    throw new InputError(asked, `unknown column ${show(column)} of ${name}; expected ${oneOf(columns)}`);
  }
}

function readRows(name: string, text: string): CsvRow[] {
  const rows: CsvRow[] = [];
  try {
    parse(text, {
      bom: true,
      trim: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true, // checked below, with a message that names the fix
      on_record: (cells: string[], { lines }) => {
        rows.push({ line: lines, cells });
        return null; // kept already
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new InputError(place(name, (rows.at(-1)?.line ?? 0) + 1), syntaxProblem(error));
  }
  return rows;
}

function syntaxProblem({ code, message }: CsvError): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a cell opens with a quote (") that is never closed; close it, or remove it';
    case 'INVALID_OPENING_QUOTE':
      return 'there is a quote (") inside a cell; put the whole cell in quotes and write the quote twice, or remove it';
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'text follows the closing quote (") of a cell; end the cell there, or write the quote twice';
    default:
      return `is not CSV: ${message}`;
  }
}

function withoutEnd(rows: readonly CsvRow[], isOver: (row: CsvRow) => boolean): readonly CsvRow[] {
  return rows.slice(0, rows.findLastIndex((row) => !isOver(row)) + 1);
}

function isEmpty({ cells }: CsvRow): boolean {
  return cells.every((cell) => cell === '');
}

/** Whether the first row is a comment above the header, and not the header itself: a column may be called '# of trials'. */
function isComment({ cells }: CsvRow, next: CsvRow | undefined): boolean {
  if (!next || !/^(?:#|%|\/\/)/.test(cells[0])) return false;
  return next.cells.length !== cells.length || next.cells.every((cell) => typeof numberIn(cell) === 'string');
}

/** Whether the line has nothing, not even a comma: then it is not a row of empty cells. */
function isBlank({ cells }: CsvRow): boolean {
  return cells.length === 1 && cells[0] === '';
}

function checkHeader(name: string, { line, cells }: CsvRow): void {
  const separator = [';', '\t', '|'].find((sign) => cells[0].includes(sign));
  if (separator !== undefined && cells.length === 1) {
    const shown = separator === '\t' ? 'tabs' : `'${separator}'`;
    throw new InputError(place(name, line), `seems to be separated by ${shown}; put commas between the cells`);
  }
  if (cells.every((cell) => typeof numberIn(cell) === 'number')) {
    throw new InputError(
      place(name, line),
      'holds only numbers; add a header row above it, with a name for each column',
    );
  }
  const places = new Map<string, number>();
  cells.forEach((cell, at) => {
    if (cell === '') {
      throw new InputError(place(name, line, at), 'has no name; give every column one (a row index needs one too)');
    }
    const first = places.get(cell);
    if (first !== undefined) {
      throw new InputError(place(name, line, at, cell), `has the same name as column ${first + 1}; give each its own`);
    }
    places.set(cell, at);
  });
}

function checkLength(name: string, row: CsvRow, columns: number): void {
  const count = row.cells.length;
  if (isBlank(row)) {
    const missing = columns === 1 ? ' (in a target column, nan where there is no target)' : '';
    throw new InputError(
      place(name, row.line),
      `is blank; give a number for each column${missing}, or remove the line`,
    );
  }
  if (count === columns) return;
  const hint = count > columns ? ' (a number has no commas in it: write 1234.5)' : '';
  throw new InputError(
    place(name, row.line, Math.min(count, columns)),
    `the row has ${cellsOf(count)}, the header ${cellsOf(columns)}; give the same number${hint}`,
  );
}

function cellsOf(count: number): string {
  return count === 1 ? '1 cell' : `${count} cells`;
}

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const RADIX = /^[+-]?0[xob][\da-f]+$/i;
const GROUPED = /^[+-]?\d+([.,'_\s\u2019]\d+)+$/;
const NOT_FINITE = /^[+-]?(nan|inf|infinity|∞|n\/a|na|null|none)$/i;

/** A cell without a number. */
const MISSING = /^(nan)?$/i;

/** The number in a cell, or what is wrong with it. */
function numberIn(cell: string, missing = false): number | string {
  if (DECIMAL.test(cell)) {
    const value = Number(cell);
    return Number.isFinite(value) ? value : `${show(cell)} is too large for float64; give a number below 1.8e308`;
  }
  if (cell === '') return 'is empty; give a number';
  if (NOT_FINITE.test(cell)) {
    const fix = missing
      ? 'give one, or leave the cell empty where there is no target'
      : 'every channel needs one at every timestep';
    return `${show(cell)} is not a finite number; ${fix}`;
  }
  if (RADIX.test(cell)) return `${show(cell)} is not decimal; write the number in decimal, such as 16 for 0x10`;
  if (GROUPED.test(cell)) return `${show(cell)} has a separator in it; write it as 1234.5, with only a decimal point`;
  return `${show(cell)} is not a number; write it as 0.5 or 5e-1`;
}

/** `signals.csv, line 3, column 2 ('x')`; `at` is counted from 0, as in an array. */
function place(file: string, line: number, at?: number, column?: string): string {
  const inColumn = at === undefined ? '' : `, column ${at + 1}`;
  return `${file}, line ${line}${inColumn}${column === undefined ? '' : ` (${show(column)})`}`;
}
