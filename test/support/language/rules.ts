import { seenBy, type Evaluation } from '../../../src/circuit/index.ts';
import { overTrials, type OverTrials } from '../../../src/local/index.ts';
import type { Population } from '../../../src/neurons/index.ts';
import { builtInRules, plasticityRule, type PlasticityRule } from '../../../src/rules/index.ts';
import * as heart from '../heart.ts';
import { anyRules } from '../rules.ts';
import { rewarded } from '../scalars.ts';
import { after } from '../take-up.ts';
import { denseRules } from './dense.ts';

// The rules that synapses of circuits over the whole language learn by.

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
export const falling = (first: number): OverTrials => overTrials(first, ({ start, trial }) => start / trial);

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

/** What rules read of their two neurons; what eligibility reads follows from these themselves. */
const readOfNeurons = new Map(
  [...rules, ...linearRules, ...denseRules].map((make) => {
    const { eligible, analysis } = make();
    const functions = eligible
      ? [eligible.change, ...(eligible.trace ? [eligible.trace] : []), ...eligible.others]
      : (analysis?.functions ?? []);
    const paths = functions.flatMap(({ reads }) => reads.map(({ path }) => path));
    return [make, paths.filter((path) => path.startsWith('pre.') || path.startsWith('post.'))] as const;
  }),
);

/** Which rules: all; those that can go by history; those that see as much as they can. */
export type RuleKind = Evaluation | 'dense';
const KINDS = { trace: rules, history: linearRules, dense: denseRules } satisfies Record<RuleKind, unknown>;

/** The rules that see all that they read, on synapses between these neurons. */
export function rulesBetween(
  from: Population,
  to: Population,
  ends: { readonly port: string; readonly carries: string },
  among: RuleKind,
): readonly (() => PlasticityRule)[] {
  const { pre, post } = seenBy(from, to, ends);
  const seen = new Set([
    'post.signal',
    ...Object.keys(pre).map((name) => `pre.${name}`),
    ...Object.keys(post).map((name) => `post.${name}`),
  ]);
  return KINDS[among].filter((make) => readOfNeurons.get(make)?.every((path) => seen.has(path)));
}
