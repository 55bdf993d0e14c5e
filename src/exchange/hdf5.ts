import { counted, InputError, oneLine, show } from '../errors/index.ts';
import { heapProblem } from './heaps.ts';

/** Numbers of any shape, row-major; a single number has the shape []. */
export interface NumberData {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** Texts of any shape, row-major. */
export interface TextData {
  readonly shape: readonly number[];
  readonly texts: readonly string[];
}

/** The content of an HDF5 file: groups of groups and data sets. */
export type Hdf5 = Hdf5Group | NumberData | TextData;
export type Hdf5Group = ReadonlyMap<string, Hdf5>;

/** Limits on files that are read; listed in docs/formats.md. */
const MOST_NUMBERS = 2 ** 25;
const MOST_TEXT = 4_000_000;
const MOST_OBJECTS = 100_000;
const DEEPEST = 32;
/** The largest size of a number, bytes: all are read as floats of 8 bytes. */
const LARGEST_NUMBER = 8;
/** The most bytes of text that are read from the file at once. */
const AT_ONCE = 2 ** 28;

/** The types of HDF5 that hold numbers and texts. */
const [INTEGER, FLOAT, TEXT, ENUM] = [0, 1, 3, 8];

type Library = Awaited<ReturnType<typeof library>>;
type Group = InstanceType<Library['Group']>;
type Dataset = InstanceType<Library['Dataset']>;

/**
 * The library, with 4 MB of WebAssembly: loaded only when a file is read or written. Its files are in memory, so links in them cannot reach
 * other files.
 */
async function library() {
  const { ready, File, Group, Dataset } = await loaded();
  const module = await ready;
  module.activate_throwing_error_handler();
  return { FS: module.FS, File, Group, Dataset };
}

async function loaded() {
  try {
    return await import('h5wasm');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    throw new InputError(
      'h5wasm',
      'this package, which reads and writes HDF5, is not installed; run npm install h5wasm',
    );
  }
}

/** The path of a file in the library's memory. Each file has its own, because a damaged one may stay open. */
let places = 0;
const nextPlace = (): string => `/rxflo-${places++}.h5`;

/**
 * Reads the content of an HDF5 file.
 *
 * @param name The name of the file in errors.
 * @throws InputError if it is not HDF5, is truncated or damaged, holds links to other files or types other than numbers and texts, or exceeds
 * the limits above.
 */
export async function readHdf5(name: string, bytes: Uint8Array): Promise<Hdf5Group> {
  const damage = heapProblem(bytes);
  if (damage !== null) throw new InputError(name, `cannot be read as HDF5 (${damage}); give a whole file`);
  return inMemory(name, 'read', (lib, place) => {
    lib.FS.writeFile(place, bytes);
    const file = new lib.File(place, 'r');
    try {
      return new Reading(name, lib, bytes.length).group(file, '', 0);
    } finally {
      file.close();
    }
  });
}

/** Uses a file in the library's memory, and deletes it afterwards. @throws InputError if the library fails. */
async function inMemory<T>(name: string, what: string, use: (lib: Library, place: string) => T): Promise<T> {
  const lib = await library();
  const place = nextPlace();
  try {
    return use(lib, place);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const advice = what === 'read' ? '; give a whole file' : '';
    throw new InputError(name, `cannot be ${what} as HDF5 (${causeOf(error)})${advice}`);
  } finally {
    if (lib.FS.analyzePath(place, false).exists) lib.FS.unlink(place);
  }
}

/** What the library reports: the message of the innermost call, which is the last line of the stack that it prints. */
function causeOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const causes = [...text.matchAll(/^\s*#\d+:.*\(\): (.*)$/gm)];
  return oneLine(causes.at(-1)?.[1] ?? text.split('\n')[0]);
}

class Reading {
  private objects = 0;
  private numbers = 0;
  private text = 0;

  constructor(
    private readonly name: string,
    private readonly lib: Library,
    /** The length of the file. */
    private readonly bytes: number,
  ) {}

  group(group: Group, path: string, depth: number): Hdf5Group {
    if (depth > DEEPEST)
      this.refuse(path, `lies in more than ${DEEPEST} nested groups, or in itself; give a flatter file`);
    const found = new Map<string, Hdf5>();
    for (const key of group.keys()) {
      const place = path === '' ? key : `${path}/${key}`;
      if (++this.objects > MOST_OBJECTS)
        this.refuse(place, `is one of more than ${MOST_OBJECTS} objects; give a smaller file`);
      const entry = group.get(key);
      if (entry instanceof this.lib.Group) found.set(key, this.group(entry, place, depth + 1));
      else if (entry instanceof this.lib.Dataset) found.set(key, this.dataset(entry, place));
      else
        this.refuse(
          place,
          'is neither a group nor a data set of this file, but a link or a type; replace it with a copy of the data',
        );
    }
    return found;
  }

  private dataset(dataset: Dataset, place: string): NumberData | TextData {
    const { type, size, shape, chunks } = dataset.metadata;
    if (shape === null) this.refuse(place, 'is empty; give it a shape');
    const count = shape.reduce((product, length) => product * length, 1);
    // A chunk is always unpacked completely.
    const piece = chunks?.reduce((product, length) => product * length, 1) ?? 0;
    if (!(Math.max(count, piece) <= MOST_NUMBERS - this.numbers)) {
      this.refuse(place, `holds ${count} values in chunks of ${piece || count}; a file may hold up to ${MOST_NUMBERS}`);
    }
    this.numbers += count;
    if (type === TEXT) {
      if (!(count * size <= MOST_TEXT)) this.refuse(place, `holds more than ${MOST_TEXT} bytes of text; give less`);
      return { shape, texts: this.texts(dataset, shape, count, place) };
    }
    if (type !== INTEGER && type !== FLOAT && type !== ENUM)
      this.refuse(place, 'holds neither numbers nor text; expected numbers or text');
    if (size > LARGEST_NUMBER) {
      this.refuse(place, `holds numbers of ${size} bytes; expected ${LARGEST_NUMBER} or fewer`);
    }
    const { value } = dataset;
    const read = ArrayBuffer.isView(value) || Array.isArray(value) ? Array.from(value, Number) : [Number(value)];
    if (read.length !== count)
      this.refuse(place, `holds ${counted(read.length, 'number')}, but its shape says ${count}`);
    return { shape, values: Float64Array.from(read) };
  }

  /** Each text of variable length may be as long as the file, so only a limited number is read at once. */
  private texts(dataset: Dataset, shape: readonly number[], count: number, place: string): readonly string[] {
    if (shape.length === 0) return [this.counted(dataset.value, place)];
    if (count === 0) return [];
    const [rows] = shape;
    const atOnce = Math.max(1, Math.floor(AT_ONCE / ((this.bytes * count) / rows)));
    const texts: string[] = [];
    for (let row = 0; row < rows; row += atOnce) {
      const part = dataset.slice([[row, Math.min(row + atOnce, rows)], ...shape.slice(1).map((): [] => [])]);
      for (const text of Array.isArray(part) ? part : [part]) texts.push(this.counted(text, place));
    }
    if (texts.length !== count) this.refuse(place, `holds ${texts.length} texts, but its shape says ${count}`);
    return texts;
  }

  private counted(text: unknown, place: string): string {
    if (typeof text !== 'string') this.refuse(place, 'holds text that is not UTF-8; expected UTF-8');
    this.text += text.length;
    if (this.text > MOST_TEXT)
      this.refuse(place, `brings the text of this file to more than ${MOST_TEXT} characters; give less`);
    return text;
  }

  private refuse(place: string, problem: string): never {
    throw new InputError(`${this.name}: ${oneLine(place)}`, problem);
  }
}

/**
 * The bytes of an HDF5 file with this content: floats of 8 bytes, texts of variable length in UTF-8.
 *
 * @param name The name of the file in errors.
 * @param isWhole Whether the numbers under a path, such as 'node/nodes/x/shape', are stored as whole numbers.
 * @throws InputError naming the path whose name cannot be written, or whose values do not fit their shape, or are not whole although they must be.
 */
export async function hdf5Bytes(
  name: string,
  content: Hdf5Group,
  isWhole: (path: string) => boolean,
): Promise<Uint8Array> {
  return inMemory(name, 'written', (lib, place) => {
    const file = new lib.File(place, 'w');
    try {
      new Writing(name, isWhole).group(file, content, '', 0);
    } finally {
      file.close();
    }
    return lib.FS.readFile(place);
  });
}

class Writing {
  constructor(
    private readonly name: string,
    private readonly isWhole: (path: string) => boolean,
  ) {}

  group(group: Group, entries: Hdf5Group, path: string, depth: number): void {
    if (depth > DEEPEST) this.refuse(path, `lies in more than ${DEEPEST} nested groups; write a flatter file`);
    for (const [name, entry] of entries) {
      const place = path === '' ? name : `${path}/${name}`;
      if (name === '' || name === '.' || /[/\0]/.test(name)) {
        this.refuse(
          place,
          `${show(name)} cannot be a name in HDF5; expected a name that is not empty or '.' and contains no '/' or NUL`,
        );
      }
      if ('shape' in entry) this.dataset(group, entry, name, place);
      else this.group(group.create_group(name), entry, place, depth + 1);
    }
  }

  private dataset(group: Group, entry: NumberData | TextData, name: string, place: string): void {
    const shape = [...entry.shape];
    const count = 'texts' in entry ? entry.texts.length : entry.values.length;
    if (shape.some((length) => !(length >= 0)) || shape.reduce((product, length) => product * length, 1) !== count) {
      this.refuse(
        place,
        `has the shape [${shape.join(', ')}] and ${count} values; give the number of values that fits the shape`,
      );
    }
    if ('texts' in entry) {
      const cut = entry.texts.find((text) => text.includes('\0'));
      if (cut !== undefined) this.refuse(place, `${show(cut)} contains a NUL, which ends a text in HDF5; remove it`);
      const [first] = entry.texts;
      group.create_dataset({ name, shape, data: shape.length === 0 ? first : [...entry.texts], dtype: 'S' });
    } else if (this.isWhole(place)) {
      const wrong = entry.values.findIndex((value) => !Number.isSafeInteger(value));
      if (wrong >= 0) this.refuse(`${place}[${wrong}]`, `${entry.values[wrong]} is not a whole number`);
      group.create_dataset({ name, shape, data: BigInt64Array.from(entry.values, BigInt), dtype: '<q' });
    } else {
      group.create_dataset({ name, shape, data: entry.values, dtype: '<d' });
    }
  }

  private refuse(place: string, problem: string): never {
    throw new InputError(`${this.name}: ${oneLine(place)}`, problem);
  }
}
