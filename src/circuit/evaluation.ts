import { InputError, show } from '../errors/index.ts';
import type { LocalFunction } from '../local/index.ts';

/**
 * How the changes that a rule requests in a trial are computed. 'trace': every synapse steps the rule's state and requests a change in every
 * timestep. 'history', for rules that are linear in their trace: when the trial has ended, every neuron goes back through what it published,
 * and every synapse sums the products of what it was brought and what its neuron computed on the way, see History. It is the same sum, added in
 * another order: the last bits differ.
 */
export type Evaluation = 'history' | 'trace';

/**
 * A rule that is linear in its trace, computed backward in time. Its state p has p(0) = 0, and A, b, c and d depend on the postsynaptic neuron, on
 * global scalars and on parameters alone:
 *
 *     p(t) = A(t) p(t-1) + b(t) r(t),  change(t) = c(t) . p(t) + d(t) r(t)                     r: what a synapse is brought
 *     sum over t of change(t) = sum over t of g(t) r(t)                                      by ascending t, from 0
 *     g(t) = d(t) + b(t) . k(t),  k(t) = c(t) + back(t+1),  back(t) = A(t) transposed k(t)      back(T+1) = 0
 *
 * Where r is 0 nothing is added, so such a timestep may be skipped. Axons that hold their last message bring the same number for many timesteps.
 * There, by summation by parts, the differences of r are summed instead:
 *
 *     sum over t of change(t) = sum over t of R(t) m(t)          m(t) = r(t) - r(t-1), m(1) = r(1);  R(t) = g(t) + R(t+1)
 *
 * and R replaces g.
 */
export interface History {
  /** `back.NAME` of the states NAME that hand something back, then `g`; from `next.NAME`, which is `back.NAME` of the timestep after. */
  readonly text: LocalFunction;
  /** The states that hand something back. */
  readonly states: readonly string[];
  /** The path by which the rule reads r. */
  readonly brought: string;
  /** Whether an event brings the difference m of r, not r itself. */
  readonly moves: boolean;
  /** Whether it was requested; otherwise it is the default of spiking groups, which holds only for schedule 'trial'. */
  readonly asked: boolean;
}

/** What a neuron's g is called in errors. */
export const WHAT_COUNTS = 'what an event counts for its synapses';

/** NAME, if the path is `next.NAME`; otherwise undefined. */
export function handedBack(path: string): string | undefined {
  return path.startsWith(NEXT) ? path.slice(NEXT.length) : undefined;
}

export const NEXT = 'next.';

/** @throws InputError if it is neither 'history' nor 'trace'. */
export function checkEvaluationName(place: string, evaluation: unknown): void {
  if (evaluation === 'history' || evaluation === 'trace') return;
  throw new InputError(place, `expected 'history' or 'trace', got ${show(evaluation)}`);
}
