import { expect, it } from 'vitest';
import { build, circuit } from '../../src/circuit/index.ts';
import { leakyTanh, linear } from '../../src/neurons/index.ts';
import { orthogonal } from '../../src/random/index.ts';

const drawn = (units: number, outputs: number, gain?: number, seed = 1) =>
  build(
    circuit({
      neurons: { h: leakyTanh(units), y: linear(outputs) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: orthogonal(gain === undefined ? {} : { gain }) },
        readout: { from: 'h', to: 'y', weights: orthogonal() },
      },
    }),
    seed,
  ).groups.map(({ weights }) => weights);

/** W W', or W' W where there are more rows. */
function products(w: Float64Array, rows: number, columns: number): readonly number[] {
  const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
  const at = (i: number, k: number) => (rows <= columns ? w[i * columns + k] : w[k * columns + i]);
  return Array.from({ length: count * count }, (_, n) => {
    const [i, j] = [Math.floor(n / count), n % count];
    return Array.from({ length }, (_k, k) => at(i, k) * at(j, k)).reduce((sum, each) => sum + each, 0);
  });
}

it.each([
  [7, 3],
  [3, 7],
])('rows, or columns, of weights are at right angles: %i units, %i outputs', (units, outputs) => {
  const [recurrent, readout] = drawn(units, outputs, 1.5);
  products(recurrent, units, units).forEach((value, n) => {
    expect(value).toBeCloseTo(n % (units + 1) === 0 ? 2.25 : 0, 12);
  });
  const count = Math.min(units, outputs);
  products(readout, outputs, units).forEach((value, n) => {
    expect(value).toBeCloseTo(n % (count + 1) === 0 ? 1 : 0, 12);
  });
});

it('depends on the seed and nothing else', () => {
  expect(drawn(5, 2)).toEqual(drawn(5, 2));
  expect(drawn(5, 2, 1, 2)[0]).not.toEqual(drawn(5, 2)[0]);
});

it('refuses a gain that is no number', () => {
  expect(() => orthogonal({ gain: NaN })).toThrow('orthogonal.gain: NaN is not a finite number');
});
