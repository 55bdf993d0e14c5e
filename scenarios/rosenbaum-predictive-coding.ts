/**
 * Predictive coding compared with backpropagation, after Rosenbaum, PLoS ONE 17(3):e0266102 (2022): each image is shown for `sweeps` sweeps of
 * inference, followed by one weight update.
 *
 *     algorithm   'Exact' is backprop; 'FixedPred' keeps the predictions of the forward pass during inference; 'Strict' does not
 *     sweeps, eta the number of sweeps of inference, and the step size of beliefs in each
 *
 *     npm run -s rxflo -- sweep scenarios/rosenbaum-predictive-coding.ts
 *
 * figures/predictive-coding.ts draws the effect of inference on one sample.
 */
import { constant, InputError, scenario, uniform } from 'rxflo';
import { CLASSES, imageTask, PIXELS } from './systems/images.ts';
import { codingCircuit } from './systems/predictive-coding.ts';

const SIZES = [PIXELS, 100, 50, 30, CLASSES];
const LAYERS = SIZES.length - 1;

/** Exact is FixedPred with a step size of 1 and one sweep per layer. */
function inference(algorithm: string, sweeps: number, eta: number) {
  if (algorithm === 'Exact') return { fixed: true, n: LAYERS, eta: 1 };
  if (algorithm === 'FixedPred') return { fixed: true, n: sweeps, eta };
  if (algorithm === 'Strict') return { fixed: false, n: sweeps, eta };
  throw new InputError('option algorithm', `'${algorithm}' is unknown; give Exact, FixedPred or Strict`);
}

export default scenario({
  title: 'Predictive coding against backpropagation',
  options: { algorithm: 'FixedPred', rate: 0.03, sweeps: 20, eta: 0.1, images: '', tests: 200 },
  circuit: ({ algorithm, rate, sweeps, eta }) =>
    codingCircuit({
      ...{ sizes: SIZES, beta: 10, loss: 'cross-entropy', rate, ...inference(algorithm, sweeps, eta) },
      // Xavier initialisation.
      layers: SIZES.slice(1).map((size, k) => {
        const most = Math.sqrt(6 / (size + SIZES[k]));
        const activation = k + 1 === LAYERS ? 'linear' : 'relu';
        return { weights: uniform(-most, most), bias: constant(0), activation };
      }),
    }),
  task: ({ images, tests }) => imageTask(images, tests, { teacher: true }),
  trials: 4_000,
  feedback: 'random',
  compare: ['local'],
  engine: 'kernels',
  sweep: {
    grid: { algorithm: ['Exact', 'FixedPred', 'Strict'], rate: [0.01, 0.03, 0.1] },
    ...{ best: 'rate', score: 'accuracy', seeds: 5 },
  },
  quick: { trials: 400, seeds: 1, grid: { algorithm: ['Exact', 'FixedPred', 'Strict'], rate: [0.03] } },
});
