import { algorithmNamed, local, unknownLearner } from '../algorithms/index.ts';
import type { Circuit } from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import { checkAlgorithm, type LearningAlgorithm } from '../solvers/index.ts';

/**
 * The algorithm that a learner learns by: the given one, or the one with this name. A rule's name means all of the circuit's own rules.
 *
 * @param others Further names that an error lists: those of the compared learners.
 * @throws InputError if the learner is unknown, or a rule and an algorithm have the same name.
 */
export function algorithmOf(
  learner: string | LearningAlgorithm,
  circuit: Circuit,
  others: readonly string[] = [],
): LearningAlgorithm {
  const rules = [...new Set(Object.values(circuit.synapses).flatMap(({ rule }) => (rule ? [rule.name] : [])))];
  const reserved = rules.find((rule) => algorithmNamed(rule));
  if (reserved !== undefined) {
    throw new InputError(`rule '${reserved}'`, 'has the name of a built-in algorithm; give the rule another name');
  }
  if (typeof learner !== 'string') {
    checkAlgorithm('learner', learner);
    if (!rules.includes(learner.name)) return learner;
    throw new InputError(
      `algorithm '${learner.name}'`,
      'has the name of a rule of the circuit; give the algorithm another name',
    );
  }
  const algorithm = rules.includes(learner) ? local() : algorithmNamed(learner);
  if (algorithm) return algorithm;
  const advice =
    "; a learner's rule must be in the circuit; to compare two rules, give { rules: { recurrent: yourRule() } } in compare " +
    '(docs/guide.md#two-rules-side-by-side)';
  throw new InputError('learner', unknownLearner(learner, rules, { others, advice }));
}
