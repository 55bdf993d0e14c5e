import { InputError } from '../errors/index.ts';

/** A file's bytes, unpacked, and its name, which errors show. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What an IDX file of bytes holds: its numbers, row-major, and how many there are along each dimension. */
export interface IdxFile {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

/** Unsigned bytes, the type of images and of labels. */
const BYTES = 0x08;

/**
 * Parses an IDX file, the format of MNIST, Fashion-MNIST and EMNIST: 0, 0, the type, the number of dimensions; the size of each as a big-endian
 * 32-bit number; then the numbers.
 *
 * @throws InputError naming the file, and what is wrong with it.
 */
export function readIdx({ name, bytes }: NamedBytes, dimensions: number): IdxFile {
  const wrong = (problem: string) => new InputError(name, problem);
  if (bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b) {
    const packed = /\.gz$/i.test(name) ? 'is compressed twice; unpack it once' : 'is gzip; unpack it, or name it .gz';
    throw wrong(packed);
  }
  const header = 4 + 4 * dimensions;
  if (bytes.length < header)
    throw wrong(`has ${bytes.length} bytes, fewer than the ${header} of its header; is it cut off?`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  const expected = (BYTES << 8) | dimensions;
  if (magic !== expected) {
    throw wrong(
      `begins with ${magic}, but an IDX file of ${dimensions === 1 ? 'labels' : 'images'} begins with ${expected}`,
    );
  }
  const shape = Array.from({ length: dimensions }, (_, d) => view.getUint32(4 + 4 * d));
  const numbers = shape.reduce((product, size) => product * size, 1);
  if (numbers === 0) throw wrong(`is empty: ${shape.join(' by ')}`);
  const there = bytes.length - header;
  if (there !== numbers) {
    const why = there < numbers ? 'is it cut off?' : 'was something added to it?';
    throw wrong(`has ${there} bytes after its header, which says ${shape.join(' by ')}, that is ${numbers}; ${why}`);
  }
  return { name, shape, values: bytes.subarray(header) };
}
