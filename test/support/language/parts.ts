import { clock, fromTask, seenBy, type Evaluation, type Global, type Repeat } from '../../../src/circuit/index.ts';
import { abs, detach, floor, max, overTrials, spike, sqrt, tanh } from '../../../src/local/index.ts';
import { crossEntropy, loss } from '../../../src/losses/index.ts';
import {
  alif,
  leakyReadout,
  leakyRelu,
  leakyTanh,
  lif,
  linear,
  neuron,
  neuronModel,
  type Population,
} from '../../../src/neurons/index.ts';
import { adam, momentum, optimiser } from '../../../src/optimisers/index.ts';
import { uniform, type Stream } from '../../../src/random/index.ts';
import { builtInRules, plasticityRule, type PlasticityRule } from '../../../src/rules/index.ts';
import * as heart from '../heart.ts';
import { reset, stepUnit } from '../models.ts';
import { gated } from '../random-circuit.ts';
import { anyRules } from '../rules.ts';
import { phased, rewarded } from '../scalars.ts';
import { after } from '../take-up.ts';
import type { Range } from './circuits.ts';

// What circuits over the whole language are put together from.

/** Fires and is reset; its axon sends events and nothing else. */
const firing = neuron({
  name: 'firing',
  params: { lambda: 0.8, theta: 0.3, bias: 0 },
  ports: { u: 'v', drive: null },
  state: { v: 0, fired: 0 },
  axon: 'event',
  step: ({ v, u, drive, last, lambda, theta, bias }) => {
    const next = lambda * v + u + drive + bias - theta * detach(last.out);
    return { v: next, fired: spike(next - theta, 0.3 * max(0, 1 - abs(next - theta))) };
  },
  sends: ({ fired }) => ({ out: fired }),
});

type Maker = (size: number, random: Stream) => Population;

const numbers = (size: number, random: Stream) => Array.from({ length: size }, () => random());

/** A rate unit whose derivatives are stated; its time constant may change. */
const stated = neuronModel({
  name: 'stated',
  params: { tau: 3 },
  range: { tau: [1, 100] },
  tunable: ['tau'],
  rate: ({ h, u, tau }) => h + (tanh(u) - h) / tau,
  slope: ({ u, tau }) => (1 - tanh(u) * tanh(u)) / tau,
  retention: ({ tau }) => 1 - 1 / tau,
});

/** Slower from trial to trial. */
const slower = (start: number) => overTrials(start, ({ start: first, trial }) => first + 0.5 * trial);

/** Hidden neurons through which a gradient runs that central differences find. */
const differentiable: readonly Maker[] = [
  (size) => heart.pyramidal(size, { tau: uniform(2, 6) }),
  (size) => heart.pyramidal(size, { tunable: ['g', 'tau'], tau: slower(3) }),
  (size, random) => heart.pyramidal(size, { initial: { v: numbers(size, random), d: 0.2 } }),
  (size, random) => heart.adapting(size, { beta: numbers(size, random) }),
  (size) => heart.resonator(size, { decay: 0.7, initial: { x: 0.3 } }),
  (size) => heart.resonator(size, { tunable: ['turn'] }),
  (size) => heart.noisy(size, { tunable: ['sd'] }),
  (size) => heart.noisy(size, { tau: uniform(2, 6) }),
  (size, random) => heart.noisy(size, { initial: { h: numbers(size, random) } }),
  (size) => heart.told(size),
  (size) => heart.told(size),
  (size) => phased(size),
  (size) => phased(size),
  (size) => heart.pooled(size, { tau: uniform(1, 4) }),
  (size) => heart.pooled(size, { tunable: ['tau'] }),
  (size, random) => heart.pooled(size, { initial: { v: numbers(size, random) } }),
  (size) => leakyTanh(size, { tau: 3, initial: 0.2 }),
  (size) => stated(size, { tau: slower(2) }),
  (size) => stated(size),
  (size, random) => stated(size, { tunable: [], tau: uniform(2, 4), initial: numbers(size, random) }),
  (size, random) => gated(size, { initial: numbers(size, random) }),
];

/** Hidden neurons with a declared pseudo-derivative, a detached value or a kink. */
const declared: readonly Maker[] = [
  (size) => heart.spiking(size, { beta: uniform(0, 0.4) }),
  (size, random) => firing(size, { bias: numbers(size, random) }),
  (size) => firing(size, { tunable: ['theta'] }),
  (size) => lif(size, { theta: 0.3, refractory: 1 }),
  (size) => alif(size, { theta: uniform(0.2, 0.4), rho: 0.7, beta: 0.2 }),
  (size) => stepUnit(size, { tau: 3, theta: 0.2 }),
  (size) => reset(size, { initial: 0.3 }),
  (size) => leakyRelu(size, { tau: 2, below: 0.2, initial: 0.3 }),
];

