import { describe, expect, it } from 'vitest';
import { build, circuit, mask, oneToOne, probability, type Axon, type SynapseGroup } from '../../src/circuit/index.ts';
import { leakyTanh, linear } from '../../src/neurons/index.ts';
import { refusal } from '../refusal.ts';

const GIVEN = [
  [0.5, -0.25, 3],
  [-2, 0.125, 0.75],
  [0.3, 0.3, -0.3],
];

/** A list that has no second entry. */
const HOLED: number[] = [1];
HOLED[2] = 1;

/** Three neurons with the given weights among them. */
const among = (group: Partial<SynapseGroup<'h'>> = {}, axon: Axon = {}) =>
  circuit({
    neurons: { h: leakyTanh(3), y: linear(1) },
    synapses: {
      r: { from: 'h', to: 'h', weights: GIVEN, ...group },
      o: { from: 'h', to: 'y', weights: [[0, 0, 0]] },
    },
    axons: { h: axon },
  });
const weightsOf = (definition: ReturnType<typeof among>, seed = 1) => [...build(definition, seed).groups[0].weights];
/** A matrix of anything, as a script without types may give it. */
const loosely = (rows: unknown, group: object = {}) => among({ ...group, weights: rows as typeof GIVEN });

describe('given weights', () => {
  it('stay as they are, under dials that they fit', () => {
    expect(weightsOf(among())).toEqual(GIVEN.flat());
    expect(weightsOf(among({ bounds: [-2, 3] }))).toEqual(GIVEN.flat());
    const signed = GIVEN.map((row) => row.map((w, j) => (j < 2 ? Math.abs(w) : -Math.abs(w))));
    expect(weightsOf(among({ weights: signed, bounds: [-3, 2] }, { excitatory: 2 / 3 }))).toEqual(signed.flat());
  });

  it.each<[string, Partial<SynapseGroup<'h'>>, Axon, string]>([
    ['beyond the upper bound', { bounds: [-2, 1] }, {}, 'synapses.r.weights[0][2]: 3 is outside'],
    ['beyond the lower bound', { bounds: [-1, 3] }, {}, 'synapses.r.weights[1][0]: -2 is outside'],
    ['from an excitatory neuron below 0', {}, { excitatory: 1 }, 'synapses.r.weights[0][1]: -0.25 has the wrong sign'],
    ['from an inhibitory neuron above 0', {}, { excitatory: 0 }, 'synapses.r.weights[0][0]: 0.5 has the wrong sign'],
    ['of another neuron', {}, { excitatory: 1 / 3 }, 'synapses.r.weights[0][2]: 3 has the wrong sign'],
    ['off the levels', { bounds: [-3, 3], bits: 3 }, {}, 'synapses.r.weights[0][0]: 0.5 is not a weight of 3 bits'],
    ['of one bit', { bounds: [-3, 3], bits: 1 }, {}, 'synapses.r.weights[0][0]: 0.5 is not a weight of 1 bits'],
    ['which may be a synapse', { bounds: [-2, 1], connect: probability(0.1) }, {}, 'synapses.r.weights[0][2]: 3'],
  ])('are refused %s, with the place of the entry', (_, group, axon, message) => {
    expect(refusal(() => among(group, axon))).toContain(message);
  });

  it('may be on their levels as far as rounding goes, and at a bound that is no level', () => {
    for (const most of [3, 7, 127]) {
      const bits = Math.log2(most + 1) + 1;
      const levels = GIVEN.map((row) => row.map((w) => (Math.round((w / 3) * most) / most) * 0.9));
      const bounds = [-0.9, 0.9] as const;
      expect(weightsOf(among({ weights: levels, bounds, bits }))).toEqual(levels.flat());
      const single = levels.map((row) => Float32Array.from(row));
      expect(weightsOf(among({ weights: single, bounds, bits }))).toEqual(single.flatMap((row) => [...row]));
    }
    const atBound = GIVEN.map((row) => row.map((w) => (w > 0 ? 0.6 : -1)));
    expect(weightsOf(among({ weights: atBound, bounds: [-1, 0.6], bits: 4 }))).toEqual(atBound.flat());
  });

  it('do not bind what the connectivity leaves out', () => {
    const connect = mask([
      [1, 1, 0],
      [0, 1, 1],
      [1, 1, 1],
    ]);
    expect(weightsOf(among({ bounds: [-1, 1], connect }))).toEqual([0.5, -0.25, 0.125, 0.75, 0.3, 0.3, -0.3]);
  });
});

