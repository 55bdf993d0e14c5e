import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Matrix as Numbers, inverse, pseudoInverse } from 'ml-matrix';
import { beforeAll, describe, expect, it } from 'vitest';
import problem from '../../scenarios/problems/rosenbaum-fixed-point.ts';
import {
  fixedPoints,
  reparameterised,
  type FixedPoints,
  type LocalRule,
} from '../../scenarios/systems/fixed-points.ts';
import { inverted } from '../../scenarios/systems/dense.ts';
import { byFormula } from '../../scenarios/systems/linear-fixed-points.ts';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import { build, type Engine } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { certifyLearner, noninterference } from '../../src/locality/index.ts';
import { stream } from '../../src/random/index.ts';
import { bptt } from '../../src/solvers/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { scratch } from '../recording/sample.ts';
import { deviations, solved, vectorsOf } from '../support/problems.ts';

beforeAll(loadKernels);

describe('learning of fixed points meets', () => {
  it.each(vectorsOf('rosenbaum', 'fixed-point-'))('%s, on both engines with the same bits', async (_, vector) => {
    const [actors, kernels] = [await solved(problem, vector, 'actors'), await solved(problem, vector, 'kernels')];
    expect(deviations(actors, vector.expected, vector.tolerance)).toEqual([]);
    expect(kernels).toEqual(actors);
  });
});

type Matrix = readonly (readonly number[])[];

const OPTIONS = { schedule: 'trial', feedback: 'random' } as const;
const draw = stream(7, 'fixed points');
const drawn = (rows: number, columns: number, size: number): Matrix =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => size * (2 * draw() - 1)));

const UNITS = 4;
const weights = drawn(UNITS, UNITS, 0.6);
const eye = Numbers.eye(UNITS, UNITS);

function samples(drives: Matrix, targets: Matrix): Trial {
  return {
    timesteps: drives.length,
    input: Float64Array.from(drives.flatMap((drive, k) => [...drive, ...targets[k]])),
    target: Float64Array.from(targets.flat()),
  };
}

const many = { drives: drawn(6, UNITS, 1), targets: drawn(6, UNITS, 1) };
const one = { drives: drawn(1, UNITS, 1), targets: drawn(1, UNITS, 1) };

type Given = Partial<FixedPoints> & { readonly weights?: Matrix };

function networkOf(of: Given = {}): FixedPoints & { readonly weights: Matrix } {
  const usual = { units: UNITS, weights, gain: 'linear', rule: 'gradient', eta: 0.1, step: 0.25 } as const;
  return { ...usual, moves: 1e-15, most: 100_000, ...of };
}

type Opening = (network: ReturnType<typeof build>) => Engine;
const actors: Opening = (built) => new ActorEngine(built, OPTIONS);

/** By how much W changes in a trial of these samples. */
function change(
  of: Partial<FixedPoints> & { readonly weights?: Matrix },
  given: typeof many = many,
  open: Opening = actors,
): Numbers {
  const network = networkOf(of);
  const engine = open(build(fixedPoints(network), 1));
  engine.trial(samples(given.drives, given.targets));
  return Numbers.sub(square(engine.weights()['recurrent']), of2D(network.weights));
}

const byInverses: Opening = (built) => reparameterised.open(built, { ...OPTIONS, seed: 1 });
const throughSettling: Opening = (built) => bptt().open(built, { ...OPTIONS, feedback: 'symmetric', seed: 1 });

function square(numbers: Float64Array): Numbers {
  return Numbers.from1DArray(UNITS, UNITS, [...numbers]);
}

function of2D(matrix: Matrix): Numbers {
  return new Numbers(matrix.map((row) => [...row]));
}

/** |a - b| / |b|. */
function apart(a: Numbers, b: Numbers): number {
  return Numbers.sub(a, b).norm() / b.norm();
}

const times = (...all: readonly Numbers[]): Numbers => all.reduce((product, next) => product.mmul(next));
const inner = (a: Numbers, b: Numbers): number => Numbers.mul(a, b).sum();

/** In a linear network: r, delta and M of these samples. */
function linear({ drives, targets }: typeof many, w: Matrix = weights) {
  const a = inverse(Numbers.sub(eye, of2D(w)));
  const d = of2D(drives).transpose();
  const r = times(a, d);
  const delta = Numbers.sub(r, of2D(targets).transpose()).mul(2);
  const m = times(delta, d.transpose()).div(drives.length);
  return { a, r, delta, m };
}

