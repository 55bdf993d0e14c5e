import { expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { build, circuit } from '../../src/circuit/index.ts';
import { tanh as ours } from '../../src/local/index.ts';
import { input, linear, neuronModel } from '../../src/neurons/index.ts';
import { plasticityRule } from '../../src/rules/index.ts';
import { Bptt } from '../../src/solvers/index.ts';

it('what was read of a rule and a model is what runs: what changes around them later takes no part', () => {
  let tanh = ours;
  const rule = plasticityRule({
    name: 'bounded',
    params: { eta: 0.5 },
    state: { p: 0 },
    trace: ({ p, pre }) => ({ p: p + tanh(pre.rate) }),
    change: ({ p, post, eta }) => eta * tanh(post.signal) * p,
  });
  const model = neuronModel({ name: 'squashed', params: { tau: 2 }, rate: ({ h, u, tau }) => h + (tanh(u) - h) / tau });
  const learned = () => {
    const built = build(
      circuit({
        neurons: { x: input(1), h: model(2), y: linear(1) },
        synapses: {
          in: { from: 'x', to: 'h', weights: [[0.3], [-0.2]] },
          out: { from: 'h', to: 'y', weights: [[0.1, 0.4]], rule: rule() },
        },
      }),
      1,
    );
    const how = { schedule: 'trial', feedback: 'random' } as const;
    return [new ActorEngine(built, how), new Bptt(built, how)].map((engine) => {
      engine.trial({ timesteps: 3, input: Float64Array.of(1, -0.5, 2), target: Float64Array.of(0.5, 1, -1) });
      return engine.weights();
    });
  };
  const before = learned();
  tanh = () => 7;
  expect(learned()).toEqual(before);
});
