import { build } from '../circuit/index.ts';
import { certifyLearner, type Certificate } from '../locality/index.ts';
import { learnedCircuit, type Plan } from '../training/index.ts';

/** The certificate of each learner of a plan, on the circuit with the learner's rules, drawn with the plan's seed. */
export function certificatesOf({ circuit, seed, learners }: Plan): readonly Certificate[] {
  return learners.map((learner) => {
    const { rules, evaluation } = learner;
    return certifyLearner(build(learnedCircuit(circuit, rules), seed, { ...(evaluation && { evaluation }) }), learner);
  });
}
