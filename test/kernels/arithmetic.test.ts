import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  cellsLoop,
  plainArithmetic,
  type Arithmetic,
  type RowArrays,
  type RowStep,
} from '../../src/arithmetic/index.ts';
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
  arithmetic.addRows(e, offset, into, offset, g, offset, rows, columns);
  arithmetic.combine(square, 0.3, square, -0.7, e, offset);
  arithmetic.addScaled(g, offset, 1.7, square);
  const norm = arithmetic.norm(g);
  arithmetic.project(w, x, v, rows, columns);
  const faulty = arithmetic.descend(w, 0.1, e);
  const drawnAt = arithmetic.array(rows + columns);
  arithmetic.chances(-rows * 0x1234567, drawnAt);
  return [norm, faulty, ...[w, e, g, x, v, into, back, m, X, square, drawnAt].flatMap((array) => [...array])];
}

/** Everything that a program of rows can do, and what follows from what it has just done. */
const PROGRAM: readonly RowStep[] = [
  {
    dots: { s: ['M', 'x'] },
    row: ({ s, v, rate }) => ({ v: v - rate * s, twice: 2 * s }),
    cells: [
      ({ M, v, x }) => ({ M: M + v * x, before: M }),
      ({ M, before, twice }) => ({ back: M * twice, both: before * 0.5, N: M / 3 }),
    ],
  },
  { dots: { u: ['N', 'y'] }, cells: [({ N, u, y }) => ({ N: N - u * y, back: u })] },
];

function runRows(arithmetic: Arithmetic, rows: number, columns: number) {
  const random = stream(rows, 'numbers');
  const drawn = (length: number) => arithmetic.array(length).map(() => 2 * random() - 1);
  const held = (length: number) => {
    const array = arithmetic.array(length);
    array.set(drawn(length));
    return array;
  };
  const [M, N] = [0, 1].map(() => held(rows * columns));
  const [x, y, back, both] = [0, 1, 2, 3].map(() => held(columns));
  const [v, u] = [0, 1].map(() => held(rows));
  const arrays: RowArrays = {
    ...{ rows, columns, matrix: { M, N }, row: { v, u }, column: { x, y, back, both } },
    ...{ one: { rate: held(1) }, checked: 'N' },
  };
  const run = arithmetic.byRow(PROGRAM, arrays);
  // Sums alone: of more rows at a time.
  const sumUp = arithmetic.byRow([{ dots: { u: ['N', 'x'] }, row: ({ u, v }) => ({ v: u - v }) }], arrays);
  sumUp();
  const faults = [run(), run()];
  M[rows * columns - 1] = Infinity;
  faults.push(run());
  return { faults, made: [M, N, x, y, back, both, v, u].map((array) => [...array]) };
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

  it('runs a program row by row with the bits of ordinary loops', () => {
    fc.assert(
      fc.property(size, size, (rows, columns) => {
        const fast = runRows(open(2 ** 15), rows, columns);
        expect(fast).toEqual(runRows(plainArithmetic, rows, columns));
        expect(fast.faults).toEqual([0, 0, NaN]);
        // Where its memory is full, too.
        expect(fast).toEqual(runRows(open(1), rows, columns));
      }),
      { numRuns: 40 },
    );
  });

  it('runs what a program does with cells for some cells alone', () => {
    const arrays = { rows: 2, columns: 3, matrix: { e: Float64Array.of(1, 2, 3) }, row: { v: Float64Array.of(5, 7) } };
    const list = { row: Int32Array.of(1, 0, 1), column: Int32Array.of(0, 2, 1) };
    const x = Float64Array.of(1, 10, 100);
    cellsLoop([({ e, v, x: sent }) => ({ e: e + v * sent })], { ...arrays, column: { x } }, list)();
    expect([...arrays.matrix.e]).toEqual([8, 502, 73]);
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
