import { exp, neuron, softplus } from 'rxflo';
import { pixelNamed } from './oja.ts';

// Neurons of meta-learned plasticity, see meta-plasticity.ts: each layer computes sums that the terms of a rule read.

/**
 * A neuron of a hidden layer: its drive, the reconstruction of its rate by the layer above, the input of its error neuron, and the errors of the
 * layer below through W. `active` is the layer's summed rate 1'y, `crossing` y'W d, `driven` e'u: one interneuron each.
 */
export const pooled = neuron({
  name: 'pooled',
  params: { beta: 10 },
  ports: { forward: 'y', back: null, errors: null, crossed: null },
  state: { y: 0, r: 0, d: 0, active: 0, crossing: 0, driven: 0 },
  pools: {
    sumActive: { sum: ({ forward, beta }) => softplus(beta * forward) / beta },
    sumCrossing: { sum: ({ forward, crossed, beta }) => (softplus(beta * forward) / beta) * crossed },
    sumDriven: { sum: ({ forward, errors, beta }) => errors * (1 - exp(-softplus(beta * forward))) * forward },
  },
  // prettier-ignore
  step: ({ forward, back, errors, sumActive, sumCrossing, sumDriven, beta }) => {
    const y = softplus(beta * forward) / beta;
    return { y, r: y - back, d: errors * (1 - exp(-beta * y)), active: sumActive, crossing: sumCrossing, driven: sumDriven };
  },
  // prettier-ignore
  sends: ({ y, r, d, active, crossing, driven }) => ({ out: y, rate: y, residual: r, error: d, active, crossing, driven }),
  shows: ({ r, d, active, crossing, driven }) => ({ residual: r, error: d, active, crossing, driven }),
});

/** A pixel, whose rate is its input; it also has an error, like other units. */
export const pooledPixel = pixelNamed('pooled-pixel', null, null);

/** A softmax over its population, and its difference from the activity of a teacher. */
export const pooledChoice = neuron({
  name: 'pooled-choice',
  ports: { forward: 'y', teacher: null, crossed: null },
  state: { y: 0, d: 0, active: 0, crossing: 0, driven: 0 },
  pools: {
    top: { largest: ({ forward }) => forward },
    z: { sum: ({ forward, top }) => exp(forward - top) },
    sumActive: { sum: ({ forward, top, z }) => exp(forward - top) / z },
    sumCrossing: { sum: ({ forward, crossed, top, z }) => (exp(forward - top) / z) * crossed },
    sumDriven: { sum: ({ forward, teacher, top, z }) => (exp(forward - top) / z - teacher) * forward },
  },
  step: ({ forward, teacher, top, z, sumActive, sumCrossing, sumDriven }) => {
    const y = exp(forward - top) / z;
    return { y, d: y - teacher, active: sumActive, crossing: sumCrossing, driven: sumDriven };
  },
  sends: ({ y, d, active, crossing, driven }) => ({ out: y, rate: y, error: d, active, crossing, driven }),
  shows: ({ d, active, crossing, driven }) => ({ error: d, active, crossing, driven }),
});
