/**
 * Makes the sample of Fashion-MNIST in fashion-mnist-sample: the first 100 training images of each class, in their order; 80 of them for learning, 20
 * for testing.
 *
 *     npx tsx scenarios/data/make-fashion-sample.ts /usr/share/datasets/fashion-mnist
 *
 * This is the directory of Debian's package dataset-fashion-mnist.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { imagesIn } from 'rxflo';

const [LEARN, TEST] = [80, 20];
const { rows, columns, pixels, labels } = imagesIn(process.argv[2], 'train');
const size = rows * columns;
const seen = new Map<number, number>();
const chosen: { readonly train: number[]; readonly t10k: number[] } = { train: [], t10k: [] };
labels.forEach((label, k) => {
  const nth = seen.get(label) ?? 0;
  seen.set(label, nth + 1);
  if (nth < LEARN) chosen.train.push(k);
  else if (nth < LEARN + TEST) chosen.t10k.push(k);
});

for (const [part, which] of Object.entries(chosen)) {
  const images = Buffer.concat(which.map((k) => pixels.subarray(k * size, (k + 1) * size)));
  write(`${part}-images-idx3-ubyte`, [which.length, rows, columns], images);
  write(`${part}-labels-idx1-ubyte`, [which.length], Buffer.from(which.map((k) => labels[k])));
}

function write(name: string, shape: readonly number[], values: Buffer): void {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE((8 << 8) | shape.length);
  shape.forEach((length, d) => header.writeUInt32BE(length, 4 + 4 * d));
  const whole = Buffer.concat([header, values]);
  const sum = createHash('sha256').update(whole).digest('hex');
  console.log(`${sum}  ${name}`);
  writeFileSync(new URL(`fashion-mnist-sample/${name}.gz`, import.meta.url), gzipSync(whole, { level: 9 }));
}
