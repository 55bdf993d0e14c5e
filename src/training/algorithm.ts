import type { Circuit } from '../circuit/index.ts';
import { InputError, oneOf, show } from '../errors/index.ts';
import { isSnap, type SnapName } from '../solvers/index.ts';

/** What a learner learns by: the circuit's own rules, or a solver in their place. */
export type LearningAlgorithm = 'local' | 'bptt' | 'rtrl' | SnapName;

/**
 * What a learner of this name learns by.
 *
 * @param others More names that an error lists: those of the learners that are compared.
 * @throws InputError if the learner is unknown, or a rule has the name of a solver.
 */
export function algorithmOf(learner: string, circuit: Circuit, others: readonly string[] = []): LearningAlgorithm {
  const rules = [...new Set(Object.values(circuit.synapses).flatMap(({ rule }) => (rule ? [rule.name] : [])))];
  const reserved = rules.find((rule) => rule === 'local' || isSolver(rule));
  if (reserved !== undefined) {
    throw new InputError(`rule '${reserved}'`, 'has the name of a learner that is not a rule; give it another');
  }
  if (isSolver(learner)) return learner;
  if (learner === 'local' || rules.includes(learner)) return 'local';
  if (/^snap(-|$)/.test(learner)) {
    throw new InputError(
      'learner',
      `${show(learner)} is no SnAp-n: n is a whole number, 1 or more; give 'snap-1', 'snap-2', ...`,
    );
  }
  throw new InputError(
    'learner',
    `unknown learner ${show(learner)}; expected ${oneOf([...new Set([...rules, 'local', 'bptt', 'rtrl', ...others])])}, or 'snap-1', 'snap-2', ...; ` +
      "a learner's rule must be in the circuit; to compare two rules, give { rules: { recurrent: yourRule() } } in compare " +
      '(docs/guide.md#two-rules-side-by-side)',
  );
}

function isSolver(name: string): name is Exclude<LearningAlgorithm, 'local'> {
  return name === 'bptt' || name === 'rtrl' || isSnap(name);
}
