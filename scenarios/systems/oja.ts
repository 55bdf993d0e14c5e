import {
  circuit,
  constant,
  exp,
  input,
  log,
  loss,
  neuron,
  oneToOne,
  plasticityRule,
  softplus,
  transposeOf,
  type Circuit,
  type Distribution,
  type PlasticityRule,
  type SynapseGroup,
  type NeuronMaker,
} from 'rxflo';

/**
 * A neuron of a hidden layer, with three compartments: its drive, the reconstruction of its rate by the layer above, and errors from error neurons.
 * The slope of softplus follows from the rate alone.
 */
export const unit = neuron({
  name: 'unit',
  params: { beta: 10 },
  ports: { forward: 'y', back: 'r', errors: 'd' },
  state: { y: 0, r: 0, d: 0 },
  step: ({ forward, back, errors, beta }) => {
    const y = softplus(beta * forward) / beta;
    return { y, r: y - back, d: errors * (1 - exp(-beta * y)) };
  },
  sends: ({ y, r, d }) => ({ out: y, rate: y, residual: r, error: d }),
  shows: ({ r, d }) => ({ residual: r, error: d }),
});

/** The same for a pixel, whose rate is its input; with the states to which its ports `back` and `errors` lead. */
export const pixelNamed = (
  name: string,
  back: 'r' | null,
  errors: 'd' | null,
): NeuronMaker<{ beta: number }, Record<'y' | 'r' | 'd', number>> =>
  neuron({
    name,
    params: { beta: 10 },
    ports: { forward: 'y', back, errors },
    state: { y: 0, r: 0, d: 0 },
    step: ({ forward, back, errors, beta }) => ({
      y: forward,
      r: forward - back,
      d: errors * (1 - exp(-beta * forward)),
    }),
    sends: ({ y, r, d }) => ({ out: y, rate: y, residual: r, error: d }),
    shows: ({ r, d }) => ({ residual: r, error: d }),
  });

export const pixel = pixelNamed('pixel', 'r', 'd');

/** A pixel to which no errors come back. */
export const pixelWithoutErrors = neuron({
  name: 'pixel-without-errors',
  params: {},
  ports: { forward: 'y', back: 'r' },
  state: { y: 0, r: 0, d: 0 },
  step: ({ forward, back }) => ({ y: forward, r: forward - back, d: 0 }),
  sends: ({ y, r, d }) => ({ out: y, rate: y, residual: r, error: d }),
  shows: ({ r, d }) => ({ residual: r, error: d }),
});

/** A softmax over its population, and its difference from the activity of a teacher. */
export const choice = neuron({
  name: 'choice',
  params: {},
  ports: { forward: 'y', teacher: 'd' },
  state: { y: 0, d: 0 },
  pools: { top: { largest: ({ forward }) => forward }, z: { sum: ({ forward, top }) => exp(forward - top) } },
  step: ({ forward, teacher, top, z }) => {
    const y = exp(forward - top) / z;
    return { y, d: y - teacher };
  },
  sends: ({ y, d }) => ({ out: y, rate: y, error: d }),
  shows: ({ d }) => ({ error: d }),
});

export interface OjaRates {
  /** theta_0 for error times rate, theta_2 for error times error, theta_9 for Oja's rule. */
  readonly error: number;
  readonly hebbianError: number;
  readonly oja: number;
}

const NO_RATES = { error: 0, hebbianError: 0, oja: 0 };

/** Error-driven learning and Oja's subspace rule: dW_ij = -theta_0 e_i x_j - theta_2 e_i d_j + theta_9 y_i (x_j - sum_k W_kj y_k). */
export const forwardRule = plasticityRule({
  name: 'error-and-oja',
  params: NO_RATES,
  sees: { pre: ['residual', 'error'], post: ['error'] },
  change: ({ pre, post, error, hebbianError, oja }) =>
    oja * post.out * pre.residual - error * post.error * pre.rate - hebbianError * post.error * pre.error,
});

