/**
 * Learning the fixed points of a recurrent network, after Zhu & Rosenbaum, Neural Computation 36(8):1568 (2024): the Euclidean gradient (dW1)
 * compared with the linearised rules (dW3, dW4), each at several rates. Every image is shown until the network has settled.
 *
 *     npm run -s rxflo -- sweep scenarios/rosenbaum-fixed-points.ts
 */
import { InputError, normal, scenario } from 'rxflo';
import { fixedPoints, type LocalRule } from './systems/fixed-points.ts';
import { CLASSES, imageTask, PIXELS } from './systems/images.ts';
import { whole } from './systems/whole.ts';

const RULES: Readonly<Record<string, LocalRule>> = { dW1: 'gradient', dW3: 'linearized', dW4: 'linearized-b' };

function ruleNamed(name: string): LocalRule {
  if (Object.hasOwn(RULES, name)) return RULES[name];
  throw new InputError('option rule', `'${name}' is unknown; give one of ${Object.keys(RULES).join(', ')}`);
}

export default scenario({
  title: 'Fixed points by reparameterised rules',
  options: { rule: 'dW3', rate: 0.1, units: 60, gain: 0.5, moves: 1e-6, images: '', tests: 200 },
  circuit: ({ rule, rate, units, gain, moves }) =>
    fixedPoints({
      ...{ units: whole('units', units), gain: 'tanh', rule: ruleNamed(rule), eta: rate, step: 0.25, moves, most: 300 },
      weights: normal({ sd: gain / Math.sqrt(units) }),
      shown: { inputs: PIXELS, weights: normal({ sd: 1 / Math.sqrt(PIXELS) }) },
      readout: { classes: CLASSES, weights: normal({ sd: 1 / Math.sqrt(units) }) },
    }),
  task: ({ images, tests }) => imageTask(images, tests, { teacher: true, outputs: 'probabilities' }),
  trials: 4_000,
  batch: 20,
  feedback: 'random',
  compare: ['local'],
  engine: 'kernels',
  sweep: { grid: { rule: ['dW1', 'dW3', 'dW4'], rate: [0.01, 0.03, 0.1, 0.3] }, score: 'accuracy', seeds: 5 },
  quick: { trials: 400, seeds: 1, grid: { rule: ['dW1', 'dW3', 'dW4'], rate: [0.1, 0.3] } },
});
