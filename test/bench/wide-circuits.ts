import { choice, negativeLogLikelihood, ojaCircuit } from '../../scenarios/systems/oja.ts';
import { circuit, oneToOne, type Circuit, type SynapseGroup } from '../../src/circuit/index.ts';
import { exp, softplus } from '../../src/local/index.ts';
import { input, neuron } from '../../src/neurons/index.ts';
import { constant, normal } from '../../src/random/index.ts';
import { plasticityRule } from '../../src/rules/index.ts';

/** Sharpness of softplus, and the rates of errors and of Oja's rule. */
export const [BETA, RATE, OJA] = [10, 1e-3, 1e-4];

/** A neuron of a hidden layer: its rate, and its error, which error neurons above send. */
const unit = neuron({
  name: 'unit',
  params: { beta: BETA },
  ports: { forward: 'y', errors: 'd' },
  state: { y: 0, d: 0 },
  step: ({ forward, errors, beta }) => {
    const y = softplus(beta * forward) / beta;
    return { y, d: errors * (1 - exp(-beta * y)) };
  },
  sends: ({ y, d }) => ({ out: y, error: d }),
  shows: ({ d }) => ({ error: d }),
});

const rule = plasticityRule({
  name: 'error',
  params: { eta: RATE },
  sees: { post: ['error'] },
  change: ({ pre, post, eta }) => -eta * post.error * pre.out,
});

/** Layers that learn by errors alone, which come back through fixed random weights, layer by layer. */
function errorCircuit(sizes: readonly number[]): Circuit {
  const last = sizes.length - 1;
  const layer = (l: number) => (l === 0 ? 'x' : `layer${l}`);
  const scaled = (size: number) => normal({ sd: 1 / Math.sqrt(size) });
  const synapses: Record<string, SynapseGroup> = {
    label: { from: 'teacher', to: layer(last), port: 'teacher', weights: constant(1), connect: oneToOne() },
  };
  for (let l = 1; l <= last; l++) {
    synapses[`forward${l}`] = { from: layer(l - 1), to: layer(l), weights: scaled(sizes[l - 1]), rule: rule() };
    if (l === 1) continue;
    const down = { from: layer(l), to: layer(l - 1), port: 'errors', carries: 'error' };
    synapses[`errors${l}`] = { ...down, weights: scaled(sizes[l]) };
  }
  return circuit({
    neurons: {
      x: input(sizes[0]),
      teacher: input(sizes[last]),
      ...Object.fromEntries(sizes.slice(1, last).map((size, k) => [layer(k + 1), unit(size)])),
      [layer(last)]: choice(sizes[last]),
    },
    synapses,
    outputs: [layer(last)],
    losses: { [layer(last)]: negativeLogLikelihood },
  });
}

/** The networks that are measured, by name; `oja`: the rate of Oja's rule. */
export const NETWORKS: Readonly<
  Record<string, { readonly oja: number; readonly of: (sizes: readonly number[]) => Circuit }>
> = {
  errors: { oja: 0, of: errorCircuit },
  oja: {
    oja: OJA,
    of: (sizes) => {
      const scaled = (all: readonly number[]) => all.map((size) => normal({ sd: 1 / Math.sqrt(size) }));
      const [weights, feedback] = [scaled(sizes.slice(0, -1)), scaled(sizes.slice(1))];
      // Nothing learns from the errors of pixels at these rates, and PyTorch does not compute them.
      const network = { sizes, beta: BETA, weights, feedback, pixelErrors: false };
      return ojaCircuit(network, { error: RATE, hebbianError: 0, oja: OJA });
    },
  },
};
