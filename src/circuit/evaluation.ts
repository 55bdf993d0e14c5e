import { InputError, show } from '../errors/index.ts';
import type { LocalFunction } from '../local/index.ts';

/**
 * How what a trial's rule asks for is found. 'trace': every synapse steps the rule's state and asks in every timestep. 'history': of a rule
 * that is linear in its trace; when the trial has ended, every neuron goes back through what it published, and every synapse sums up what it
 * was brought times what its neuron made of that, see History. The same sum, in another order of adding: the last bits differ.
 */
export type Evaluation = 'history' | 'trace';

/**
 * A rule that is linear in its trace, the other way round. Its state p has p(0) = 0, and A, b, c and d depend on the postsynaptic neuron, on
 * global scalars and on parameters alone:
 *
 *     p(t) = A(t) p(t-1) + b(t) r(t),  change(t) = c(t) . p(t) + d(t) r(t)                     r: what a synapse is brought
 *     sum over t of change(t) = sum over t of g(t) r(t)                                      by ascending t, from 0
 *     g(t) = d(t) + b(t) . k(t),  k(t) = c(t) + back(t+1),  back(t) = A(t) transposed k(t)      back(T+1) = 0
 *
 * So where r is 0 nothing is added, whether that timestep is visited or not. Axons that hold what they sent last bring the same number for long:
 * there, by parts, it is what that number moves by which is summed up,
 *
 *     sum over t of change(t) = sum over t of R(t) d(t)          d(t) = r(t) - r(t-1), d(1) = r(1);  R(t) = g(t) + R(t+1)
 *
 * and R stands in the place of g.
 */
export interface History {
  /** `back.NAME` of the states NAME that hand something back, then `g`; from `next.NAME`, which is `back.NAME` of the timestep after. */
  readonly text: LocalFunction;
  /** The states that hand something back. */
  readonly states: readonly string[];
  /** Where the rule finds r, as it names it. */
  readonly brought: string;
  /** Whether what an event brings is what r has moved by. */
  readonly moves: boolean;
  /** Whether it was asked for; else it is how spiking groups are evaluated where nothing is said, and holds for schedule 'trial' alone. */
  readonly asked: boolean;
}

/** What a neuron's g is called in errors. */
export const WHAT_COUNTS = 'what an event counts for its synapses';

/** What `next.NAME` reads, by the path; undefined: another number. */
export function handedBack(path: string): string | undefined {
  return path.startsWith(NEXT) ? path.slice(NEXT.length) : undefined;
}

export const NEXT = 'next.';

/** @throws InputError if it is neither 'history' nor 'trace'. */
export function checkEvaluationName(place: string, evaluation: unknown): void {
  if (evaluation === 'history' || evaluation === 'trace') return;
  throw new InputError(place, `expected 'history' or 'trace', got ${show(evaluation)}`);
}
