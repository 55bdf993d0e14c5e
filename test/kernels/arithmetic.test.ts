import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { plainArithmetic, type Arithmetic } from '../../src/arithmetic/index.ts';
import { kernelArithmetic, loadKernels } from '../../src/kernels/index.ts';
import { stream } from '../../src/random/index.ts';

// The kernels' arithmetic has the bits of ordinary loops, whatever the sizes, and wherever in an array something begins.

const size = fc.integer({ min: 1, max: 19 });

/** What all operations leave behind, one after another, on arrays of these sizes. */
function run(arithmetic: Arithmetic, sizes: readonly [number, number, number], offset: number): readonly number[] {
  const [rows, columns, width] = sizes;
  const random = stream(rows, 'numbers');
  const drawn = (length: number) => {
    const array = arithmetic.array(length);
    for (let k = 0; k < length; k++) array[k] = 2 * random() - 1;
    return array;
  };
  const [w, e, g] = [0, 1, 2].map(() => drawn(rows * columns + offset));
  const [x, v, into, back, m] = [columns + offset, rows, rows + offset, columns, rows * width].map(drawn);
  const [X, square] = [columns * width + offset, rows * columns].map(drawn);
  arithmetic.multiply(w, x, offset, into, offset, rows, columns);
  arithmetic.multiplyBack(w, v, back, rows, columns);
  arithmetic.multiplyMatrix(w, X, offset, m, rows, columns, width);
  arithmetic.addOuter(g, offset, v, x, offset, rows, columns);
  arithmetic.decayRows(g, offset, into, offset, e, offset, rows, columns);
  arithmetic.addRows(e, offset, into, offset, g, offset, rows, columns);
  arithmetic.combine(square, 0.3, square, -0.7, e, offset);
  arithmetic.addScaled(g, offset, 1.7, square);
  const norm = arithmetic.norm(g);
  arithmetic.project(w, x, v, rows, columns);
  const faulty = arithmetic.descend(w, 0.1, e);
  return [norm, faulty, ...[w, e, g, x, v, into, back, m, X, square].flatMap((array) => [...array])];
}

describe("the kernels' arithmetic", () => {
  beforeAll(loadKernels);

  const open = (numbers: number) => {
    const arithmetic = kernelArithmetic(numbers);
    if (!arithmetic) throw new Error('the kernels are not loaded');
    return arithmetic;
  };

  it('has the bits of ordinary loops', () => {
    fc.assert(
      fc.property(fc.tuple(size, size, size), fc.nat({ max: 3 }), (sizes, offset) => {
        expect(run(open(2 ** 15), sizes, offset)).toEqual(run(plainArithmetic, sizes, offset));
      }),
      { numRuns: 60 },
    );
  });

  it('goes on with ordinary arrays where its memory is full', () => {
    const full = open(1);
    while (full.array(1000).buffer.byteLength > 8000) continue;
    expect(run(full, [5, 7, 3], 1)).toEqual(run(plainArithmetic, [5, 7, 3], 1));
  });

  it('says which weight has stopped being finite', () => {
    for (const arithmetic of [plainArithmetic, open(2 ** 10)]) {
      const [w, g] = [11, 11].map((length) => arithmetic.array(length).fill(1));
      g[6] = Infinity;
      expect(arithmetic.descend(w, 0.5, g)).toBe(6);
      g[3] = NaN;
      expect(arithmetic.descend(w, 0.5, g)).toBe(3);
    }
  });
});
