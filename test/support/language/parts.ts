import { clock, fromTask, seenBy, type Global } from '../../../src/circuit/index.ts';
import { abs, detach, floor, max, spike, sqrt } from '../../../src/local/index.ts';
import { crossEntropy, loss } from '../../../src/losses/index.ts';
import {
  alif,
  leakyReadout,
  leakyRelu,
  leakyTanh,
  lif,
  linear,
  neuron,
  type Population,
} from '../../../src/neurons/index.ts';
import { adam, momentum } from '../../../src/optimisers/index.ts';
import { uniform, type Stream } from '../../../src/random/index.ts';
import { builtInRules, plasticityRule, type PlasticityRule } from '../../../src/rules/index.ts';
import * as heart from '../heart.ts';
import { gated } from '../random-circuit.ts';
import { anyRules } from '../rules.ts';
import { phased, rewarded } from '../scalars.ts';
import { after } from '../take-up.ts';

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

/** Hidden neurons. */
export const hiddenNeurons: readonly Maker[] = [
  (size) => heart.pyramidal(size, { tau: uniform(2, 6) }),
  (size) => heart.pyramidal(size),
  (size) => heart.pyramidal(size),
  (size, random) => heart.adapting(size, { beta: numbers(size, random) }),
  (size) => heart.resonator(size, { decay: 0.7, initial: { x: 0.3 } }),
  (size) => heart.noisy(size),
  (size) => heart.noisy(size, { tau: uniform(2, 6) }),
  (size) => heart.spiking(size, { beta: uniform(0, 0.4) }),
  (size, random) => firing(size, { bias: numbers(size, random) }),
  (size) => firing(size),
  (size) => lif(size, { theta: 0.3, refractory: 1 }),
  (size) => alif(size, { theta: uniform(0.2, 0.4), rho: 0.7, beta: 0.2 }),
  (size) => heart.told(size),
  (size) => phased(size),
  (size) => heart.pooled(size, { tau: uniform(1, 4) }),
  (size) => heart.pooled(size),
  (size) => leakyTanh(size, { tau: 3, initial: 0.2 }),
  (size) => leakyRelu(size, { tau: 2, below: 0.2, initial: 0.3 }),
  (size) => gated(size, { initial: 0.1 }),
];

export const outputNeurons: readonly Maker[] = [
  (size) => linear(size),
  (size) => linear(size, { initial: 0.3 }),
  (size) => leakyReadout(size, { kappa: 0.5, gain: 0.5 }),
  (size) => leakyTanh(size, { tau: 2 }),
  (size) => heart.pyramidal(size),
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
  state: { m: 0.1 },
  trace: ({ m, pre, post }) => ({ m: 0.5 * m + pre.out * post.here }),
  change: ({ m, post, eta }) => eta * (m * post.signal + 0.1 * post.here),
});

const { transcendental: _slow, ...quick } = anyRules;

/** What synapses learn by, where they see what it reads: those for any neuron several times, those for few neurons more often. */
const rules: readonly (() => PlasticityRule)[] = [
  ...[0, 1, 2, 3, 4, 5, 6, 7].flatMap(() => [
    () => heart.overhearing(),
    () => listening(),
    () => turning(),
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
  ]),
  ...Object.values(quick).map((make) => () => make({ eta: 0.5 })),
  ...builtInRules.map((make) => () => make({ eta: 0.3 })),
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

export const optimisers = [() => adam({ eta: 0.02 }), () => momentum({ eta: 0.5 })] as const;

export const losses = [
  crossEntropy,
  loss({ name: 'robust', loss: ({ y, target }) => sqrt(1 + (target - y) * (target - y)) }),
  loss({
    name: 'shared',
    sums: { all: ({ y }) => y * y },
    loss: ({ y, target, all }) => (target - y) * (target - y) * (1 + 0.1 * all),
  }),
] as const;

/** The global scalars that rules and neurons name. */
export function globalsFor(
  populations: readonly Population[],
  learning: readonly PlasticityRule[],
  neuronScalar: () => Global,
): Readonly<Record<string, Global>> {
  const all: Readonly<Record<string, () => Global>> = {
    share: () => clock(({ t }) => 1 / t),
    pulse: () => clock(({ t }) => (t > 2 ? 1 : 0.5)),
    phase: () => clock(({ t, count }) => (count - 5 * floor(count / 5) < 3 ? 1 : 1 / (1 + t))),
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
  rules.map((make) => {
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
): readonly (() => PlasticityRule)[] {
  const { pre, post } = seenBy(from, to, ends);
  const seen = new Set([
    'post.signal',
    ...Object.keys(pre).map((name) => `pre.${name}`),
    ...Object.keys(post).map((name) => `post.${name}`),
  ]);
  return rules.filter((make) => readOfNeurons.get(make)?.every((path) => seen.has(path)));
}
