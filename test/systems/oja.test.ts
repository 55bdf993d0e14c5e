import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { build, circuit, oneToOne, transposeOf, type BuiltCircuit, type Engine } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { certifyLearner, noninterference } from '../../src/locality/index.ts';
import { input, neuron } from '../../src/neurons/index.ts';
import { constant, stream } from '../../src/random/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import oja from '../../scenarios/problems/rosenbaum-oja.ts';
import { givenSiblings, tied, type Reconstruction } from '../../scenarios/systems/oja-outside.ts';
import { backwardRule, forwardRule, ojaCircuit, type OjaNetwork, type OjaRates } from '../../scenarios/systems/oja.ts';
import { Pair } from '../support/agreement.ts';
import { ojaVector, ojaVectors, type OjaVector } from '../support/oja-vectors.ts';
import { deviations, solved, vectorsOf } from '../support/problems.ts';

/** A linear neuron with the compartments that the rules read. */
const passing = neuron({
  name: 'passing',
  ports: { forward: 'y', back: null },
  state: { y: 0, r: 0, d: 0 },
  step: ({ forward, back }) => ({ y: forward, r: forward - back, d: 0 }),
  sends: ({ y, r, d }) => ({ out: y, rate: y, residual: r, error: d }),
  shows: ({ r, d }) => ({ residual: r, error: d }),
});

const OPTIONS = { schedule: 'trial', feedback: 'random' } as const;

beforeAll(loadKernels);

function circuitOf(problem: OjaVector['problem']): BuiltCircuit {
  return build(ojaCircuit(...givenBy(problem)), 1);
}

function givenBy({ sizes, activation, weights, feedback, rates }: OjaVector['problem']): [OjaNetwork, OjaRates] {
  const { error, oja, hebbian_error: hebbianError } = rates;
  const learned = feedback === 'symmetric' ? 'learned' : feedback;
  return [
    { sizes, beta: activation.beta, weights, feedback: learned },
    { error, oja, hebbianError },
  ];
}

function trialOf({ sizes, samples }: OjaVector['problem'], k: number): Trial {
  const label = Array.from({ length: sizes.at(-1) ?? 0 }, (_, i) => (i === samples[k].label ? 1 : 0));
  return { timesteps: 1, input: Float64Array.from([...samples[k].input, ...label]), target: Float64Array.from(label) };
}

function read(engine: Engine, population: string, value: string): number[] {
  const reader = engine.reader({ neurons: population, value });
  const numbers = new Float64Array(reader.length);
  reader.read(numbers, 0);
  return [...numbers];
}

