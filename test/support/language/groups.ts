import {
  mask,
  oneToOne,
  probability,
  type Delay,
  type Evaluation,
  type Repeat,
  type SynapseGroup,
  type WeightDials,
} from '../../../src/circuit/index.ts';
import type { Population } from '../../../src/neurons/index.ts';
import { integers, normal } from '../../../src/random/index.ts';
import type { PlasticityRule } from '../../../src/rules/index.ts';
import { learning, traceDials, weightDials } from '../random-circuit.ts';
import type { Draw } from './draw.ts';
import { messagesOf } from './neurons.ts';
import { optimisers } from './parts.ts';
import { rulesBetween } from './rules.ts';

interface Joined {
  readonly neurons: Readonly<Record<string, Population>>;
  readonly from: string;
  readonly to: string;
  /** Whether nothing leads back, so that there need be no delay. */
  readonly forward: boolean;
  readonly repeat: Repeat | undefined;
  /** 'history': rules that can be evaluated when a trial has ended. */
  readonly evaluation: Evaluation;
  /** Whether rules are to see as much as they can. */
  readonly dense: boolean;
  /** Whether there is to be only what a gradient runs through. */
  readonly gradient: boolean;
}

/** A synapse group between two populations. */
export function groupBetween(draw: Draw, joined: Joined): SynapseGroup {
  const { has, chance, pick, below } = draw;
  const { neurons, from, to, forward, gradient, evaluation, dense } = joined;
  const [pre, post] = [neurons[from], neurons[to]];
  const ports = post.model?.ports.map(({ name }) => name) ?? [];
  const ends = { port: pick(ports), carries: pick(messagesOf(pre)) };
  const seeing = dense && chance(0.7) ? rulesBetween(pre, post, ends, 'dense') : [];
  const rules = seeing.length > 0 ? seeing : rulesBetween(pre, post, ends, evaluation);
  const rule = draw.maybe(0.92, () => pick(rules)());
  const state = Object.keys(rule?.state ?? {});
  const dials: WeightDials =
    !gradient && has(0.3)
      ? pick<WeightDials>([...Object.values(weightDials), weightDials.tuned, weightDials.tuned])
      : {};
  const gate = draw.maybe(0.25, () => {
    const gating = pick(Object.keys(neurons));
    return { from: gating, neuron: below(neurons[gating].size) };
  });
  const also = evaluation === 'trace' && !gradient && has(0.3);
  return {
    ...{ from, to, ...ends, ...dials },
    ...wiringOf(draw, { rows: post.size, columns: pre.size, least: forward ? 0 : 1 }),
    ...(gate && { gate }),
    ...(rule && learningOf(draw, rule, joined)),
    ...(rule && also && state.length > 0 && { also: { port: pick(ports), weight: pick(state) } }),
  };
}

function learningOf(
  draw: Draw,
  rule: PlasticityRule,
  { repeat, gradient, evaluation, dense }: Joined,
): Partial<SynapseGroup> {
  const { has, chance, pick } = draw;
  const dials: readonly (keyof typeof traceDials)[] = [
    ...(Object.keys(traceDials) as (keyof typeof traceDials)[]),
    ...(['tuned', 'tunedSlow', 'tunedSlow'] as const),
  ];
  // Until a timestep has settled nobody knows whether it is the last sweep, which is the one that learns.
  const reads = rule.analysis?.reads.map(({ path }) => path) ?? [];
  const canLearnAtOnce = !repeat?.until || reads.includes('post.signal') || reads.includes('global.reward');
  const atOnce = gradient || evaluation === 'history' ? 0.15 : dense ? 0.65 : 0.4;
  return {
    ...learning(rule, chance(0.35) ? pick(dials) : 'free'),
    ...(chance(atOnce) && canLearnAtOnce && { learns: 'at once' }),
    ...(!gradient && has(0.35) && { optimiser: pick(optimisers)() }),
  };
}

interface Wired {
  readonly rows: number;
  readonly columns: number;
  /** The least delay. */
  readonly least: number;
}

/** Which synapses there are, and their delays; of edges that have weights of their own, `refined` gives them. */
function wiringOf(draw: Draw, { rows, columns, least }: Wired): Partial<SynapseGroup> {
  const { chance, has, below, pick } = draw;
  const weights = normal({ sd: 0.7 });
  const late = () => least + below(3);
  const matrix = <T>(entry: () => T) => Array.from({ length: rows }, () => Array.from({ length: columns }, entry));
  const connect = () =>
    pick([
      mask(matrix(() => (chance(0.7) ? 1 : 0))),
      probability(0.7, { autapses: chance(0.5) }),
      ...(rows === columns ? [oneToOne(), oneToOne()] : []),
    ]);
  const delays = { same: late(), least, drawn: integers(least, least + 2), each: matrix(late) };
  const delay = has(0.5) ? pick<Delay>([delays.drawn, delays.each]) : pick([delays.same, delays.least]);
  if (!chance(0.25)) return { weights, delay, ...(chance(0.5) && { connect: connect() }) };
  const pairs = matrix(() => chance(0.7)).flatMap((row, to) => row.flatMap((is, from) => (is ? [{ from, to }] : [])));
  const column = (end: 'from' | 'to') => pairs.map((pair) => pair[end]);
  const ends = { from: column('from'), to: column('to') };
  const ofEdges = pairs.map(late);
  return pick<() => Partial<SynapseGroup>>([
    () => ({ weights, edges: ends, delay: pick([delays.same, delays.drawn]) }),
    () => ({ weights, edges: { ...ends, delays: ofEdges } }),
    () => ({
      ...{ weights, edges: pairs.toReversed().map(({ from, to }) => [from, to]) },
      delay: pairs.length > 0 ? ofEdges : least,
    }),
  ])();
}
