import {
  descends,
  type BuiltCircuit,
  type BuiltGroup,
  type Carried,
  type GroupParameters,
  type GroupWeights,
} from '../circuit/index.ts';
import { RunError } from '../errors/index.ts';
import { Bptt } from '../solvers/index.ts';
import type { Trial } from '../tasks/index.ts';

/** What a learner did to the weights in one trial. */
export interface TrialUpdate {
  readonly trial: Trial;
  readonly before: GroupWeights;
  readonly after: GroupWeights;
  /** The tunable parameters of its rules in this trial. By default those that the rules have. */
  readonly parameters?: GroupParameters;
  /** What its engine carried from earlier trials. Absent: the trial started from the initial state. */
  readonly carried?: Carried;
}

/** Measures the gradient alignment of one circuit's learner repeatedly. */
export interface GradientAlignmentMeter {
  /** The groups that are compared: those that exact gradient descent changes, in circuit order. */
  readonly groups: readonly string[];
  /**
   * The cosine over the weights of all these groups together, then that of each, [1 + groups]: -1..1.
   * NaN if one of the two changes is all 0, or not finite.
   */
  readonly measure: (update: TrialUpdate) => Float64Array;
}

/**
 * Gradient alignment: the cosine between the change that a learner made to the weights in a trial, and the one that exact gradient
 * descent makes at the same weights, on the same trial and with the same learning rates, -eta dL/dw (BPTT, symmetric feedback,
 * schedule 'trial'). For a learner that changes weights within the trial, it uses the sum of its changes. Marschall, Cho & Savin (2020).
 *
 * Bounds, bits and other dials on weights limit the learner's change, but not the exact one. The measurement has a solver of its own, so
 * the learner is not affected.
 *
 * @throws InputError if a rule of the circuit has no learning rate.
 */
export function gradientAlignmentMeter(circuit: BuiltCircuit): GradientAlignmentMeter {
  const groups = descendedGroups(circuit.groups);
  const bptt = new Bptt(circuit, { schedule: 'trial', feedback: 'symmetric' });
  const descent = ({ before, trial, parameters = {}, carried }: TrialUpdate): GroupWeights | null => {
    bptt.setWeights(before);
    if (carried) bptt.setCarried(carried);
    for (const name of groups) if (Object.hasOwn(parameters, name)) bptt.tune(name, parameters[name]);
    try {
      return bptt.descent(trial);
    } catch (error) {
      if (error instanceof RunError) return null; // the learner's own trial must not fail because of it
      throw error;
    }
  };
  return {
    groups,
    measure: (update) => {
      const { before, after } = update;
      const exact = descent(update);
      if (!exact) return new Float64Array(1 + groups.length).fill(NaN);
      const products = groups.map((name) => productsOf(before[name], after[name], exact[name]));
      return Float64Array.from([products.reduce(sum, NOTHING), ...products], cosine);
    },
  };
}

/** The gradient alignment of one trial: over all groups, and by group; null where it is not defined. */
export function gradientAlignment(
  circuit: BuiltCircuit,
  update: TrialUpdate,
): { readonly all: number | null; readonly groups: Readonly<Record<string, number | null>> } {
  const { groups, measure } = gradientAlignmentMeter(circuit);
  const [all, ...each] = Array.from(measure(update), (value) => (Number.isNaN(value) ? null : value));
  return { all, groups: Object.fromEntries(groups.map((name, g) => [name, each[g]])) };
}

/** The names of those groups that exact gradient descent changes. @throws InputError if a rule has no learning rate. */
export function descendedGroups(groups: readonly Pick<BuiltGroup, 'name' | 'rule' | 'atOnce'>[]): readonly string[] {
  return groups.filter((group) => descends(group, 'gradient alignment')).map(({ name }) => name);
}

/** The inner products of two changes: with each other, and each with itself. */
interface Products {
  readonly dot: number;
  readonly own: number;
  readonly exact: number;
}

const NOTHING: Products = { dot: 0, own: 0, exact: 0 };

function productsOf(before: Float64Array, after: Float64Array, descent: Float64Array): Products {
  let [dot, own, exact] = [0, 0, 0];
  for (let k = 0; k < before.length; k++) {
    const [a, b] = [after[k] - before[k], descent[k]];
    dot += a * b;
    own += a * a;
    exact += b * b;
  }
  return { dot, own, exact };
}

function sum(one: Products, other: Products): Products {
  return { dot: one.dot + other.dot, own: one.own + other.own, exact: one.exact + other.exact };
}

function cosine({ dot, own, exact }: Products): number {
  const norms = Math.sqrt(own) * Math.sqrt(exact);
  return norms > 0 && norms < Infinity ? Math.max(-1, Math.min(1, dot / norms)) : NaN;
}
