import crc32 from 'crc-32';
import { InputError } from '../errors/index.ts';
import { readIdx, type NamedBytes } from './idx.ts';

/** Images of one size, and the class of each. */
export interface LabelledImages {
  /** Where they are from, as settings and errors show it. */
  readonly name: string;
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  /** [count][rows][columns], 0 to 255. */
  readonly pixels: Uint8Array;
  /** [count], from 0. */
  readonly labels: Uint8Array;
  /** CRC-32 of pixels and labels, eight hexadecimal digits: the same for the same images. */
  readonly digest: string;
}

/** Images and labels, each the bytes of an IDX file. @throws InputError naming the file that is wrong. */
export function imagesOfIdx(images: NamedBytes, labels: NamedBytes): LabelledImages {
  const [pictures, classes] = [readIdx(images, 3), readIdx(labels, 1)];
  const [count, rows, columns] = pictures.shape;
  if (classes.shape[0] !== count) {
    const right = 'give the labels of these images, one each';
    throw new InputError(
      labels.name,
      `has ${classes.shape[0]} labels for the ${count} images of ${images.name}; ${right}`,
    );
  }
  const all = crc32.buf(classes.values, crc32.buf(pictures.values));
  return {
    ...{ name: images.name, count, rows, columns, pixels: pictures.values, labels: classes.values },
    digest: (all >>> 0).toString(16).padStart(8, '0'),
  };
}