const outputs: readonly Maker[] = [
  (size) => linear(size),
  (size) => linear(size, { initial: 0.3 }),
  (size) => leakyReadout(size, { kappa: 0.5, gain: 0.5 }),
  (size) => leakyTanh(size, { tau: 2 }),
  (size) => heart.pyramidal(size),
];

/** Neurons of a circuit: all, or those that a gradient of this kind runs through. */
export function neuronsWithin(gradient: Range['gradient']): {
  readonly hidden: readonly Maker[];
  readonly outputs: readonly Maker[];
} {
  const hidden = gradient === 'differentiable' ? differentiable : [...differentiable, ...declared];
  return { hidden, outputs };
}

export const messagesOf = ({ model }: Population) => (model ? Object.keys(model.messages) : ['rate']);

/** What a repetition may look at. */
export const valuesOf = ({ model }: Population) => [
  ...new Set([...Object.keys(model?.messages ?? {}), ...(model?.ports ?? []).map(({ name }) => name)]),
];

/** Learns from what its neuron shows of another compartment. */
const plateaus = plasticityRule({
  name: 'plateaus',
  params: { eta: 0.1 },
  tunable: ['eta'],
  sees: { post: ['plateau'] },
  state: { m: 0.1 },
  trace: ({ m, pre, post }) => ({ m: 0.5 * m + pre.out * post.plateau }),
  change: ({ m, post, w, eta }) => eta * (post.plateau * m - 0.1 * w * post.out),
});

/** Learns from what its axon brings beside what it carries. */
const listening = plasticityRule({
  name: 'listening',
  params: { eta: 0.1 },
  tunable: ['eta'],
  sees: { pre: ['burst'] },
  state: { m: 0.1 },
  trace: ({ m, pre, post }) => ({ m: 0.5 * m + pre.burst * post.out }),
  change: ({ m, pre, eta }) => eta * (m - pre.burst * pre.out),
});

/** The same from another neuron. */
const turning = plasticityRule({
  name: 'turning',
  params: { eta: 0.1 },
  sees: { pre: ['quadrature'] },
  state: { m: 0.1 },
  trace: ({ m, pre }) => ({ m: 0.5 * m + pre.quadrature }),
  change: ({ m, pre, post, eta }) => eta * (m * post.signal - pre.quadrature * pre.out),
});

/** Learns from the voltage at its port. */
const felt = plasticityRule({
  name: 'felt',
  params: { eta: 0.1 },
  tunable: ['eta'],
  state: { m: 0.1 },
  trace: ({ m, pre, post }) => ({ m: 0.5 * m + pre.out * post.here }),
  change: ({ m, post, eta }) => eta * (m * post.signal + 0.1 * post.here),
});

/** Learns from this timestep alone, and what it learns is linear in what its axon brings. */
const momentary = plasticityRule({
  name: 'momentary',
  params: { eta: 0.3 },
  tunable: ['eta'],
  change: ({ pre, post, eta }) => eta * post.signal * pre.out,
});

/** Three more such rules: each with a trace, of what its axon carries alone. */
const shown = plasticityRule({
  name: 'shown',
  params: { eta: 0.2 },
  tunable: ['eta'],
  sees: { post: ['plateau'] },
  state: { m: 0 },
  trace: ({ m, pre, post }) => ({ m: 0.5 * m + pre.out * post.plateau }),
  change: ({ m, post, eta }) => eta * post.plateau * m,
});
const here = plasticityRule({
  name: 'here',
  params: { eta: 0.2 },
  state: { m: 0 },
  trace: ({ m, pre, post }) => ({ m: 0.5 * m + pre.out * post.here }),
  change: ({ m, post, eta }) => eta * (m * post.signal + 0.1 * post.here * m),
});
const opened = plasticityRule({
  name: 'opened',
  params: { eta: 0.2 },
  tunable: ['eta'],
  globals: ['phase', 'critic'],
  change: ({ pre, post, global, eta }) => eta * (global.phase + global.critic) * post.signal * pre.out,
});

/** A learning rate that falls from trial to trial. */
const falling = (first: number) => overTrials(first, ({ start, trial }) => start / trial);

const { transcendental: _slow, ...quick } = anyRules;

/** What synapses learn by, where they see what it reads: those for any neuron several times, those for few neurons more often. */
const rules: readonly (() => PlasticityRule)[] = [
  ...[0, 1, 2, 3, 4, 5, 6, 7].flatMap(() => [
    () => heart.overhearing(),
    () => listening(),
    () => listening(),
    () => turning(),
    () => plateaus(),
    () => plateaus(),
    () => plateaus(),
  ]),
  ...[0, 1, 2].flatMap(() => [
    () => heart.eprop({ eta: 0.2 }),
    () => heart.curious(),
    () => heart.habituating(),
    () => heart.oja({ eta: 0.05 }),
    () => felt(),
    () => rewarded(),
    () => after(),
    () => after(),
    () => anyRules.rflo({ eta: 0.5 }),
    () => anyRules.rflo({ eta: 0.5 }),
    () => momentary({ eta: falling(0.5) }),
    () => felt({ eta: falling(0.2) }),
    () => listening({ eta: falling(0.2) }),
  ]),
  ...Object.values(quick).map((make) => () => make({ eta: 0.5 })),
  ...builtInRules.map((make) => () => make({ eta: 0.3 })),
];

