import type { Axon, Broadcast, FeedbackDials, Traces, WeightDials } from '../../src/circuit/index.ts';
import type { PlasticityRule } from '../../src/rules/index.ts';
import type { Dice } from './dice.ts';

// Each function turns some of one part's dials, and leaves the others alone. None is ever out of its range.

export function weightDials(dice: Dice): WeightDials {
  const bounded = dice.happens(0.4);
  return {
    ...(bounded && {
      bounds: dice.among<[number, number]>([
        [-0.5, 0.4],
        [-1, 0.7],
        [-0.3, 0.3],
        [-0.6, 2],
      ]),
    }),
    ...(bounded && dice.maybe(0.5, () => ({ bits: dice.among([1, 2, 3, 4, 6, 9]) }))),
    ...dice.maybe(0.25, () => ({ plastic: dice.among([0, 0.3, 0.5, 0.7, 1]) })),
  };
}

/** Of the axons of a population through which an exact gradient runs. */
export function exactAxon(dice: Dice): Axon {
  return {
    ...dice.maybe(0.25, () => ({ delay: dice.whole(1, 3) })),
    ...dice.maybe(0.25, () => ({ excitatory: dice.among([0, 0.5, 0.8, 1]) })),
  };
}

export function anyAxon(dice: Dice): Axon {
  return {
    ...exactAxon(dice),
    ...dice.maybe(0.25, () => ({ threshold: dice.among([0.02, 0.05, 0.2]) })),
    ...dice.maybe(0.25, () => ({ bits: dice.among([1, 2, 3, 5, 8]) })),
    ...dice.maybe(0.25, () => ({ range: dice.among([0.8, 1, 2]) })),
    ...dice.maybe(0.25, () => ({ noise: dice.among([0.05, 0.2, 0.5]) })),
  };
}

/** Rules whose trace reads the neuron's retention, by which a time constant takes hold. */
const PACED = ['rflo', 'everything', 'post-only'];

/** Undefined where no dial is turned, or the rule has no trace. */
export function traceDials(dice: Dice, rule: PlasticityRule): Traces | undefined {
  if (!rule.trace || !dice.happens(0.6)) return undefined;
  if (dice.happens(0.2)) return 'none';
  return {
    ...(PACED.includes(rule.name) && dice.maybe(0.5, () => ({ timeConstant: dice.among([1, 3, 7.5]) }))),
    ...dice.maybe(0.4, () => ({ bits: dice.among([1, 4, 9]), range: dice.among([0.3, 1]) })),
    ...dice.maybe(0.5, () => ({ keep: true })),
  };
}

/** @param readOut Whether there is a readout to hold an angle to. */
export function feedbackDials(dice: Dice, readOut: boolean): FeedbackDials {
  const coarse = dice.happens(0.3);
  return {
    ...(readOut && dice.maybe(0.4, () => ({ angle: dice.among([0, 20, 45, 50, 90]) }))),
    ...dice.maybe(0.25, () => ({ sparsity: dice.among([0.3, 0.5]) })),
    ...(coarse && { bits: dice.among([1, 3, 5]), range: dice.among([0.6, 0.8, 1.5]) }),
  };
}

/** Undefined where no dial is turned. */
export function broadcastDials(dice: Dice): Broadcast | undefined {
  const dials: Broadcast = {
    ...dice.maybe(0.3, () => ({ threshold: dice.among([0.05, 0.1, 0.3]) })),
    ...dice.maybe(0.3, () => ({ bits: dice.among([1, 3, 6]) })),
    ...dice.maybe(0.25, () => ({ every: dice.among([2, 3]) })),
    ...dice.maybe(0.25, () => ({ drop: dice.among([0.2, 0.5]) })),
    ...dice.maybe(0.3, () => ({ delay: dice.whole(1, 4) })),
  };
  const ranged = dials.bits !== undefined && dice.happens(0.5) ? { ...dials, range: 1.5 } : dials;
  return Object.keys(ranged).length > 0 ? ranged : undefined;
}
