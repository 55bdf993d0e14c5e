import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { asAlgorithm, local } from '../../src/algorithms/index.ts';
import { build, circuit } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { expectLocal } from '../../src/locality/index.ts';
import { leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { plasticityRule } from '../../src/rules/index.ts';
import { Bptt, Rtrl } from '../../src/solvers/index.ts';

beforeAll(loadKernels);

interface View {
  valueOf: number;
  toString: number;
  constructor: number;
  hasOwnProperty: number;
  pre: { rate: number };
  post: { rate: number; signal: number };
  eta: number;
}

const OWN = ['valueOf', 'toString', 'constructor', 'hasOwnProperty'];

/** A rule whose state and name are those of what every object inherits. */
const odd = plasticityRule({
  name: 'constructor',
  params: { eta: 1 },
  state: { valueOf: 0, toString: 0, constructor: 0, hasOwnProperty: 0 },
  trace: ({ valueOf: a, toString: b, constructor: c, hasOwnProperty: d, pre, post }: View) => ({
    valueOf: a + pre.rate,
    toString: b + post.rate,
    constructor: c + 1,
    hasOwnProperty: d + a,
  }),
  change: ({ valueOf: a, toString: b, constructor: c, hasOwnProperty: d, post, eta }: View) =>
    eta * post.signal * (a + b + c + d),
});

describe('state that is called as something every object inherits', () => {
  const built = build(
    circuit({
      neurons: { h: leakyTanh(2, { initial: 0.3 }), y: linear(1) },
      synapses: {
        a: { from: 'h', to: 'h', weights: normal(), rule: odd(), traces: { keep: true } },
        b: { from: 'h', to: 'y', weights: normal(), rule: odd() },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    }),
    1,
  );
  const trial = { timesteps: 3, input: new Float64Array(0), target: Float64Array.of(1, -1, 0.5) };

  it.each([
    ['bptt', Bptt],
    ['rtrl', Rtrl],
  ] as const)('is carried by no kernels of %s, which have no traces', (algorithm, Solver) => {
    const how = { schedule: 'trial', feedback: 'symmetric' } as const;
    const [kernels, plain] = [
      new KernelEngine(built, { algorithm: asAlgorithm('algorithm', algorithm), ...how }),
      new Solver(built, how),
    ];
    expect(kernels.carried()).toEqual({});
    expect(plain.carried()).toEqual({});
    kernels.setCarried(plain.carried());
    expect(kernels.trial(trial)).toBe(plain.trial(trial));
    expect(kernels.weights()).toEqual(plain.weights());
  });

  it('has the same bits on actors and on kernels, and goes on from trial to trial', () => {
    const how = { schedule: 'trial', feedback: 'random' } as const;
    const [kernels, actors] = [new KernelEngine(built, { algorithm: local(), ...how }), new ActorEngine(built, how)];
    for (const engine of [kernels, actors]) for (let k = 0; k < 2; k++) engine.trial(trial);
    expect(kernels.weights()).toEqual(actors.weights());
    expect(Object.keys(kernels.carried())).toEqual(OWN.map((name) => `synapses.a.${name}`));
    expect(kernels.carried()).toEqual(actors.carried());
  });

  it('is tried by expectLocal like any other', () => {
    expect(expectLocal(odd(), { circuits: 2 }).moves).toEqual(expect.arrayContaining(OWN));
  });
});