/** Rules that are linear in their traces and in what their axons carry. */
const linearRules: readonly (() => PlasticityRule)[] = [
  () => heart.eprop({ eta: 0.2 }),
  () => momentary(),
  () => momentary({ eta: falling(0.5) }),
  () => opened(),
  () => rewarded(),
  ...[0, 1].flatMap(() => [
    () => shown(),
    () => shown(),
    () => shown(),
    () => here(),
    () => opened({ eta: falling(0.2) }),
    () => anyRules.rflo({ eta: 0.5 }),
  ]),
];

/** Learns from what every neuron has, so that it relearns feedback onto any. */
export const relearning = plasticityRule({
  name: 'relearning',
  params: { eta: 0.3 },
  tunable: ['eta'],
  state: { p: 0.1 },
  trace: ({ p, pre }) => ({ p: (p + pre.out) / 2 }),
  change: ({ w, p, post, eta }) => eta * (p * post.out - 0.2 * w),
});

/** Takes less of a change, the larger the weight is; how much less may change. */
const shy = optimiser({
  name: 'shy',
  params: { eta: 0.5, part: 0.5 },
  tunable: ['eta', 'part'],
  step: ({ change, w, eta, part }) => ({ change: (eta * change) / (1 + part * w * w) }),
});

export const optimisers = [
  () => adam({ eta: 0.02 }),
  () => momentum({ eta: 0.5 }),
  () => shy(),
  () => shy({ eta: falling(0.5) }),
] as const;

export const losses = [
  crossEntropy,
  loss({ name: 'robust', loss: ({ y, target }) => sqrt(1 + (target - y) * (target - y)) }),
  loss({
    name: 'shared',
    sums: { all: ({ y }) => y * y },
    loss: ({ y, target, all }) => (target - y) * (target - y) * (1 + 0.1 * all),
  }),
  loss({
    name: 'quartic',
    loss: ({ y, target }) => 0.25 * (target - y) * (target - y) * (target - y) * (target - y),
    error: ({ y, target }) => (target - y) * (target - y) * (target - y),
  }),
] as const;

/** The global scalars that rules and neurons name. */
export function globalsFor(
  populations: readonly Population[],
  learning: readonly PlasticityRule[],
  repeat: Repeat | undefined,
  neuronScalar: () => Global,
): Readonly<Record<string, Global>> {
  // Until a timestep has settled nobody knows which sweep is the last.
  const swept = repeat?.until ? clock(({ sweep }) => 1 / (1 + sweep)) : clock(({ sweep, last }) => last + 0.5 * sweep);
  const all: Readonly<Record<string, () => Global>> = {
    share: () => clock(({ t }) => 1 / t),
    pulse: () => (repeat ? swept : clock(({ t }) => (t > 2 ? 1 : 0.5))),
    phase: () =>
      clock(({ t, count, every }) => (count - every * floor(count / every) < 3 ? 1 : 1 / (1 + t)), { every: 5 }),
    reward: () => fromTask({ start: 0.5 }),
    critic: neuronScalar,
    tone: neuronScalar,
  };
  const named = new Set([
    ...learning.flatMap(({ globals = [] }) => globals),
    ...populations.flatMap(({ model }) =>
      Object.values(model?.readings ?? {}).flatMap((reading) => (reading.of === 'global' ? [reading.name] : [])),
    ),
  ]);
  return Object.fromEntries([...named].map((name) => [name, all[name]()]));
}

/** What rules read of their two neurons; what eligibility reads follows from these themselves. */
const readOfNeurons = new Map(
  [...rules, ...linearRules].map((make) => {
    const { eligible, analysis } = make();
    const functions = eligible
      ? [eligible.change, ...(eligible.trace ? [eligible.trace] : []), ...eligible.others]
      : (analysis?.functions ?? []);
    const paths = functions.flatMap(({ reads }) => reads.map(({ path }) => path));
    return [make, paths.filter((path) => path.startsWith('pre.') || path.startsWith('post.'))] as const;
  }),
);

/** The rules that see all that they read, on synapses between these neurons. */
export function rulesBetween(
  from: Population,
  to: Population,
  ends: { readonly port: string; readonly carries: string },
  evaluation: Evaluation,
): readonly (() => PlasticityRule)[] {
  const { pre, post } = seenBy(from, to, ends);
  const seen = new Set([
    'post.signal',
    ...Object.keys(pre).map((name) => `pre.${name}`),
    ...Object.keys(post).map((name) => `post.${name}`),
  ]);
  return (evaluation === 'history' ? linearRules : rules).filter((make) =>
    readOfNeurons.get(make)?.every((path) => seen.has(path)),
  );
}
