import { InputError, oneLine } from '../errors/index.ts';

/** Numbers of any shape, row-major; a single number has the shape []. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** Texts of any shape, row-major. */
export interface Texts {
  readonly shape: readonly number[];
  readonly texts: readonly string[];
}

/** What an HDF5 file holds: groups of groups and data sets. */
export type Hdf5 = Hdf5Group | Numbers | Texts;
export type Hdf5Group = ReadonlyMap<string, Hdf5>;

/** Bounds of what is read; the page about formats lists them. */
const MOST_NUMBERS = 2 ** 25;
const MOST_TEXT = 4_000_000;
const MOST_OBJECTS = 100_000;
const DEEPEST = 32;
/** Bytes of text that are taken from the file at once, at most. */
const AT_ONCE = 2 ** 28;

/** The types of HDF5 that hold numbers and texts. */
const [INTEGER, FLOAT, TEXT, ENUM] = [0, 1, 3, 8];

type Library = Awaited<ReturnType<typeof library>>;
type Group = InstanceType<Library['Group']>;
type Dataset = InstanceType<Library['Dataset']>;

/** The library, with 4 MB of WebAssembly: loaded only when a file is read or written. Its files are in memory, so nothing in them can lead to others. */
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
    throw new InputError('h5wasm', 'this package reads and writes HDF5, and is not installed; npm install h5wasm');
  }
}

/** Where a file lies in the library's memory: each in a place of its own, for one that is damaged may stay open. */
let places = 0;
const nextPlace = (): string => `/rxflo-${places++}.h5`;

/**
 * What is in an HDF5 file.
 *
 * @param name What errors call the file.
 * @throws InputError if it is not HDF5, is cut off or damaged, holds links to other files or types other than numbers and texts, or more than may be read.
 */
export async function readHdf5(name: string, bytes: Uint8Array): Promise<Hdf5Group> {
  const lib = await library();
  const place = nextPlace();
  lib.FS.writeFile(place, bytes);
  try {
    const file = new lib.File(place, 'r');
    try {
      return new Reading(name, lib, bytes.length).group(file, '', 0);
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(name, `cannot be read as HDF5 (${causeOf(error)}); give a whole file`);
  } finally {
    lib.FS.unlink(place);
  }
}

/** What the library found wrong: the first line of its own that says it, which is the last of the stack that it prints. */
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
    if (depth > DEEPEST) this.refuse(path, `lies in more than ${DEEPEST} groups, or in itself; give a flatter file`);
    const found = new Map<string, Hdf5>();
    for (const key of group.keys()) {
      const place = path === '' ? key : `${path}/${key}`;
      if (++this.objects > MOST_OBJECTS) this.refuse(place, `is one of more than ${MOST_OBJECTS} objects; give fewer`);
      const entry = group.get(key);
      if (entry instanceof this.lib.Group) found.set(key, this.group(entry, place, depth + 1));
      else if (entry instanceof this.lib.Dataset) found.set(key, this.dataset(entry, place));
      else this.refuse(place, 'is neither a group nor a data set of this file, but a link or a type; give a copy');
    }
    return found;
  }

  private dataset(dataset: Dataset, place: string): Numbers | Texts {
    const { type, size, shape, chunks } = dataset.metadata;
    if (shape === null) this.refuse(place, 'is empty; give it a shape');
    const count = shape.reduce((product, length) => product * length, 1);
    // A piece is unpacked whole, however little of it is wanted.
    const piece = chunks?.reduce((product, length) => product * length, 1) ?? 0;
    if (!(Math.max(count, piece) <= MOST_NUMBERS - this.numbers)) {
      this.refuse(place, `holds ${count} values in pieces of ${piece || count}; a file may hold ${MOST_NUMBERS}`);
    }
    this.numbers += count;
    if (type === TEXT) {
      if (!(count * size <= MOST_TEXT)) this.refuse(place, `holds more than ${MOST_TEXT} bytes of text`);
      return { shape, texts: this.texts(dataset, shape, count, place) };
    }
    if (type !== INTEGER && type !== FLOAT && type !== ENUM) this.refuse(place, 'holds neither numbers nor text');
    const { value } = dataset;
    const read = ArrayBuffer.isView(value) || Array.isArray(value) ? Array.from(value, Number) : [Number(value)];
    if (read.length !== count) this.refuse(place, `holds ${read.length} numbers, and its shape says ${count}`);
    return { shape, values: Float64Array.from(read) };
  }

  /** Texts of variable length may all be one that is as long as the file: so not too many are read at once. */
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
    if (texts.length !== count) this.refuse(place, `holds ${texts.length} texts, and its shape says ${count}`);
    return texts;
  }

  private counted(text: unknown, place: string): string {
    if (typeof text !== 'string') this.refuse(place, 'holds text that is not UTF-8');
    this.text += text.length;
    if (this.text > MOST_TEXT) this.refuse(place, `is one of more than ${MOST_TEXT} characters of text`);
    return text;
  }

  private refuse(place: string, problem: string): never {
    throw new InputError(`${this.name}: ${oneLine(place)}`, problem);
  }
}

/** The bytes of an HDF5 file that holds this: floats of 8 bytes, whole numbers where `isWhole` says so, texts of variable length in UTF-8. */
export async function hdf5Bytes(content: Hdf5Group, isWhole: (name: string) => boolean): Promise<Uint8Array> {
  const lib = await library();
  const write = (group: Group, entries: Hdf5Group): void => {
    for (const [name, entry] of entries) {
      if (!('shape' in entry)) {
        write(group.create_group(name), entry);
        continue;
      }
      const shape = [...entry.shape];
      if ('texts' in entry) {
        const [first] = entry.texts;
        group.create_dataset({ name, shape, data: shape.length === 0 ? first : [...entry.texts], dtype: 'S' });
      } else if (isWhole(name)) {
        group.create_dataset({ name, shape, data: BigInt64Array.from(entry.values, BigInt), dtype: '<q' });
      } else {
        group.create_dataset({ name, shape, data: entry.values, dtype: '<d' });
      }
    }
  };
  const place = nextPlace();
  const file = new lib.File(place, 'w');
  try {
    write(file, content);
  } finally {
    file.close();
  }
  try {
    return lib.FS.readFile(place);
  } finally {
    lib.FS.unlink(place);
  }
}