describe('of the rules of fixed points', () => {
  it.each(['linear', 'tanh', 'relu'] as const)('dW1 is the gradient through all of the settling, %s', (gain) => {
    const readout = { classes: 3, weights: drawn(3, UNITS, 1) };
    const drives = many.drives.slice(0, 2);
    const given = { drives, targets: drives.map((_, k) => [0, 1, 2].map((i) => (i === k ? 1 : 0))) };
    const of = { gain, readout, moves: 1e-9, most: 400 };
    expect(apart(change(of, given), change(of, given, throughSettling))).toBeLessThan(1e-6);
  });

  it('dW3 is descent under the metric of A = (I - W)^-1, and dW4 the same, where the network is linear', () => {
    const { a } = linear(many);
    const gradient = change({ rule: 'gradient' });
    const [b, c] = [inverse(times(a.transpose(), a)), inverse(times(a, a.transpose()))];
    const expected = times(b, gradient, c);
    expect(apart(change({ rule: 'linearized' }), expected)).toBeLessThan(1e-12);
    expect(apart(change({ rule: 'linearized-b' }), expected)).toBeLessThan(1e-12);
  });

  it('dW2 comes to dW3 as the rate falls, in proportion to it', () => {
    const distances = [1e-2, 1e-3, 1e-4].map((eta) =>
      apart(change({ eta }, many, byInverses), change({ eta, rule: 'linearized' })),
    );
    expect(distances[0] / distances[1]).toBeCloseTo(10, 0);
    expect(distances[1] / distances[2]).toBeCloseTo(10, 1);
  });

  it('the loss under dW2 is that of least squares by descent on A', () => {
    const eta = 0.05;
    const engine = byInverses(build(fixedPoints(networkOf({ eta })), 1));
    const d = of2D(many.drives).transpose();
    // What a stable network can come to.
    const y = times(inverse(Numbers.sub(eye, of2D(drawn(UNITS, UNITS, 0.3)))), d);
    let { a } = linear(many);
    for (let k = 0; k < 20; k++) {
      const missed = Numbers.sub(times(a, d), y);
      expect(engine.trial(samples(many.drives, y.transpose().to2DArray())) * 6).toBeCloseTo(inner(missed, missed), 11);
      a = Numbers.sub(a, times(missed, d.transpose()).mul((2 * eta) / 6));
    }
  });

  it.each([
    ['dW1', 'gradient', actors],
    ['dW2', 'linearized', byInverses],
    ['dW3', 'linearized', actors],
  ] as const)('%s by its formula is what the circuit comes to', (formula, rule, open) => {
    const byIt: Opening = (built) => byFormula(formula).open(built, { ...OPTIONS, seed: 1 });
    expect(apart(change({ rule }, many, byIt), change({ rule }, many, open))).toBeLessThan(1e-12);
  });

  it('formulas say the loss that the circuit has, and learn nothing where they are not to', () => {
    const built = build(fixedPoints(networkOf()), 1);
    const trial = samples(many.drives, many.targets);
    const engine = byFormula('dW3').open(built, { ...OPTIONS, seed: 1 });
    expect(engine.trial(trial, { learn: false })).toBeCloseTo(actors(built).trial(trial), 12);
    expect(square(engine.weights()['recurrent']).to2DArray()).toEqual(weights);
  });

  it('an inverse takes the largest pivot, wherever it is', () => {
    const swapped = [
      [0, 2, 0],
      [0, 0, 4],
      [5, 0, 0],
    ].map((row) => Float64Array.from(row));
    expect(inverted(swapped).map((row) => [...row])).toEqual([
      [0, 0, 0.2],
      [0.5, 0, 0],
      [0, 0.25, 0],
    ]);
  });

  it('dW3 and dW4 never ascend on one sample, and by how much they descend is known', () => {
    const { r, delta } = linear(one);
    const gradient = change({ eta: -1 }, one);
    const m = Numbers.sub(eye, of2D(weights)).mmul(r);
    for (const rule of ['linearized', 'linearized-b'] as const) {
      const descended = inner(gradient, change({ rule, eta: 1 }, one));
      expect(descended).toBeCloseTo(-inner(m, m) * inner(delta, delta), 10);
    }
  });

  it('at W = 0 all are delta by r', () => {
    const zero = drawn(UNITS, UNITS, 0);
    const [first, third, fourth] = (['gradient', 'linearized', 'linearized-b'] as const).map((rule) =>
      change({ rule, weights: zero }),
    );
    expect(apart(third, first)).toBeLessThan(1e-14);
    expect(apart(fourth, first)).toBeLessThan(1e-14);
  });

  it('dW1 grows as the third power of how near W comes to instability, and dW3 does not', () => {
    const near = (gap: number) => times(of2D(drawnOrthogonal), diagonal([1 - gap, 0.2, -0.3, 0.1]), of2D(drawnOrthogonal).transpose()).to2DArray(); // prettier-ignore
    const size = (rule: LocalRule, gap: number) => change({ rule, weights: near(gap), moves: 1e-12 }).norm();
    expect(size('gradient', 0.01) / size('gradient', 0.02)).toBeCloseTo(8, 0);
    expect(size('linearized', 0.01) / size('linearized', 0.02)).toBeLessThan(1.2);
  });
});