describe('a row of given weights', () => {
  it.each<[string, (row: readonly number[]) => ArrayLike<number>]>([
    ['Float64Array', (row) => Float64Array.from(row)],
    ['Float32Array', (row) => Float32Array.from(row)],
    ['Int8Array', (row) => Int8Array.from(row)],
    ['array-like object', (row) => ({ length: 3, 0: row[0], 1: row[1], 2: row[2] })],
    [
      'class with a length of its own',
      (row) =>
        new (class implements ArrayLike<number> {
          readonly [k: number]: number;
          constructor() {
            Object.assign(this, row);
          }
          get length() {
            return row.length;
          }
        })(),
    ],
  ])('may be a %s', (_, like) => {
    const rows = GIVEN.map(like);
    expect(weightsOf(among({ weights: rows }))).toEqual(rows.flatMap((row) => Array.from(row)));
  });

  it('may be one of a flat matrix, row by row', () => {
    expect(weightsOf(among({ weights: GIVEN.flat() }))).toEqual(GIVEN.flat());
    expect(weightsOf(among({ weights: Float64Array.from(GIVEN.flat()) }))).toEqual(GIVEN.flat());
    const feedback = { e: { from: 'y', to: 'h', weights: Float64Array.of(1, 2, 3) } } as const;
    const { neurons, synapses } = among();
    expect([...build(circuit({ neurons, synapses, feedback }), 1).feedback[0].weights]).toEqual([1, 2, 3]);
  });

  it('is copied, so that what becomes of it later changes no circuit', () => {
    const rows = GIVEN.map((row) => Float64Array.from(row));
    const definition = among({ weights: rows });
    rows[0].fill(9);
    expect(weightsOf(definition)).toEqual(GIVEN.flat());
  });

  it.each<[string, unknown, string]>([
    ['of another length', GIVEN.map((row) => Float64Array.from(row.slice(1))), 'weights[0]: has 2 columns; give 3'],
    ['of text', ['abc', 'abc', 'abc'], 'weights: has 3 numbers and no rows'],
    ['flat and too short', GIVEN.flat().slice(1), 'weights: has 8 numbers and no rows; give 3 rows of 3, or 9 numbers'],
    ['with a hole', [GIVEN[0], HOLED, GIVEN[2]], 'weights[1][1]: undefined is not a finite number'],
    ['with text', [GIVEN[0], [1, '2', 3], GIVEN[2]], "weights[1][1]: '2' is not a finite number"],
    ['with null', [GIVEN[0], [1, null, 3], GIVEN[2]], 'weights[1][1]: null is not a finite number'],
    ['of BigInts', GIVEN.map(() => new BigInt64Array(3)), 'weights[0][0]: 0 is not a finite number'],
    ['with infinity', [GIVEN[0], [1, Infinity, 3], GIVEN[2]], 'weights[1][1]: Infinity is not a finite number'],
  ])('is refused %s', (_, rows, message) => {
    expect(refusal(() => loosely(rows))).toContain(`synapses.r.${message}`);
  });
});

describe('an entry that the connectivity leaves out', () => {
  const lacking = (nothing: number | null) => GIVEN.map((row, i) => row.map((w, j) => (i === j ? w : nothing)));

  it.each([NaN, null])('may be %s', (nothing) => {
    const eye = [Uint8Array.of(1, 0, 0), Int32Array.of(0, 1, 0), [false, false, true]];
    for (const connect of [oneToOne(), mask(eye)]) {
      expect(weightsOf(among({ weights: lacking(nothing), connect }))).toEqual([0.5, 0.125, -0.3]);
    }
  });

  it('is refused where there is a synapse', () => {
    const off = mask([
      [1, 0, 0],
      [0, 1, 1],
      [0, 0, 1],
    ]);
    expect(refusal(() => among({ weights: lacking(NaN), connect: off }))).toContain('synapses.r.weights[1][2]: NaN');
    expect(refusal(() => loosely(lacking(Infinity), { connect: oneToOne() }))).toContain('weights[0][1]: Infinity');
  });

  it('where it depends on the seed, is refused with the first seed that has a synapse there', () => {
    const thin = among({ weights: lacking(null), connect: probability(0.4) });
    const seeds = Array.from({ length: 60 }, (_, s) => s + 1);
    const joined = (seed: number) => {
      const { pre, rowStart } = build(among({ connect: probability(0.4) }), seed).groups[0];
      return [0, 1, 2].every((i) => pre.subarray(rowStart[i], rowStart[i + 1]).every((j) => i === j));
    };
    const fitting = seeds.filter(joined);
    expect(fitting.length).toBeGreaterThan(0);
    expect(fitting.length).toBeLessThan(60);
    for (const seed of seeds) {
      if (fitting.includes(seed)) expect(weightsOf(thin, seed).every(Number.isFinite)).toBe(true);
      else expect(refusal(() => build(thin, seed))).toMatch(/^synapses\.r\.weights\[\d\]\[\d\]: has no weight/);
    }
  });
});

it('a mask is refused with a hole or a number that says nothing', () => {
  const masked = (rows: unknown) => () => among({ connect: mask(rows as number[][] as []) });
  expect(refusal(masked([[1, 0, 1], HOLED, [1, 1, 1]]))).toContain('connect.mask[1][1]: expected 1 or 0, got undefined'); // prettier-ignore
  expect(refusal(masked([[1, 0, 1], [1, 2, 0], [1, 1, 1]]))).toContain('connect.mask[1][1]: expected 1 or 0, got 2'); // prettier-ignore
  expect(refusal(masked([Float32Array.of(1, 0.5, 0), [1, 1, 1], [1, 1, 1]]))).toContain(
    'connect.mask[0][1]: expected 1 or 0, got 0.5',
  );
});
