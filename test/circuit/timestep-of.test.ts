import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { asAlgorithm } from '../../src/algorithms/index.ts';
import { build, circuit, feedbackOf, timestepOf, type BuiltCircuit, type Engine } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { tanh } from '../../src/local/index.ts';
import { linear, neuronModel } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { Bptt } from '../../src/solvers/index.ts';
import { expectBits } from '../support/agreement.ts';

beforeAll(loadKernels);

const HOW = { schedule: 'trial', feedback: 'random' } as const;
const ENGINES: readonly [string, (built: BuiltCircuit) => Engine][] = [
  ['actors', (built) => new ActorEngine(built, HOW)],
  ['kernels', (built) => new KernelEngine(built, { ...HOW, algorithm: asAlgorithm('algorithm', 'local') })],
  ['a solver', (built) => new Bptt(built, HOW)],
];

const leaky = neuronModel({
  name: 'leaky',
  params: { tau: 2 },
  range: { tau: [1, Infinity] },
  rate: ({ h, u, tau }) => h + (tanh(u) - h) / tau,
});

function built(tunable: readonly 'tau'[] = []): BuiltCircuit {
  const definition = circuit({
    neurons: { h: leaky(4, { initial: 0.3, tunable }), y: linear(2) },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: normal(), rule: rflo() },
      readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });
  return build(definition, 1);
}

const trial = () => ({
  timesteps: 4,
  input: new Float64Array(0),
  target: Float64Array.of(0.3, -0.2, 0.5, 0.1, -0.4, 0.6, 0.2, -0.1),
});

function learned(engine: Engine): Float64Array {
  const losses = [engine.trial(trial()), engine.trial(trial())];
  const { recurrent, readout } = engine.weights();
  return Float64Array.of(...losses, ...recurrent, ...readout);
}

describe('the timestep of a circuit', () => {
  it('is the same for all that hear errors in the same way, and another for all others', () => {
    const one = built();
    const of = (feedback: 'random' | 'symmetric', derivatives: boolean, signalled = true) =>
      timestepOf(one, { feedback: feedbackOf(one, feedback), derivatives, signalled: () => signalled });
    const all = [of('random', false), of('symmetric', false), of('random', true), of('random', false, false)];
    expect(new Set(all).size).toBe(4);
    expect(of('random', false)).toBe(all[0]);
    expect(of('symmetric', false)).toBe(all[1]);
    expect(timestepOf(built(), { feedback: [], signalled: () => true })).not.toBe(all[0]);
  });

  it("is everyone's own where numbers may change from trial to trial", () => {
    const one = built(['tau']);
    const heard = { feedback: one.feedback, signalled: () => true };
    expect(timestepOf(one, heard)).not.toBe(timestepOf(one, heard));
  });
});

describe.each(ENGINES)('%s of one built circuit', (_, engineOf) => {
  it('do not hear of one another, learning in turns', () => {
    const one = built();
    const [first, second] = [engineOf(one), engineOf(one)];
    first.trial(trial());
    const between = learned(second);
    const alone = engineOf(built());
    alone.trial(trial());
    expectBits('the second', between, learned(engineOf(built())));
    expectBits('the first', learned(first), learned(alone));
  });

  it('have their own numbers that may change', () => {
    const one = built(['tau']);
    const [first, second] = [engineOf(one), engineOf(one)];
    first.tune?.('neurons.h', { tau: 5 });
    const changed = learned(first);
    const unchanged = learned(second);
    expectBits('the unchanged', unchanged, learned(engineOf(built(['tau']))));
    expect(changed[1]).not.toBe(unchanged[1]);
  });
});
