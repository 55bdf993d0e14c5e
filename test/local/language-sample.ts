import {
  abs,
  detach,
  exp,
  log,
  max,
  neuronModel,
  plasticityRule,
  spike,
  tanh,
  type Analysis,
  type View,
} from '../../src/core.ts';
import { pow as power } from '../../src/core.ts';

const bent = (x: number, gain: number) => tanh(gain * x);

/** A rule that uses what tools rewrite: imports, choices, logic, constants, nested and renamed names. */
const rule = plasticityRule({
  name: 'sample',
  params: { eta: 0.1, tau: 5 },
  state: { p: 0, q: 1 },
  functions: { bent },
  trace: ({ p, q, pre: { rate: x }, post, tau }) => {
    const { slope, retention } = post;
    const drive = slope * x;
    const up = drive > 0 && !(p >= 1);
    return { p: up ? retention * p + drive : p - p / tau, q: x === 0 || q < -1 ? q : tanh(q + bent(max(x, 0.5), 0.7)) };
  },
  change: (view) => {
    const size = abs(view.p) + 1e-3;
    return -view.eta * view.post.signal * (log(size) + exp(-size) / Math.sqrt(size)) - 0.5 * view.w + power(size, 0.75);
  },
});

/** A neuron model whose derivatives are declared: no tool may change what psi is, or what is detached. */
const model = neuronModel({
  name: 'sample',
  params: { theta: 0.5 },
  rate: ({ h, u, theta }) => {
    const over = u - theta;
    return 0.9 * h + spike(over, 0.3 * max(0, 1 - abs(over))) - theta * detach(h);
  },
});

const numbers = (seed: number) => ({ p: seed, q: 1 - seed, w: 0.3, eta: 0.1, tau: 5 });
const views: View[] = [-1.5, -0.2, 0, 0.4, 2].map((seed) => ({
  ...numbers(seed),
  ...{ h: seed, u: 0.3 * seed + 0.2, theta: 0.5 },
  pre: { rate: seed / 3 },
  post: { rate: 0.2, slope: 0.7 - seed, retention: 0.9, signal: -seed },
}));

function describe(analysis: Analysis | undefined): string {
  if (!analysis) throw new Error('there is no analysis');
  const reads = analysis.reads.map(({ path, scope }) => `${path}: ${scope}`).sort();
  const values = analysis.functions.map((local) => views.map(local.compile()));
  return JSON.stringify({ reads, values });
}

/** What the texts of the rule and of the model were read as: the same, whatever was done to the text. */
export const digest: string = [rule().analysis, model(1).model?.analysis].map(describe).join('\n');