describe('error-driven learning with Oja, errors chained back and rates reconstructed by the circuit,', () => {
  it.each(ojaVectors)('is that of an independent program, on both engines with equal bits: %s', (_name, vector) => {
    const { problem, expected, tolerance } = vector;
    const layers = problem.sizes.length - 1;
    const pair = new Pair(circuitOf(problem), OPTIONS);
    const [actors] = pair.engines;
    problem.samples.forEach((_sample, k) => {
      const before = actors.weights();
      const loss = pair.trial(trialOf(problem, k));
      expect(farthest([Number(loss)], [expected.loss[k]]), `loss of sample ${k}`).toBeLessThan(tolerance);
      for (let l = 1; l <= layers; l++) {
        const residual = read(actors, `layer${l - 1}`, 'r');
        const w = before[`forward${l}`];
        const passed = Array.from({ length: problem.sizes[l] }, (_, i) =>
          residual.reduce((sum, r, j) => sum + w[i * residual.length + j] * r, 0),
        );
        const square = passed.reduce((sum, x) => sum + x * x, 0);
        expect(farthest([square], [expected.orthonormality[k][l - 1]]), `orthonormality ${l}`).toBeLessThan(tolerance);
      }
      if (k > 0) return;
      for (let l = 0; l <= layers; l++) {
        expect(farthest(read(actors, `layer${l}`, 'd'), expected.first.errors[l]), `errors ${l}`).toBeLessThan(
          tolerance,
        );
        if (l < layers) {
          expect(farthest(read(actors, `layer${l}`, 'back'), expected.first.reconstructions[l])).toBeLessThan(
            tolerance,
          );
        }
        if (l > 0)
          expect(farthest(read(actors, `layer${l}`, 'y'), expected.first.rates[l - 1])).toBeLessThan(tolerance);
      }
    });
    const weights = actors.weights();
    expected.weights.forEach((matrix, k) => {
      expect(farthest(weights[`forward${k + 1}`], matrix.flat()), `weights ${k + 1}`).toBeLessThan(tolerance);
      const mirrored = matrix[0].flatMap((_, j) =>
        matrix.map((_row, i) => weights[`forward${k + 1}`][i * matrix[0].length + j]),
      );
      expect([...weights[`back${k + 1}`]], `the weights back stay the transpose, in every bit`).toEqual(mirrored);
    });
  });

  describe.each(['actors', 'kernels'] as const)('is what rxflo solve --engine %s prints:', (engine) => {
    it.each(vectorsOf('rosenbaum', 'oja-'))('%s', async (_name, golden) => {
      expect(deviations(await solved(oja, golden, engine), golden.expected, golden.tolerance)).toEqual([]);
    });
  });

  const [fixed, learned] = [ojaVector('oja-random-feedback-hebbian-error'), ojaVector('oja-backprop')];

  it('is local: errors through fixed weights make it three-factor, and where those learn too, it is two-factor', () => {
    const classOf = ({ problem }: OjaVector) =>
      certifyLearner(circuitOf(problem), { name: 'oja', algorithm: 'local', feedback: 'random' }).class;
    expect(classOf(fixed)).toBe('three-factor, broadcast vector through fixed feedback');
    expect(classOf(learned)).toBe('two-factor local');
  });

  it('of linear neurons Oja alone makes rows orthonormal, and they span the leading principal subspace', () => {
    // Of three channels the first two vary most.
    const [w, rate] = [[0.4, 0.2, 0.3, -0.1, 0.5, 0.3], 0.02];
    const draw = stream(1, 'subspace');
    const linearly = circuit({
      neurons: { x: input(3), below: passing(3), y: passing(2) },
      synapses: {
        image: { from: 'x', to: 'below', weights: constant(1), connect: oneToOne() },
        up: { from: 'below', to: 'y', weights: w, rule: forwardRule({ oja: rate }) },
        back: { from: 'y', to: 'below', port: 'back', weights: transposeOf('up'), rule: backwardRule({ oja: rate }) },
      },
      outputs: ['y'],
    });
    const engine = new ActorEngine(build(linearly, 1), OPTIONS);
    for (let k = 0; k < 3000; k++) {
      const x = Float64Array.of(2 * draw() - 1, 2 * draw() - 1, 0.2 * draw() - 0.1);
      engine.trial({ timesteps: 1, input: x, target: new Float64Array(2) });
    }
    const learned = engine.weights()['up'];
    const product = (i: number, k: number) =>
      [0, 1, 2].reduce((sum, j) => sum + learned[3 * i + j] * learned[3 * k + j], 0);
    expect(farthest([product(0, 0), product(0, 1), product(1, 1)], [1, 0, 1])).toBeLessThan(0.03);
    expect(farthest([learned[2], learned[5]], [0, 0])).toBeLessThan(0.05);
  });

  it('learns from nothing but what its synapses are entitled to', () => {
    for (const { problem } of [fixed, learned]) {
      const engine = new ActorEngine(circuitOf(problem), OPTIONS);
      const { counterexample, entitled } = noninterference(engine, trialOf(problem, 0), { updates: 30 });
      expect(counterexample?.message).toBeUndefined();
      expect(entitled['error-and-oja']).toMatchObject({ 'pre.residual': true, 'post.error': true });
    }
  });
});

describe.each<[string, (network: OjaNetwork, rates: OjaRates) => Reconstruction, string, RegExp, number]>([
  ['tied', tied, 'needs weight transport', /of `back\d` changed when .* weight .* of `forward\d`/, 0],
  ['siblings', givenSiblings, 'needs sibling weights', /of `forward\d` changed when .*the weight of \d+→\d+/, 1e-14],
])("Oja's rule by a hand from outside, %s,", (_, make, locality, counterexample, tolerance) => {
  const { problem } = ojaVector('oja-random-feedback');
  const { circuit: definition, learner } = make(...givenBy(problem));
  const built = build(definition, 1);
  const open = () => learner.open(built, { ...OPTIONS, seed: 1 });

  it('has a class of its own, and what it needs is named', () => {
    const found = certifyLearner(built, { name: 'oja', algorithm: learner, feedback: 'random' });
    expect(found.class).toBe(locality);
    expect(found.crossing).toHaveLength(problem.sizes.length - 1);
  });

  it('is caught in the dynamic test, by a weight', () => {
    expect(noninterference(open(), trialOf(problem, 0), { updates: 60 }).counterexample?.message).toMatch(
      counterexample,
    );
  });

  it('learns what the local circuit does', () => {
    const [engine, local] = [open(), new ActorEngine(circuitOf(problem), OPTIONS)];
    problem.samples.forEach((_sample, k) => {
      for (const one of [engine, local]) one.trial(trialOf(problem, k));
    });
    const wanted = local.weights();
    for (const [group, weights] of Object.entries(engine.weights())) {
      expect(farthest(weights, [...wanted[group]]), group).toBeLessThanOrEqual(tolerance);
    }
  });
});

function farthest(got: ArrayLike<number>, wanted: readonly number[]): number {
  return Math.max(...wanted.map((value, k) => Math.abs(got[k] - value) / Math.max(1, Math.abs(value))));
}
