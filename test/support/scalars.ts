import { tanh } from '../../src/local/index.ts';
import { neuron } from '../../src/neurons/index.ts';
import { eligibility, plasticityRule } from '../../src/rules/index.ts';

/** Moves in one phase of its circuit and stands still in the other; its message grows with what the task answered. */
export const phased = neuron({
  name: 'phased',
  params: { tau: 3 },
  ports: { u: 'v' },
  state: { v: 0.2 },
  globals: ['phase', 'reward'],
  step: ({ v, u, global, tau }) => ({ v: v + (global.phase * (tanh(u) - v)) / tau }),
  sends: ({ v, global }) => ({ out: v * (1 + 0.5 * global.reward) }),
});

/** Learns by reward, in a phase, and less where a critic sends much. */
export const rewarded = plasticityRule({
  name: 'rewarded',
  params: { eta: 0.2 },
  globals: ['reward', 'phase', 'critic'],
  state: { e: eligibility, m: 0 },
  trace: ({ e, m, global }) => ({ m: 0.8 * m + global.phase * e }),
  change: ({ m, pre, post, global, eta }) =>
    eta * ((global.reward - global.critic) * m + 0.1 * global.phase * pre.out * post.out),
});
