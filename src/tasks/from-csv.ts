import crc32 from 'crc-32';
import { counted, InputError, oneOf, show } from '../errors/index.ts';
import { checkColumn, numbersOf, readTable, type CsvTable, type CsvText } from './csv.ts';
import type { Task } from './task.ts';

/** Two files: every column of `target` is a target channel, every column of `input` an input channel. */
export interface CsvFiles {
  readonly target: CsvText;
  /** Absent: the task has no input. */
  readonly input?: CsvText;
}

/** One file, in which some columns are input channels and some target channels; others are ignored. */
export interface CsvColumns {
  readonly file: CsvText;
  /** Names of the target columns, in the order of the circuit's `outputs`. */
  readonly targets: readonly string[];
  /** Names of the input columns, in the order of the circuit's input neurons. Default none. */
  readonly inputs?: readonly string[];
}

/**
 * Recorded signals as a task: one column for each channel and one row for each timestep, below a header row of names.
 * Every trial plays all rows, from the first.
 *
 * @example
 * const read = (name: string) => ({ name, text: readFileSync(name, 'utf8') });
 * fromCsv({ file: read('reach.csv'), inputs: ['cue', 'go'], targets: ['x', 'y'] });
 * fromCsv({ input: read('cues.csv'), target: read('reach.csv') });
 *
 * @throws InputError naming file, line and column, the value there and what would be right.
 */
export function fromCsv(source: CsvFiles | CsvColumns): Task {
  const { input, target } = 'file' in source ? channelsOfOne(source) : channelsOfTwo(source);
  const timesteps = target.table.rows.length;
  if (input && input.table.rows.length !== timesteps) {
    throw new InputError(
      input.table.name,
      `has ${counted(input.table.rows.length, 'row')} under its header, but ${target.table.name} has ${timesteps}; give both one row for each timestep`,
    );
  }
  const trial = {
    timesteps,
    input: input ? numbersOf(input.table, input.columns, { missing: false }) : new Float64Array(0),
    target: numbersOf(target.table, target.columns, { missing: true }),
  };
  return {
    name: 'from-csv',
    inputs: input?.columns.length ?? 0,
    outputs: target.columns.length,
    settings: {
      timesteps,
      input: input ? summaryOf(input, trial.input) : null,
      target: summaryOf(target, trial.target),
    },
    trial: () => trial,
  };
}

/** Channels: columns of a table. */
interface Channels {
  readonly table: CsvTable;
  readonly columns: readonly string[];
}

interface TaskChannels {
  readonly input: Channels | null;
  readonly target: Channels;
}

function channelsOfTwo({ input, target, ...rest }: CsvFiles): TaskChannels {
  noMore(rest, ['input', 'target']);
  const whole = (place: string, file: CsvText, emptyRows: boolean): Channels => {
    const table = readTable(checkFile(place, file), { emptyRows });
    return { table, columns: table.columns };
  };
  return {
    target: whole('fromCsv.target', target, true),
    input: input === undefined ? null : whole('fromCsv.input', input, false),
  };
}

function channelsOfOne({ file, targets, inputs = [], ...rest }: CsvColumns): TaskChannels {
  noMore(rest, ['file', 'inputs', 'targets']);
  const table = readTable(checkFile('fromCsv.file', file), { emptyRows: Array.isArray(inputs) && inputs.length === 0 });
  checkNames('fromCsv.targets', table, targets);
  checkNames('fromCsv.inputs', table, inputs);
  if (targets.length === 0) {
    throw new InputError('fromCsv.targets', `is empty; give columns of ${table.name}: ${oneOf(table.columns)}`);
  }
  return { target: { table, columns: targets }, input: inputs.length > 0 ? { table, columns: inputs } : null };
}

function checkNames(place: string, table: CsvTable, names: unknown): void {
  if (!Array.isArray(names)) {
    throw new InputError(
      place,
      `expected a list of names of columns, such as ['${table.columns[0]}'], got ${show(names)}`,
    );
  }
  names.forEach((name: string, i) => {
    checkColumn(table, `${place}[${i}]`, name);
    if (names.indexOf(name) !== i) throw new InputError(`${place}[${i}]`, `${show(name)} is named twice; remove one`);
  });
}

function checkFile(place: string, file: Partial<CsvText> | undefined): CsvText {
  const { name, text } = file ?? {};
  if (typeof name !== 'string' || typeof text !== 'string') {
    throw new InputError(place, `expected a file, { name: 'signals.csv', text: its content }, got ${show(file)}`);
  }
  return { name, text };
}

function noMore(rest: object, fields: readonly string[]): void {
  for (const field of Object.keys(rest)) {
    throw new InputError(`fromCsv.${field}`, `unknown field; expected one of ${fields.join(', ')}`);
  }
}

/** What the summary keeps of channels; by the digest of their numbers a run is not resumed with different data. */
function summaryOf({ table, columns }: Channels, numbers: Float64Array): Readonly<Record<string, unknown>> {
  return { file: table.name, columns, digest: digestOf(numbers) };
}

/** CRC-32 of the numbers as little-endian float64, as eight hexadecimal digits. */
function digestOf(numbers: Float64Array): string {
  const bytes = new DataView(new ArrayBuffer(numbers.length * 8));
  numbers.forEach((value, i) => {
    bytes.setFloat64(i * 8, value, true);
  });
  return (crc32.buf(new Uint8Array(bytes.buffer)) >>> 0).toString(16).padStart(8, '0');
}
