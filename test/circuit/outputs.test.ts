import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import { build, circuit, type BuiltCircuit, type Engine } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { linear } from '../../src/neurons/index.ts';
import { constant } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { Bptt, Rtrl, Snap, bptt, rtrl } from '../../src/solvers/index.ts';
import { observe, targetsOf } from '../../src/training/index.ts';
import { bytes } from '../support/weights.ts';

/** A neuron that is always 1, and two output populations that are what their weights are. */
const twoOutputs = (outputs: readonly ('a' | 'b')[], rate: number) =>
  build(
    circuit({
      neurons: { h: linear(1, { initial: 1 }), a: linear(1), b: linear(2) },
      synapses: {
        hold: { from: 'h', to: 'h', weights: constant(1), rule: rflo({ eta: rate < 1 ? rate : 0 }) },
        a: { from: 'h', to: 'a', weights: constant(0), rule: delta({ eta: rate }) },
        b: { from: 'h', to: 'b', weights: constant(0), rule: delta({ eta: rate }) },
      },
      feedback: {
        fromA: { from: 'a', to: 'h', weights: [[0.25]] },
        fromB: { from: 'b', to: 'h', weights: [[0.5, -0.125]] },
      },
      outputs,
    }),
    1,
  );

const engines: Readonly<Record<string, (circuit: BuiltCircuit) => Engine>> = {
  actors: (built) => new ActorEngine(built, { schedule: 'online', feedback: 'random' }),
  kernels: (built) => new KernelEngine(built, { algorithm: local(), schedule: 'online', feedback: 'random' }),
  bptt: (built) => new Bptt(built, { schedule: 'trial', feedback: 'random' }),
  rtrl: (built) => new Rtrl(built, { schedule: 'trial', feedback: 'random' }),
  'snap-1': (built) => new Snap(built, { n: 1, schedule: 'trial', feedback: 'random' }),
  'bptt on kernels': (built) => new KernelEngine(built, { algorithm: bptt(), schedule: 'trial', feedback: 'random' }),
  'rtrl on kernels': (built) => new KernelEngine(built, { algorithm: rtrl(), schedule: 'trial', feedback: 'random' }),
};

const trialOf = (...target: readonly number[]) => ({
  timesteps: target.length / 3,
  input: new Float64Array(0),
  target: Float64Array.from(target),
});

beforeAll(loadKernels);

describe.each(Object.keys(engines))("the target's channels, under %s", (name) => {
  it('are laid over the outputs in the order in which these are named', () => {
    const engine = engines[name](twoOutputs(['b', 'a'], 1));
    const errors = { a: engine.reader({ error: 'a' }), b: engine.reader({ error: 'b' }) };
    const trial = trialOf(10, 20, 30);
    engine.trial(trial);
    const read = new Float64Array(3);
    errors.b.read(read, 0);
    errors.a.read(read, 2);
    expect([...read]).toEqual([10, 20, 30]);
    const rates = observe(engine, trial);
    const targets = targetsOf(engine.circuit, trial);
    for (const learned of [rates, targets]) {
      expect(['b', 'a'].map((output) => [...(learned.get(output) ?? [])])).toEqual([[10, 20], [30]]);
    }
  });

  it('teach the same bits in another order, if the outputs are named so', () => {
    const [one, other] = [twoOutputs(['b', 'a'], 0.5), twoOutputs(['a', 'b'], 0.5)].map(engines[name]);
    one.trial(trialOf(1, 2, 3, 4, 5, 6));
    other.trial(trialOf(3, 1, 2, 6, 4, 5));
    expect(bytes(one.weights())).toBe(bytes(other.weights()));
    expect(bytes(one.weights())).not.toBe(bytes(engines[name](twoOutputs(['b', 'a'], 0.5)).weights()));
  });
});
