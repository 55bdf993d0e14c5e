import { changeText, isOverTrials, type OverTrials } from '../../local/index.ts';
import type { Axon } from './axon.ts';
import type { PlasticityRule } from '../../rules/index.ts';
import type { Broadcast } from './broadcast.ts';
import type { FeedbackDials } from './feedback-weights.ts';
import type { Gate } from './gate.ts';
import type { Traced } from './traces.ts';
import type { WeightDials } from './weights.ts';

/** Dials by name, as text for people to read. */
export type TurnedDials = Readonly<Record<string, string>>;

/** The settings at which dials change nothing. */
const NEUTRAL: Readonly<Record<string, unknown>> = {
  ...{ threshold: 0, bits: Infinity, noise: 0, delay: 0 },
  ...{ sparsity: 0, 'broadcast.threshold': 0, 'broadcast.bits': Infinity },
  ...{ 'broadcast.every': 1, 'broadcast.drop': 0, 'broadcast.delay': 0 },
  ...{ plastic: 1, 'traces.bits': Infinity, 'traces.keep': false },
};

/** The dials of a population's axons that are not at their neutral setting. */
export function turnedOnAxons(axon: Axon = {}): TurnedDials {
  const { threshold, bits, noise, delay, excitatory } = axon;
  return turned({ threshold, bits, range: rangeOf(axon), noise, delay, excitatory });
}

/** The dials of a synapse group that are not at their neutral setting, its gate (`g 2`: neuron 2 of g) first. */
export function turnedOnSynapses({
  bounds,
  bits,
  plastic,
  traces,
  gate,
}: WeightDials & Traced & { readonly gate?: Gate }): TurnedDials {
  const free = bounds?.every((bound) => Math.abs(bound) === Infinity) === true;
  const gated = gate && `${gate.from} ${gate.neuron ?? 0}`;
  const dials = turned({ gate: gated, bounds: free ? undefined : bounds?.join(' to '), bits, plastic });
  if (traces === undefined) return dials;
  if (traces === 'none') return { ...dials, traces };
  const onTraces = { timeConstant: traces.timeConstant, bits: traces.bits, range: rangeOf(traces), keep: traces.keep };
  const named = Object.entries(onTraces).map(([name, value]) => [`traces.${name}`, value] as const);
  return { ...dials, ...turned(Object.fromEntries(named)) };
}

/** The dials of a feedback that are not at their neutral setting. */
export function turnedOnFeedback({
  angle,
  sparsity,
  bits,
  range,
  shares,
  rule,
  broadcast = {},
}: FeedbackDials & {
  readonly shares?: string;
  readonly rule?: PlasticityRule;
  readonly broadcast?: Broadcast;
}): TurnedDials {
  const { threshold, every, drop, delay } = broadcast;
  const onBroadcast = { threshold, bits: broadcast.bits, range: rangeOf(broadcast), every, drop, delay };
  const named = Object.entries(onBroadcast).map(([name, value]) => [`broadcast.${name}`, value] as const);
  return turned({ angle, sparsity, bits, range, shares, rule: rule?.name, ...Object.fromEntries(named) });
}

/** The range of the levels, if there are bits. */
function rangeOf({
  bits = Infinity,
  range = 1,
}: {
  readonly bits?: number;
  readonly range?: number | OverTrials;
}): number | OverTrials | undefined {
  return bits < Infinity ? range : undefined;
}

function turned(dials: Readonly<Record<string, number | string | boolean | OverTrials | undefined>>): TurnedDials {
  const set = Object.entries(dials).filter(([name, value]) => value !== undefined && value !== NEUTRAL[name]);
  return Object.fromEntries(
    set.map(([name, value]) => [name, isOverTrials(value) ? changeText(value) : String(value)]),
  );
}
