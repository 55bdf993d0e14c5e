import { algorithmNamed, asAlgorithm, local, unknownLearner } from '../../algorithms/index.ts';
import { withRules, type Circuit, type FeedbackKind, type GroupRule } from '../../circuit/index.ts';
import { InputError } from '../../errors/index.ts';
import { isAlgorithm, type LearningAlgorithm } from '../../solvers/index.ts';
import type { AuditedLearner } from '../certificate/learner.ts';

/** A learner whose costs are to be counted, where its name does not say all. */
export interface LedgerLearner extends AuditedLearner {
  /** Rules in place of the circuit's own, by the name of the synapse group. */
  readonly rules?: Readonly<Record<string, GroupRule>>;
}

/** A learner as the ledger counts it. */
export interface CountedLearner {
  readonly name: string;
  readonly algorithm: LearningAlgorithm;
  readonly feedback: FeedbackKind;
  /** The circuit as it learns it. */
  readonly learned: (circuit: Circuit) => Circuit;
}

/** With this behind its name, a learner takes the feedback that is not its own. */
const SUFFIXES = { '-weight-transport': 'symmetric', '-random': 'random' } as const;

/**
 * A learner as it is described, or an algorithm, or the learner of this name: a rule of the circuit, or a built-in algorithm, with its usual feedback;
 * `rflo-weight-transport` and `bptt-random` the other way round.
 *
 * @throws InputError if there is none.
 */
export function countedLearner(learner: string | LearningAlgorithm | LedgerLearner, circuit: Circuit): CountedLearner {
  if (typeof learner === 'string') return { ...learnerNamed(learner, circuit), learned: (given) => given };
  if (isAlgorithm(learner)) {
    return { name: learner.name, algorithm: learner, feedback: learner.feedback, learned: (given) => given };
  }
  const { name, algorithm, feedback, rules } = learner;
  return {
    ...{ name, feedback },
    algorithm: asAlgorithm('learner.algorithm', algorithm),
    learned: (given) => (rules ? withRules(given, rules) : given),
  };
}

function learnerNamed(name: string, circuit: Circuit): Omit<CountedLearner, 'learned'> {
  const [suffix, other] = Object.entries(SUFFIXES).find(([end]) => name.endsWith(end)) ?? ['', undefined];
  const base = name.slice(0, name.length - suffix.length);
  const rules = [...new Set(Object.values(circuit.synapses).flatMap(({ rule }) => rule?.name ?? []))];
  const algorithm = algorithmNamed(base) ?? (rules.includes(base) ? local() : undefined);
  if (algorithm) return { name, algorithm, feedback: other ?? algorithm.feedback };
  throw new InputError('learner', unknownLearner(name, rules));
}