/** The same with pre and post swapped. Weights that start as the transpose of W remain so, without weight transport. */
export const backwardRule = plasticityRule({
  name: 'error-and-oja-backward',
  params: NO_RATES,
  sees: { pre: ['error'], post: ['residual', 'error'] },
  change: ({ pre, post, error, hebbianError, oja }) =>
    oja * pre.rate * post.residual - error * pre.error * post.out - hebbianError * pre.error * post.error,
});

/** The loss of outputs that are already a softmax, for a one-hot target. */
export const negativeLogLikelihood = loss({
  name: 'negative-log-likelihood',
  loss: ({ y, target }) => (target > 0 ? -target * log(y) : 0),
});

type LayerWeights = Distribution | readonly (readonly number[])[];

export interface OjaNetwork {
  /** From the input to the output. */
  readonly sizes: readonly number[];
  readonly beta: number;
  /** Layer by layer: matrices, row = postsynaptic neuron, or distributions. */
  readonly weights: readonly LayerWeights[];
  /**
   * Fixed matrices, of the shape of the weights, through whose transpose errors come back; 'learned': weights that learn together with those that
   * they mirror.
   */
  readonly feedback: 'learned' | readonly LayerWeights[];
  /** Whether errors also come back to the pixels, where only the term of error times error uses them. Default: true. */
  readonly pixelErrors?: boolean;
}

/** The rules of the forward and the reconstructing synapses; 'none': no reconstructing synapses. */
export interface OjaRules {
  readonly forward: PlasticityRule;
  readonly reconstructing: PlasticityRule | 'none';
}

/**
 * A layered network in which separate synapses carry errors back and reconstruct rates. Shervani-Tabar, Mirhoseini & Rosenbaum
 * (2024); Oja (1989). A sample is a trial of one timestep: input and label, and the label as target.
 */
export function ojaCircuit(
  { sizes, beta, weights, feedback, pixelErrors = true }: OjaNetwork,
  rates: OjaRates,
  { forward, reconstructing }: OjaRules = { forward: forwardRule(rates), reconstructing: backwardRule(rates) },
): Circuit {
  const last = sizes.length - 1;
  const layer = (l: number) => `layer${l}`;
  const hidden = sizes.slice(1, last).map((size, k) => [layer(k + 1), unit(size, { beta })] as const);
  const one = { weights: constant(1), connect: oneToOne() };
  const synapses: Record<string, SynapseGroup> = {
    image: { ...one, from: 'x', to: layer(0) },
    label: { ...one, from: 'teacher', to: layer(last), port: 'teacher' },
  };
  weights.forEach((w, k) => {
    const [below, above] = [layer(k), layer(k + 1)];
    const down = { from: above, to: below };
    synapses[`forward${k + 1}`] = { from: below, to: above, weights: w, rule: forward };
    const mirrored = { ...down, weights: transposeOf(`forward${k + 1}`) };
    if (reconstructing !== 'none') synapses[`back${k + 1}`] = { ...mirrored, port: 'back', rule: reconstructing };
    if (k === 0 && !pixelErrors) return;
    synapses[`errors${k + 1}`] =
      feedback === 'learned'
        ? { ...mirrored, port: 'errors', carries: 'error', rule: backwardRule(rates) }
        : { ...down, port: 'errors', carries: 'error', weights: transposed(feedback[k]) };
  });
  return circuit({
    neurons: {
      x: input(sizes[0]),
      teacher: input(sizes[last]),
      [layer(0)]: pixelErrors ? pixel(sizes[0], { beta }) : pixelWithoutErrors(sizes[0]),
      ...Object.fromEntries(hidden),
      [layer(last)]: choice(sizes[last]),
    },
    synapses,
    outputs: [layer(last)],
    losses: { [layer(last)]: negativeLogLikelihood },
  });
}

function transposed(matrix: LayerWeights): LayerWeights {
  if ('kind' in matrix) return matrix;
  return matrix[0].map((_, j) => matrix.map((row) => row[j]));
}
