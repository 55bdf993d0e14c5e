import { softplus, tanh } from '../../../src/local/index.ts';
import { neuron, type Population } from '../../../src/neurons/index.ts';
import { uniform, type Stream } from '../../../src/random/index.ts';
import { eligibility, plasticityRule, weight, type PlasticityRule } from '../../../src/rules/index.ts';

// Neurons and rules in which as much meets as can: for circuits that are small, and have everything.

/** Two compartments, noise, a pool, three global scalars, two messages, and something to show. */
const manifold = neuron({
  name: 'manifold',
  params: { tau: 3, tauD: 2, g: 0.3, sd: 0.1 },
  tunable: ['g'],
  ports: { u: 'v', apical: 'd' },
  state: { v: 0.1, d: 0.2 },
  noise: ['xi'],
  globals: ['phase', 'reward', 'tone'],
  pools: { all: { sum: ({ v, u, last }) => v * v + 0.1 * u + 0.2 * last.out } },
  step: ({ v, d, u, apical, xi, all, global, tau, tauD, g, sd }) => ({
    v: v + (global.phase * tanh(u + sd * xi) + g * (d - v) - v) / (tau + all * all),
    d: d + (apical * (1 + 0.2 * tanh(global.tone)) - d) / tauD,
  }),
  sends: ({ v, d, all, global }) => ({ out: tanh(v), burst: softplus(d + 0.1 * global.reward) / (1 + all * all) }),
  shows: ({ d }) => ({ plateau: tanh(d) }),
});

export const denseNeurons: readonly ((size: number, random: Stream) => Population)[] = [
  (size) => manifold(size),
  (size) => manifold(size, { tau: uniform(2, 4), initial: { d: 0.4 } }),
  (size, random) => manifold(size, { tauD: Array.from({ length: size }, () => 2 + random()), sd: 0.3 }),
];

/** A synapse that sees all that there is to see, and keeps all that there is to keep. */
const seeing = plasticityRule({
  name: 'seeing',
  params: { eta: 0.1, part: 0.5 },
  tunable: ['eta'],
  globals: ['reward', 'phase', 'critic'],
  sees: { pre: ['burst'], post: ['plateau'] },
  state: { e: eligibility, held: weight, m: 0.1 },
  trace: ({ e, m, held, pre, post, global }) => ({
    m: 0.6 * m + global.phase * e + 0.1 * (pre.burst + held) * post.plateau + 0.1 * post.here * pre.out,
  }),
  change: ({ m, held, w, pre, post, global, eta }) =>
    eta * ((global.reward - global.critic + post.signal) * m + 0.1 * pre.burst * post.out + 0.1 * (held - w)),
  after: ({ w, held, post, part }) => ({ held: held + part * (w - held) + 0.01 * post.plateau }),
});

/** The same of what comes from neurons that send one message. */
const hearing = plasticityRule({
  name: 'hearing',
  params: { eta: 0.1, part: 0.5 },
  globals: ['reward', 'phase', 'critic'],
  sees: { post: ['plateau'] },
  state: { e: eligibility, held: weight, m: 0.1 },
  trace: ({ e, m, pre, post, global }) => ({ m: 0.6 * m + global.phase * e + 0.1 * pre.out * post.plateau }),
  change: ({ m, held, post, global, eta }) => eta * ((global.reward - global.critic) * m + 0.1 * held * post.signal),
  after: ({ w, held, part, post }) => ({ held: held + part * (w - held) + 0.01 * post.here }),
});

export const denseRules: readonly (() => PlasticityRule)[] = [
  () => seeing(),
  () => seeing({ part: 0.2 }),
  () => hearing(),
];
