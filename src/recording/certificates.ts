import { build } from '../circuit/index.ts';
import { certifyLearner, type Certificate } from '../locality/index.ts';
import type { Plan } from '../training/index.ts';

/** The certificate of each learner of a plan, on the circuit as its seed has drawn it. */
export function certificatesOf({ circuit, seed, learners }: Plan): readonly Certificate[] {
  const built = build(circuit, seed);
  return learners.map((learner) => certifyLearner(built, learner));
}
