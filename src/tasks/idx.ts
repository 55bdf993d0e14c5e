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
 * Takes an IDX file apart: 0, 0, the type, how many dimensions; the size of each as a big-endian 32-bit number; then the numbers. As MNIST, Fashion-MNIST and EMNIST
 * have it.
 *
 * @throws InputError naming the file, and what of it is wrong.
 */
export function readIdx({ name, bytes }: NamedBytes, dimensions: number): IdxFile {
  const wrong = (problem: string) => new InputError(name, problem);
  if (bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b) {
    const packed = /\.gz$/i.test(name) ? 'is compressed twice; unpack it once' : 'is gzip; unpack it, or name it .gz';
    throw wrong(packed);
  }
  const header = 4 + 4 * dimensions;
  if (bytes.length < header)
    throw wrong(`has ${bytes.length} bytes, less than the ${header} of its header; is it cut off?`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  const expected = (BYTES << 8) | dimensions;
  if (magic !== expected) {
    throw wrong(`begins with ${magic}, and an IDX file of ${dimensions === 1 ? 'labels' : 'images'} with ${expected}`);
  }
  const shape = Array.from({ length: dimensions }, (_, d) => view.getUint32(4 + 4 * d));
  const numbers = shape.reduce((product, size) => product * size, 1);
  if (numbers === 0) throw wrong(`holds nothing: it is ${shape.join(' by ')}`);
  const there = bytes.length - header;
  if (there !== numbers) {
    const why = there < numbers ? 'is it cut off?' : 'is something added to it?';
    throw wrong(`has ${there} bytes below its header, which says ${shape.join(' by ')}, ${numbers}; ${why}`);
  }
  return { name, shape, values: bytes.subarray(header) };
}
