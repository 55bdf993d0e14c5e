/**
 * Why the gradient of a fixed point is a bad direction, after Zhu & Rosenbaum, Neural Computation 36(8):1568 (2024), in a linear network r = W r + d:
 * J(W) has a pole wherever an eigenvalue of W is 1, and dW1 runs into it; dW2 and dW3 descend a bowl, J as a function of (I - W)^-1.
 *
 *     rule    dW1 is the gradient, dW2 steepest descent on (I - W)^-1 by two inverses, dW3 its approximation by two numbers per neuron; dW4 is the
 *             same here, but computed by other synapses, so it differs in the last bits
 *     by      'settling': circuits in which the network settles (dW2 by inverses of the settled state); 'formulas': dW1, dW2 and dW3 computed with
 *             inverses, whether or not the network would settle; faster for large networks
 *
 *     npm run -s rxflo -- sweep scenarios/rosenbaum-singularities.ts
 *
 * A trial is the whole batch: each sample lasts until the network has settled. figures/singularities.ts draws J between such poles.
 */
import { InputError, normal, scenario, stream, type LearningAlgorithm, type Task } from 'rxflo';
import { fixedPoints, reparameterised, type LocalRule } from './systems/fixed-points.ts';
import { byFormula, FORMULAS, type Formula } from './systems/linear-fixed-points.ts';
import { singular } from './systems/singular.ts';
import { whole } from './systems/whole.ts';

const RULES: Readonly<Record<string, LocalRule>> = {
  dW1: 'gradient',
  dW2: 'linearized',
  dW3: 'linearized',
  dW4: 'linearized-b',
};

function ruleNamed(name: string): LocalRule {
  if (Object.hasOwn(RULES, name)) return RULES[name];
  throw new InputError('option rule', `'${name}' is unknown; give one of ${Object.keys(RULES).join(', ')}`);
}

function isFormula(rule: string): rule is Formula {
  return FORMULAS.some((formula) => formula === rule);
}

/** The learner for a rule, according to `by`. */
function learnerOf(rule: string, by: string): 'local' | { readonly learner: LearningAlgorithm } {
  if (by === 'settling') return rule === 'dW2' ? { learner: reparameterised } : 'local';
  if (by !== 'formulas') throw new InputError('option by', `'${by}' is unknown; give settling or formulas`);
  if (isFormula(rule)) return { learner: byFormula(rule) };
  throw new InputError('option rule', `'${rule}' has no formula of its own; give one of ${FORMULAS.join(', ')}`);
}

/** The same samples in every trial, for all rules and seeds. */
function batch(units: number, samples: number): Task {
  const { drives, targets } = singular(units, whole('samples', samples), stream(1, 'singularities'));
  const trial = {
    timesteps: samples,
    input: Float64Array.from(drives.flatMap((drive, k) => [...drive, ...targets[k]])),
    target: Float64Array.from(targets.flat()),
  };
  return { name: 'batch', inputs: 2 * units, outputs: units, settings: { units, samples }, trial: () => trial };
}

export default scenario({
  title: 'Fixed points and their singularities',
  options: { rule: 'dW3', rate: 0.3, by: 'settling', units: 20, samples: 10, gain: 0.75, moves: 1e-7 },
  circuit: ({ rule, rate, units, gain, moves }) =>
    fixedPoints({
      ...{
        units: whole('units', units),
        gain: 'linear',
        rule: ruleNamed(rule),
        eta: rate,
        step: 0.5,
        moves,
        most: 400,
      },
      weights: normal({ sd: gain / Math.sqrt(units) }),
    }),
  task: ({ units, samples }) => batch(units, samples),
  trials: 300,
  feedback: 'random',
  compare: ({ rule, by }) => [learnerOf(rule, by)],
  sweep: { grid: { rule: Object.keys(RULES), rate: [0.1, 0.3, 1, 3, 10] }, seeds: 5 },
  quick: {
    trials: 30,
    seeds: 1,
    grid: { rule: Object.keys(RULES), rate: [0.3, 3] },
    settings: { units: 8, samples: 4 },
  },
});