/** Some rotation. */
const drawnOrthogonal = rotation();

function rotation(): Matrix {
  const v = Numbers.columnVector([1, 2, -1, 0.5]);
  return Numbers.sub(eye, times(v, v.transpose()).mul(2 / inner(v, v))).to2DArray();
}

function diagonal(entries: readonly number[]): Numbers {
  return Numbers.diag([...entries]);
}

it('there is a W without loss: what the pseudo-inverse says, where there are no more samples than units', () => {
  const few = { drives: many.drives.slice(0, UNITS), targets: many.targets.slice(0, UNITS) };
  const [d, y] = [of2D(few.drives).transpose(), of2D(few.targets).transpose()];
  const w = times(Numbers.sub(y, d), pseudoInverse(y)).to2DArray();
  const { delta } = linear(few, w);
  expect(delta.norm()).toBeLessThan(1e-10);
});

describe.each(['gradient', 'linearized', 'linearized-b'] as const)('the circuit of rule %s', (rule) => {
  const given = { ...networkOf({ rule, gain: 'tanh', most: 4 }), readout: { classes: 3, weights: drawn(3, UNITS, 1) } };
  const built = build(fixedPoints(given), 1);
  const trial = samples(many.drives.slice(0, 2), [
    [1, 0, 0],
    [0, 0, 1],
  ]);

  it('keeps all copies of W the same, and those the other way round its transpose, in every bit', () => {
    const engine = actors(built);
    for (let k = 0; k < 3; k++) engine.trial(trial);
    const { recurrent, ...learned } = engine.weights();
    const w = square(recurrent).to2DArray();
    expect(w).not.toEqual(weights);
    for (const { name, rule: own } of built.groups) {
      if (!own || name === 'recurrent') continue;
      const expected = own.name.includes('back') ? of2D(w).transpose().to2DArray() : w;
      expect(square(learned[name]).to2DArray(), name).toEqual(expected);
    }
  });

  it('is certified: two numbers of its own two neurons, and who notices that all have settled', () => {
    const { class: found } = certifyLearner(built, { name: rule, algorithm: 'local', feedback: 'random' });
    expect(found).toBe('three-factor, broadcast vector through fixed feedback');
  });

  it.each([
    ['actors', actors],
    ['kernels', (network) => new KernelEngine(network, { ...OPTIONS, algorithm: local() })],
  ] as const satisfies readonly (readonly [string, Opening])[])(
    'learns from nothing but what its synapses are entitled to, on %s',
    (_, open) => {
      const { counterexample, entitled } = noninterference(open(built), trial, { updates: 60 });
      expect(counterexample?.message).toBeUndefined();
      expect(entitled['fixed-point']).toMatchObject({ 'post.leftWas': true, 'pre.right': true });
    },
  );
});

it('a problem says after how many steps a sample ends that has not settled', async () => {
  const [[, vector]] = vectorsOf('rosenbaum', 'fixed-point-tanh-gradient');
  const { problem: given } = JSON.parse(readFileSync(vector.file, 'utf8')) as { readonly problem: { readonly drives: Matrix } }; // prettier-ignore
  const file = join(scratch(), 'short.json');
  writeFileSync(file, JSON.stringify({ ...given, steps: 1, dynamics: { kind: 'euler', step: 0.25, steps: 1 } }));
  // The first sample begins at r = 0: one step on the way to f(d). Those after it begin where it ended.
  const first = given.drives[0].map((d) => 0.25 * Math.tanh(d));
  const got = await solved(problem, { ...vector, file }, 'kernels');
  expect(got).toMatchObject({ first: { fixed_points: { 0: first.map((r) => expect.closeTo(r, 12) as number) } } });
});
