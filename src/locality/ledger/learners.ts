import { algorithmNamed, asAlgorithm, local, unknownLearner } from '../../algorithms/index.ts';
import { withRules, type Circuit, type Evaluation, type FeedbackKind, type GroupRule } from '../../circuit/index.ts';
import { InputError } from '../../errors/index.ts';
import { isAlgorithm, type LearningAlgorithm } from '../../solvers/index.ts';
import type { AuditedLearner } from '../certificate/learner.ts';

/** A learner whose costs are counted, if its name alone does not determine it. */
export interface LedgerLearner extends AuditedLearner {
  /** Rules in place of the circuit's own, by the name of the synapse group. */
  readonly rules?: Readonly<Record<string, GroupRule>>;
  /** How its rules are evaluated; absent: as each group, or its neurons, specify. */
  readonly evaluation?: Evaluation;
}

/** A learner as the ledger counts it. */
export interface CountedLearner {
  readonly name: string;
  readonly algorithm: LearningAlgorithm;
  readonly feedback: FeedbackKind;
  readonly evaluation?: Evaluation;
  /** The circuit in the form in which it is learned. */
  readonly learned: (circuit: Circuit) => Circuit;
}

/** A learner whose name ends in this uses the feedback that is not its default. */
const SUFFIXES = { '-weight-transport': 'symmetric', '-random': 'random' } as const;

/** A learner whose name ends in this evaluates its rules in this way. */
const EVALUATIONS = { '-history': 'history', '-trace': 'trace' } as const;

/**
 * A described learner, an algorithm, or the learner of this name: a rule of the circuit, or a built-in algorithm, with its usual feedback;
 * `rflo-weight-transport` and `bptt-random` use the other feedback. `rflo-history` and `rflo-random-trace` specify how rules are evaluated.
 *
 * @throws InputError if the learner is unknown.
 */
export function countedLearner(learner: string | LearningAlgorithm | LedgerLearner, circuit: Circuit): CountedLearner {
  if (typeof learner === 'string') return { ...learnerNamed(learner, circuit), learned: (given) => given };
  if (isAlgorithm(learner)) {
    return { name: learner.name, algorithm: learner, feedback: learner.feedback, learned: (given) => given };
  }
  const { name, algorithm, feedback, rules, evaluation } = learner;
  return {
    ...{ name, feedback },
    ...(evaluation && { evaluation }),
    algorithm: asAlgorithm('learner.algorithm', algorithm),
    learned: (given) => (rules ? withRules(given, rules) : given),
  };
}

function learnerNamed(name: string, circuit: Circuit): Omit<CountedLearner, 'learned'> {
  const ending = <T>(of: string, endings: Readonly<Record<string, T>>) => {
    const [suffix, means] = Object.entries(endings).find(([end]) => of.endsWith(end)) ?? ['', undefined];
    return { rest: of.slice(0, of.length - suffix.length), means };
  };
  const { rest, means: evaluation } = ending(name, EVALUATIONS);
  const { rest: base, means: other } = ending(rest, SUFFIXES);
  const rules = [...new Set(Object.values(circuit.synapses).flatMap(({ rule }) => rule?.name ?? []))];
  const algorithm = algorithmNamed(base) ?? (rules.includes(base) ? local() : undefined);
  if (algorithm && (algorithm.rules || evaluation === undefined)) {
    return { name, algorithm, feedback: other ?? algorithm.feedback, ...(evaluation && { evaluation }) };
  }
  throw new InputError('learner', unknownLearner(name, rules));
}
