import { InputError, oneOf, onlyFields, show } from '../errors/index.ts';
import type { Population } from '../neurons/index.ts';
import type { Optimiser } from '../optimisers/index.ts';
import { checkRule, type PlasticityRule } from '../rules/index.ts';
import { checkModelled, LONGEST_LINE } from './checks.ts';
import { checkSeenOfError } from './ends.ts';
import { checkBroadcast, type Broadcast } from './dials/broadcast.ts';
import { checkFeedbackDials, type FeedbackDials } from './dials/feedback-weights.ts';
import { checkGroupOptimiser } from './take-up.ts';
import { checkedWeights, type CheckedWeights, type Weights } from './initial-weights.ts';

/** Weights that bring an output population's error to the neurons of another population: fixed, unless `angle` or `rule` is given. */
export interface Feedback<Name extends string = string> extends FeedbackDials {
  /** The output population whose error is sent. */
  readonly from: Name;
  /** The population whose neurons receive it. */
  readonly to: Name;
  /** B as drawn: row = receiving neuron, column = output neuron. Left out only where `shares` is given. */
  readonly weights?: Weights;
  /** The name of another feedback whose B this one uses: several populations share one matrix, so both are of the same shape. */
  readonly shares?: string;
  /**
   * How B is relearned: as the weights of synapses from the axons that bring the error to the neurons. They see the error as it arrives as
   * `pre.rate`, and of their neuron what every synapse sees; they transmit nothing. For example kolenPollackFeedback().
   */
  readonly rule?: PlasticityRule;
  /** Transforms the changes that the rule requests, as in a synapse group. By default they are added unchanged. */
  readonly optimiser?: Optimiser;
  /** How the error is sent. Default: at every timestep, at once and unchanged. */
  readonly broadcast?: Broadcast;
}

/** Feedback, checked. */
export type CheckedFeedback = Omit<Feedback, 'weights'> & { readonly weights?: CheckedWeights };

type Neurons = Readonly<Record<string, Population>>;

const FIELDS = [
  'from',
  'to',
  'weights',
  'angle',
  'sparsity',
  'bits',
  'range',
  'shares',
  'rule',
  'optimiser',
  'broadcast',
];

/** Checks what does not depend on other feedback. @throws InputError naming the field that is wrong. */
export function checkFeedback(place: string, entry: Feedback, neurons: Neurons): void {
  onlyFields(place, entry, FIELDS);
  const { from, to, rule, optimiser, broadcast } = entry;
  checkModelled(`${place}.from`, from, neurons);
  checkModelled(`${place}.to`, to, neurons);
  checkFeedbackDials(place, entry);
  if (rule !== undefined) checkRule(`${place}.rule`, rule);
  if (optimiser !== undefined) checkGroupOptimiser(`${place}.optimiser`, entry);
  if (broadcast !== undefined) {
    checkBroadcast(`${place}.broadcast`, broadcast, Math.floor(LONGEST_LINE / neurons[from].size));
  }
}

/**
 * Where B comes from: drawn weights, which may be turned from the readout or relearned, or another feedback. `place` is where the entry, or its rule,
 * was given.
 *
 * @throws InputError if it does not fit.
 */
export function checkSource(
  place: string,
  name: string,
  feedback: Readonly<Record<string, Feedback>>,
  neurons: Neurons,
  synapses: Readonly<Record<string, { readonly from: string; readonly to: string }>>,
): CheckedFeedback {
  const { weights, ...entry } = feedback[name];
  const { from, to, shares, angle, rule } = entry;
  if (shares !== undefined) {
    checkShares(place, name, feedback, neurons);
    return entry;
  }
  if (weights === undefined) {
    throw new InputError(`${place}.weights`, 'is missing; give a distribution, such as normal({ sd: 1 }), or a matrix');
  }
  const shape = { rows: neurons[to].size, columns: neurons[from].size };
  const checked = { ...feedback[name], weights: checkedWeights(`${place}.weights`, weights, shape) };
  if (rule !== undefined) checkSeenOfError(`${place}.rule`, rule, neurons[to]);
  if (angle === undefined) return checked;
  if (rule !== undefined) {
    const problem = "relearns weights that are held at an angle to the readout's; give the angle or the rule, not both";
    throw new InputError(`${place}.rule`, problem);
  }
  if (!Object.values(synapses).some((group) => group.from === to && group.to === from)) {
    throw new InputError(
      `${place}.angle`,
      `is measured to the weights from '${to}' to '${from}', but the circuit has none; leave it out for random feedback`,
    );
  }
  return checked;
}

function checkShares(
  place: string,
  name: string,
  feedback: Readonly<Record<string, Feedback>>,
  neurons: Neurons,
): void {
  const { shares = '', ...own } = feedback[name];
  const others = Object.keys(feedback).filter((other) => other !== name && feedback[other].shares === undefined);
  if (!others.includes(shares)) {
    const right = others.length > 0 ? `expected ${oneOf(others)}` : 'the circuit has no other feedback; give weights';
    throw new InputError(
      `${place}.shares`,
      `${show(shares)} is not another feedback with weights of its own; ${right}`,
    );
  }
  const theirs = (['weights', 'angle', 'sparsity', 'bits', 'range', 'rule', 'optimiser'] as const).find(
    (key) => own[key] !== undefined,
  );
  if (theirs !== undefined) {
    throw new InputError(`${place}.${theirs}`, `is taken from '${shares}', whose weights are shared; set it there`);
  }
  const other = feedback[shares];
  const [[rows, columns], [wanted, width]] = [own, other].map(({ from, to }) => [neurons[to].size, neurons[from].size]);
  if (rows !== wanted || columns !== width) {
    throw new InputError(
      `${place}.shares`,
      `'${shares}' has ${wanted} by ${width} weights, but ${rows} by ${columns} are needed here; share only between populations of the same sizes`,
    );
  }
}
