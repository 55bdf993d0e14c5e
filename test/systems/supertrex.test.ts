import { Matrix as Numbers, solve } from 'ml-matrix';
import { beforeAll, describe, expect, it } from 'vitest';
import problem from '../../scenarios/problems/rosenbaum-supertrex.ts';
import { arm, direct } from '../../scenarios/systems/plants.ts';
import { supertrex, type Supertrex } from '../../scenarios/systems/supertrex.ts';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import { build, type BuiltCircuit, type Engine } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { certifyLearner, noninterference } from '../../src/locality/index.ts';
import { stream } from '../../src/random/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { failure } from '../support/failure.ts';
import { deviations, solved, vectorsOf } from '../support/problems.ts';

beforeAll(loadKernels);

describe('movements are learned as an independent program learns them:', () => {
  it.each(vectorsOf('rosenbaum', 'supertrex-'))('%s, on both engines with the same bits', async (_, vector) => {
    const [actors, kernels] = [await solved(problem, vector, 'actors'), await solved(problem, vector, 'kernels')];
    expect(deviations(actors, vector.expected, vector.tolerance)).toEqual([]);
    expect(kernels).toEqual(actors);
  });
});

const [UNITS, TIMESTEPS, GAMMA] = [4, 12, 0.5];
const OPTIONS = { schedule: 'trial', feedback: 'random' } as const;
const draw = stream(3, 'movements');
const drawn = (rows: number, columns: number) =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => 2 * draw() - 1));
const given: Supertrex = {
  ...{ algorithm: 'supertrex', units: UNITS, outputs: 2, recurrent: { weights: drawn(UNITS, UNITS) } },
  ...{ feedback: drawn(UNITS, 2), potential: drawn(1, UNITS)[0], step: 0.2, noise: 0.1, gamma: GAMMA, keep: 0.8 },
  ...{ rate: 0.1, every: 2, trained: TIMESTEPS, masters: 'least squares', gain: 0.5, source: 'instant' },
  critic: { steepness: 4, threshold: 0.4 },
};
const input = Float64Array.from(drawn(TIMESTEPS, UNITS + 6).flat());
// One timestep after training, in which the last of it is learned from.
const trialOf = (missed: (t: number, z: Float64Array) => number, played = input): Trial => ({
  ...{ timesteps: TIMESTEPS + 1, input: Float64Array.from([...played, ...new Float64Array(UNITS + 6)]) },
  target: new Float64Array(4 * (TIMESTEPS + 1)).fill(NaN),
  answer: ({ t, outputs }) => ({ missed: missed(t, outputs) }),
});
const squared = trialOf((t, [x, y]) => (x - t / 10) * (x - t / 10) + y * y);

const actors = (built: BuiltCircuit): Engine => new ActorEngine(built, OPTIONS);
const built = (of: Partial<Supertrex> = {}) => build(supertrex({ ...given, ...of }), 1);

/** What is learned in a trial, and r in each of its timesteps. */
function learned(of: Partial<Supertrex>, trial = squared) {
  const engine = actors(built(of));
  const reader = engine.reader({ neurons: 'r', value: 'r' });
  const rates: number[][] = [];
  const before = engine.weights();
  engine.trial(trial, {
    onTimestep: () => {
      const r = new Float64Array(UNITS);
      reader.read(r, 0);
      rates.push([...r]);
    },
  });
  return { before, after: engine.weights(), rates };
}

describe('in the circuit of SUPERTREX', () => {
  it('FORCE is ridge regression of the targets on the rates, and P its inverse correlation', () => {
    const { after, rates } = learned({ algorithm: 'force' });
    const used = rates.filter((_, t) => t < TIMESTEPS && (t + 1) % 2 === 0);
    const r = new Numbers(used);
    const correlation = r.transpose().mmul(r).add(Numbers.eye(UNITS).mul(GAMMA));
    const P = Numbers.from1DArray(UNITS, UNITS, [...after['correlation']]);
    expect(P.mmul(correlation).sub(Numbers.eye(UNITS)).norm()).toBeLessThan(1e-12);
    const targets = new Numbers(
      used.map((_, k) => [...input.slice((2 * k + 2) * (UNITS + 6) - 2, (2 * k + 2) * (UNITS + 6))]),
    );
    const expected = solve(correlation, r.transpose().mmul(targets)).transpose().to1DArray();
    expected.forEach((w, k) => {
      expect(after['mastery'][k]).toBeCloseTo(w, 12);
    });
  });

  it('with a gate that is shut the mastery pathway and P do not move, and with rate 0 the exploring one does not', () => {
    const shut = learned({ critic: { steepness: 1e6, threshold: -1, onlyBetter: 0 } });
    for (const group of ['mastery', 'correlation']) expect(shut.after[group]).toEqual(shut.before[group]);
    expect(shut.after['exploring']).not.toEqual(shut.before['exploring']);
    const still = learned({ rate: 0 });
    expect(still.after['exploring']).toEqual(still.before['exploring']);
    expect(still.after['mastery']).not.toEqual(still.before['mastery']);
  });

  it('no target is heard but through e: where e is the same, all that is learned has the same bits', () => {
    const others = Float64Array.from(input, (x, k) => (k % (UNITS + 6) < UNITS + 4 ? x : -x));
    const e = (t: number) => 1 / t;
    expect(learned({}, trialOf(e, others)).after).toEqual(learned({}, trialOf(e)).after);
    expect(learned({}).after).not.toEqual(learned({}, trialOf(e)).after);
  });

  // What is squared, and what moves weights, is too large before any rate is.
  it.each([
    ['where it is too far away', direct, 1e100, 'plant', /^its distance became Infinity/],
    ['by what costs', arm([1, 1], [0, 0], [1, 1]), 1e200, 'neuron exploring 0', /^its lesson became -?Infinity/],
  ] as const)('a network that grows without bound has diverged, %s', (_, { error }, reward, actor, problem) => {
    const moving = trialOf((t, z) => error(z, z.subarray(2), [t / 10, 0]));
    const open = [actors, (circuit: BuiltCircuit) => new KernelEngine(circuit, { ...OPTIONS, algorithm: local() })];
    for (const engine of open) {
      const failed = failure(() => engine(built({ critic: { onlyBetter: 0, reward } })).trial(moving));
      expect([failed.kind, failed.actor]).toEqual(['diverged', actor]);
      expect(failed.problem).toMatch(problem);
      expect(failed.timestep).toBeGreaterThan(2);
    }
  });

  // FORCE, too, is told one scalar, what r'P r is: its error is that of its output neuron.
  it.each([
    ['SUPERTREX', {}],
    ['with the delta rule', { masters: 0.1 }],
    ['RMHL', { algorithm: 'rmhl' }],
    ['FORCE', { algorithm: 'force' }],
  ] as const)('synapses hear scalars besides their own two neurons, %s', (_, of) => {
    const learner = { name: 'own', algorithm: 'local', feedback: 'random' } as const;
    expect(certifyLearner(built(of), learner).class).toBe('three-factor, global scalar');
  });

  it.each([
    ['actors', actors],
    ['kernels', (circuit: BuiltCircuit): Engine => new KernelEngine(circuit, { ...OPTIONS, algorithm: local() })],
  ] as const)('synapses learn from nothing but what they are entitled to, on %s', (_, open) => {
    for (const of of [{}, { masters: 0.1 }]) {
      const { counterexample, entitled } = noninterference(open(built(of)), squared, { updates: 25 });
      expect(counterexample?.message).toBeUndefined();
      expect(entitled['taught']).toMatchObject({ 'post.lesson': true, 'pre.was': true });
    }
  });
});
