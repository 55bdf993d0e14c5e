import { InputError, oneOf } from '../errors/index.ts';
import { brief } from './check.ts';

/** What a number must be: `least` and `most` are included. */
export interface NumberRange {
  readonly least?: number;
  readonly most?: number;
  readonly whole?: boolean;
}

/** The size that a list or a matrix must have, with one entry for each of what: `{ length: 3, each: 'output' }`. */
export interface Size {
  readonly length: number;
  readonly each: string;
}

/** What a matrix must be; by default its rows have the length of the first. */
export interface Shape {
  readonly rows?: Size;
  readonly columns?: Size;
  readonly range?: NumberRange;
}

/**
 * A part of a problem file, whose fields are read one by one. A field that is missing, wrong, or never read is refused with its place in the
 * file. Nothing that is allocated is larger than what the file holds.
 */
export class ProblemFields {
  private readonly taken = new Set<string>();
  private readonly parts: ProblemFields[] = [];

  constructor(
    private readonly value: unknown,
    /** The file, and the place of this part in it. */
    private readonly place: string,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new InputError(place.replace(/:$/, ''), `${brief(value)} is not an object`);
    }
  }

  has(name: string): boolean {
    return this.value !== null && Object.hasOwn(this.value as object, name);
  }

  /** @throws InputError always: the field of this name is wrong for this reason. */
  refuse(name: string, problem: string): never {
    throw new InputError(this.at(name), problem);
  }

  number(name: string, range: NumberRange = {}): number {
    const value = this.take(name, wanted(range));
    if (isNumber(value, range)) return value;
    return this.refuse(name, `${brief(value)} is not ${wanted(range)}`);
  }

  truth(name: string): boolean {
    const value = this.take(name, 'true or false');
    return typeof value === 'boolean' ? value : this.refuse(name, `${brief(value)} is not true or false`);
  }

  /** One of a few words. */
  choice<const T extends string>(name: string, choices: readonly T[]): T {
    const value = this.take(name, oneOf(choices));
    const found = choices.find((choice) => choice === value);
    return found ?? this.refuse(name, `${brief(value)} is not ${oneOf(choices)}`);
  }

  /** @param right What it should be. */
  word(name: string, right: string): string {
    const value = this.take(name, right);
    return typeof value === 'string' ? value : this.refuse(name, `${brief(value)} is not a word; give ${right}`);
  }

  /** A list of some of a few words, each once. */
  words(name: string, choices: readonly string[]): readonly string[] {
    const left = new Set(choices);
    return this.list(name, this.take(name, listOf('words')), 'words').map((value, k) => {
      const at = `${name}[${k}]`;
      if (typeof value !== 'string' || !choices.includes(value))
        return this.refuse(at, `${brief(value)} is not ${oneOf(choices)}`);
      return left.delete(value) ? value : this.refuse(at, `${brief(value)} is listed twice; remove one`);
    });
  }

  /** The names of all its fields. */
  names(): readonly string[] {
    return Object.keys(this.value as object);
  }

  numbers(
    name: string,
    { size, range }: { readonly size?: Size; readonly range?: NumberRange } = {},
  ): readonly number[] {
    return this.numbersIn(name, this.take(name, listOf('numbers', size)), size, range);
  }

  /** Whether a field is a word. */
  isWord(name: string): boolean {
    return this.has(name) && typeof Reflect.get(this.value as object, name) === 'string';
  }

  /** A list of rows of the same length. */
  matrix(name: string, shape: Shape = {}): readonly (readonly number[])[] {
    return this.matrixIn(name, this.take(name, listOf('rows of numbers', shape.rows)), shape);
  }

  /** A matrix with the same number of columns as rows. */
  square(name: string, range: NumberRange = {}): readonly (readonly number[])[] {
    const rows = this.list(name, this.take(name, listOf('rows of numbers')), 'rows of numbers');
    return this.matrixIn(name, rows, { columns: { length: rows.length, each: 'row' }, range });
  }

  /** A matrix as base64 of its float32 numbers, little-endian and row-major. */
  singles(name: string, rows: Size, columns: Size): readonly (readonly number[])[] {
    const text = this.take(name, 'base64');
    const bytes = typeof text === 'string' ? Buffer.from(text, 'base64') : Buffer.alloc(0);
    if (bytes.toString('base64') !== text) this.refuse(name, `${brief(text)} is not base64`);
    const [each, size] = [Float32Array.BYTES_PER_ELEMENT, rows.length * columns.length];
    if (bytes.length !== each * size) {
      this.refuse(
        name,
        `has ${bytes.length} bytes; give ${each * size}, ${each} for each ${columns.each} of each ${rows.each}`,
      );
    }
    const values = Array.from({ length: size }, (_, k) => bytes.readFloatLE(each * k));
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) this.refuse(name, `number ${wrong + 1} is ${values[wrong]}; give finite numbers`);
    return Array.from({ length: rows.length }, (_, i) => values.slice(i * columns.length, (i + 1) * columns.length));
  }

  /** A list of matrices, one for each of these shapes. */
  matrices(name: string, shapes: readonly Shape[], each: string): readonly (readonly (readonly number[])[])[] {
    const size = { length: shapes.length, each };
    const all = this.list(name, this.take(name, listOf('matrices', size)), 'matrices', size);
    return all.map((one, k) => this.matrixIn(`${name}[${k}]`, one, shapes[k]));
  }

  private matrixIn(name: string, value: unknown, { rows, columns, range }: Shape): readonly (readonly number[])[] {
    const all = this.list(name, value, 'rows of numbers', rows);
    if (all.length === 0) this.refuse(name, 'has no rows; give at least one');
    const first = all[0];
    const each = columns ?? { length: Array.isArray(first) ? first.length : 0, each: 'number of the first row' };
    return all.map((row, i) => this.numbersIn(`${name}[${i}]`, row, each, range));
  }

  /** The fields below a name; every call returns the same part. */
  part(name: string): ProblemFields {
    const value = this.take(name, 'an object');
    return this.parts.find((part) => part.value === value) ?? this.below(name, value);
  }

  /** A list of these. */
  several(name: string): readonly ProblemFields[] {
    return this.list(name, this.take(name, listOf('objects')), 'objects').map((value, i) =>
      this.below(`${name}[${i}]`, value),
    );
  }

  /** @throws InputError for a field that was never read. */
  end(): void {
    const known = [...this.taken];
    const other = Object.keys(this.value as object).find((name) => !this.taken.has(name));
    if (other !== undefined) this.refuse(other, `unknown field; expected one of ${known.join(', ')}`);
    for (const part of this.parts) part.end();
  }

  /** @param right What it should be, if it is missing. */
  private take(name: string, right: string): unknown {
    this.taken.add(name);
    if (this.has(name)) return Reflect.get(this.value as object, name);
    return this.refuse(name, `is missing; give ${right}`);
  }

  private below(name: string, value: unknown): ProblemFields {
    const part = new ProblemFields(value, this.at(name));
    this.parts.push(part);
    return part;
  }

  private list(name: string, value: unknown, what: string, size?: Size): readonly unknown[] {
    if (!Array.isArray(value)) return this.refuse(name, `${brief(value)} is not ${listOf(what, size)}`);
    if (size && value.length !== size.length) {
      this.refuse(
        name,
        `has ${value.length === 1 ? '1 entry' : `${value.length} entries`}; give ${size.length}, one for each ${size.each}`,
      );
    }
    return value;
  }

  private numbersIn(name: string, value: unknown, size?: Size, range: NumberRange = {}): readonly number[] {
    const all = this.list(name, value, 'numbers', size);
    return all.map((entry, i) =>
      isNumber(entry, range) ? entry : this.refuse(`${name}[${i}]`, `${brief(entry)} is not ${wanted(range)}`),
    );
  }

  private at(name: string): string {
    // A space directly below the file: `p.json: network`.
    return this.place.endsWith(':') ? `${this.place} ${name}` : `${this.place}.${name}`;
  }
}

function listOf(what: string, size?: Size): string {
  return size ? `a list of ${size.length} ${what}, one for each ${size.each}` : `a list of ${what}`;
}

function isNumber(value: unknown, { least = -Infinity, most = Infinity, whole = false }: NumberRange): value is number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  return value >= least && value <= most && (!whole || Number.isInteger(value));
}

function wanted({ least, most, whole = false }: NumberRange): string {
  const kind = whole ? 'a whole number' : 'a finite number';
  if (least === Number.MIN_VALUE) return `${kind} above 0${most === undefined ? '' : `, ${most} or less`}`;
  if (least !== undefined && most !== undefined) return `${kind} from ${least} to ${most}`;
  if (least !== undefined) return `${kind}, ${least} or more`;
  return most === undefined ? kind : `${kind}, ${most} or less`;
}
