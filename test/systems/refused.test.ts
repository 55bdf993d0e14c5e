import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import fixedPoint from '../../scenarios/problems/rosenbaum-fixed-point.ts';
import plasticity from '../../scenarios/problems/rosenbaum-meta-plasticity.ts';
import oja from '../../scenarios/problems/rosenbaum-oja.ts';
import coding from '../../scenarios/problems/rosenbaum-predictive-coding.ts';
import reservoir from '../../scenarios/problems/rosenbaum-supertrex.ts';
import online from '../../scenarios/problems/rxflo-online.ts';
import published from '../../scenarios/problems/rxflo-spiking-published.ts';
import spiking from '../../scenarios/problems/rxflo-spiking.ts';
import { problemFields } from '../../src/recording/index.ts';
import { refusal } from '../refusal.ts';

/** A problem of the reference vectors with other values at these places, `a.b.0`. */
function changed(name: string, changes: Readonly<Record<string, unknown>>): unknown {
  const file = new URL(`../golden/${name}.json`, import.meta.url);
  const { problem } = JSON.parse(readFileSync(file, 'utf8')) as { readonly problem: object };
  for (const [place, value] of Object.entries(changes)) {
    const names = place.split('.');
    const holder = names.slice(0, -1).reduce<object>((held, key) => Reflect.get(held, key) as object, problem);
    Reflect.set(holder, names[names.length - 1], value);
  }
  return problem;
}

const [PC, FIXED] = ['rosenbaum/pc-exact', 'rosenbaum/fixed-point-linear-gradient'];
const [FORCE, ARM] = ['rosenbaum/supertrex-force', 'rosenbaum/supertrex-task2-arm'];
const TWO = { kind: 'arm', lengths: [1, 1], origin: [0, 0] };
const ALIKE = 'marschall/alignment-matrix';
const MIRROR = 'marschall/compartments-mirror';
const SPIKING = 'spiking/alif-classify-random-adam';

describe('problems are refused', () => {
  it.each([
    [oja, 'rosenbaum/oja-only', { samples: [] }, /^p: samples: is empty/],
    [plasticity, 'rosenbaum/meta-pool', { 'episodes.0.query': [] }, /^p: episodes\[0\].query: is empty/],
    [plasticity, 'rosenbaum/meta-pool', { 'adam.beta1': 1 }, /^p: adam.beta1: 1 is not a finite number from 0 to 0.99/],
    [plasticity, 'rosenbaum/meta-pool', { 'adam.epsilon': -1 }, /^p: adam.epsilon: -1 is not .* 0 or more/],
    [
      plasticity,
      'rosenbaum/meta-pool',
      { 'episodes.1.feedback': 'symmetric' },
      /^p: episodes\[1\].feedback: is a word/,
    ],
    // An output for each segment, or for each coordinate; FORCE has to know where each output should be.
    [reservoir, ARM, { 'plant.lengths': [1, 1, 1] }, /^p: feedback\[0\]: has 2 entries; give 3, .* segment/],
    [reservoir, ARM, { 'plant.lengths': [] }, /^p: plant.lengths: is empty/],
    [reservoir, ARM, { plant: { kind: 'direct' }, feedback: Array(8).fill([1]) }, /^p: feedback\[0\]: has 1 .* give 2/],
    [reservoir, FORCE, { plant: TWO }, /^p: plant.kind: is 'arm'; give 'direct' for force/],
    [reservoir, FORCE, { 'constants.gamma': 5e-324 }, /^p: constants.gamma: 5e-324 is not .* 1e-300 or more/],
    [coding, PC, { 'samples.0.label': 4 }, /^p: samples\[0\].label: 4 is not a whole number from 0 to 3/],
    [
      coding,
      PC,
      { 'samples.0.target': [0, 1, 0, 0] },
      /^p: samples\[0\].target\[0\]: is 0, but the label is 0; give 1/,
    ],
    [fixedPoint, FIXED, { 'weights.0.0': 50 }, /^p: weights: have an eigenvalue of real part .* below 1/],
    [fixedPoint, FIXED, { 'weights.0.0': 1e308 }, /^p: weights\[0\]\[0\]: 1e\+308 is not .* to 1000000/],
    [fixedPoint, FIXED, { gain: 'tanh' }, /^p: dynamics.kind: 'solve' is not 'euler'/],
    [
      online,
      'marschall/rtrl-gradient',
      { 'learning.trials': 2 },
      /^p: learning.trials: is 2, but schedule 'none' changes nothing/,
    ],
    [online, ALIKE, { 'pastFacing.1': 'x' }, /^p: pastFacing\[1\]: 'x' is not 'rtrl', /],
    [online, ALIKE, { learners: Object.fromEntries(Array(101).entries()) }, /^p: learners: has 101 learners; give 100/],
    [online, ALIKE, { 'order.1': 'rtrl' }, /^p: order\[1\]: 'rtrl' is listed twice/],
    [online, ALIKE, { 'learners.uoro.epsilon': 0 }, /^p: learners.uoro.epsilon: is 0, .* or give initial/],
    [online, ALIKE, { 'learners.node-perturbation.sigma': 0 }, /^p: learners.node-perturbation.sigma: 0 is not/],
    [online, MIRROR, { 'network.w_rec.0': [1] }, /^p: network.w_rec\[0\]: has 1 entry; give 6, one for each row/],
    [online, MIRROR, { 'learning.trials': 10_000_000 }, /^p: learning.trials: is 10000000, but voltages are printed/],
    [online, MIRROR, { 'learning.backward': 'tied' }, /^p: learning.initial.backward: is not the transpose of predict/],
    [
      published,
      'spiking/published-evidence',
      { 'learning.adam.beta1': 1 },
      /^p: learning.adam.beta1: 1 is not .* to 0.99/,
    ],
    [spiking, SPIKING, { 'learning.window': [50, 10] }, /^p: learning.window: \[50, 10\] ends before it begins/],
    [spiking, SPIKING, { 'network.width': 0 }, /^p: network.width: 0 is not a finite number above 0$/],
    [
      spiking,
      SPIKING,
      { 'network.w_rec.0': [0, 1] },
      /^p: network.w_rec\[0\]: has 2 entries; give 6, one for each row/,
    ],
    [spiking, SPIKING, { 'network.w_in': 'NaN' }, /^p: network.w_in: 'NaN' is not a list of 6 rows of numbers, one/],
    [spiking, SPIKING, { 'task.target': 1 }, /^p: task.target: 1 is not a list of 60 rows of numbers, one/],
  ])('with a reason, case %#', (format, name, changes, reason) => {
    const opened = { problem: changed(name, changes), wrapped: false, format: format.format };
    const read = () => {
      const problem = problemFields('p', opened);
      problem.choice('format', [format.format]);
      format.read(problem);
    };
    expect(refusal(read)).toMatch(reason);
  });
});
