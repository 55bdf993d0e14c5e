import {
  circuit,
  clock,
  constant as same,
  crossEntropy,
  exp,
  input,
  logistic,
  max,
  neuron,
  oneToOne,
  plasticityRule,
  softplus,
  tanh,
  transposeOf,
  type Circuit,
  type Distribution,
  type Population,
  type SynapseGroup,
} from 'rxflo';

// Predictive coding: Rosenbaum, PLoS ONE 17(3):e0266102 (2022). A unit has a prediction p = f(drive), a value v, and the error eps = p - v.
// A timestep is one sample. In its first sweep v is p, then n sweeps of inference follow; learning uses the last one.

/** f of a layer: `kind` 0 linear, 1 ReLU, 2 tanh, 3 softplus of sharpness beta. */
export const response = (u: number, kind: number, beta: number): number =>
  kind === 1 ? max(u, 0) : kind === 2 ? tanh(u) : kind === 3 ? softplus(beta * u) / beta : u;

/** The slope of f where its value is y. */
const slopeOf = (u: number, y: number, kind: number, beta: number) =>
  kind === 1 ? (u > 0 ? 1 : 0) : kind === 2 ? 1 - y * y : kind === 3 ? logistic(beta * u) : 1;

const functions = { response, slopeOf };

/**
 * v moves by eta (eps - J'eps of the layer above), all at the values before the sweep. Strict sends v upward; with `fixed` 1, the prediction
 * of the forward pass is sent. f is `response`. `given` 1: the initial v is given.
 */
export const coding = neuron({
  name: 'predictive-coding',
  params: { eta: 0.1, fixed: 0, kind: 0, beta: 10, given: 0 },
  globals: ['sweep'],
  functions,
  ports: { drive: null, back: null },
  state: { forward: 0, value: 0, carried: 0, slope: 0, eps: 0, blame: 0, credit: 0, v: 0 },
  step: ({ drive, back, forward, v, eps, global, eta, fixed, kind, beta, given }) => {
    const p = response(drive, kind, beta);
    const steep = slopeOf(drive, p, kind, beta);
    const value = global.sweep === 0 && given === 0 ? p : v;
    const error = p - value;
    return {
      forward: global.sweep === 0 ? p : forward,
      value,
      carried: fixed > 0 ? p : value,
      slope: steep,
      eps: error,
      blame: eps,
      credit: steep * eps,
      v: value + eta * (error - back),
    };
  },
  sends: ({ carried, slope, eps, credit }) => ({ out: carried, down: slope * eps, credit }),
  shows: ({ carried, credit }) => ({ carried, credit }),
});

/** The output of a network, from the forward pass, with half the squared error as loss, eps = y - target. f is as in hidden layers. */
export const answer = neuron({
  name: 'coding-answer',
  params: { kind: 0, beta: 10 },
  globals: ['sweep'],
  functions,
  ports: { drive: null, target: null },
  state: { forward: 0, rise: 1, eps: 0, blame: 0, credit: 0 },
  step: ({ drive, target, forward, eps, global, kind, beta }) => {
    const y = response(drive, kind, beta);
    const steep = slopeOf(drive, y, kind, beta);
    return {
      forward: global.sweep === 0 ? y : forward,
      rise: steep,
      eps: y - target,
      blame: eps,
      credit: steep * eps,
    };
  },
  sends: ({ forward, rise, eps, credit }) => ({ out: forward, down: rise * eps, credit }),
  shows: ({ credit }) => ({ credit }),
});

/** The same with the cross-entropy of its softmax as loss: eps = softmax(y) - target. */
export const classifier = neuron({
  name: 'coding-classifier',
  params: { kind: 0, beta: 10 },
  globals: ['sweep'],
  functions,
  ports: { drive: null, target: null },
  state: { forward: 0, rise: 1, eps: 0, blame: 0, credit: 0 },
  pools: {
    top: {
      largest: ({ drive, kind, beta }) => response(drive, kind, beta),
    },
    z: {
      sum: ({ drive, kind, beta, top }) => exp(response(drive, kind, beta) - top),
    },
  },
  step: ({ drive, target, forward, eps, top, z, global, kind, beta }) => {
    const y = response(drive, kind, beta);
    const steep = slopeOf(drive, y, kind, beta);
    return {
      forward: global.sweep === 0 ? y : forward,
      rise: steep,
      eps: exp(y - top) / z - target,
      blame: eps,
      credit: steep * eps,
    };
  },
  sends: ({ forward, rise, eps, credit }) => ({ out: forward, down: rise * eps, credit }),
  shows: ({ credit }) => ({ credit }),
});

/** Sends 1: biases are the weights of its synapses. */
export const constant = neuron({
  name: 'constant',
  ports: { none: null },
  state: { one: 1 },
  step: ({ one }) => ({ one }),
  sends: ({ one }) => ({ out: one }),
});

/** dW_ij = - rate f'_i eps_i v_j; eps is that of the previous sweep, f' and v are those of this one. */
export const upward = plasticityRule({
  name: 'predictive-coding',
  params: { eta: 0.1 },
  sees: { post: ['credit'] },
  change: ({ pre, post, eta }) => -eta * (post.credit * pre.out),
});

/** The same product with pre and post swapped: weights that start as the transposed forward weights remain so, in every bit. */
export const downward = plasticityRule({
  name: 'predictive-coding-backward',
  params: { eta: 0.1 },
  sees: { pre: ['credit'], post: ['carried'] },
  change: ({ pre, post, eta }) => -eta * (pre.credit * post.carried),
});

type Matrix = readonly (readonly number[])[];

/** A layer with its initial numbers; rows are postsynaptic. */
export interface GivenLayer {
  readonly weights: Matrix;
  readonly bias: readonly number[];
  readonly activation: keyof typeof KINDS;
}

/** A layer whose numbers are drawn. */
export interface DrawnLayer {
  readonly weights: Distribution;
  readonly bias: Distribution;
  readonly activation: keyof typeof KINDS;
}

export interface CodingNetwork {
  /** Sizes from the input to the output; then the layers, in the same order. */
  readonly sizes: readonly number[];
  readonly layers: readonly (GivenLayer | DrawnLayer)[];
  readonly beta: number;
  readonly loss: 'half-squared' | 'cross-entropy';
  readonly eta: number;
  /** Sweeps of inference. */
  readonly n: number;
  readonly rate: number;
  readonly fixed: boolean;
  /** Initial values of the hidden layers, in place of a forward pass. */
  readonly beliefs?: readonly (readonly number[])[];
}

export const KINDS = { linear: 0, relu: 1, tanh: 2, softplus: 3 } as const;

/** Layers `l1` to `lL`; the last is the output. The task gives the sample, then the target, as input. */
export function codingCircuit({ sizes, layers, beta, loss, eta, n, rate, fixed, beliefs }: CodingNetwork): Circuit {
  const neurons: Record<string, Population> = { x: input(sizes[0]) };
  const synapses: Record<string, SynapseGroup> = {};
  const last = layers.length;
  const numbers = { eta, fixed: fixed ? 1 : 0, beta, given: beliefs ? 1 : 0 };
  layers.forEach(({ weights, bias, activation }, k) => {
    const [name, below, kind] = [`l${k + 1}`, k === 0 ? 'x' : `l${k}`, KINDS[activation]];
    const output = loss === 'half-squared' ? answer : classifier;
    neurons[name] =
      k + 1 === last
        ? output(sizes[k + 1], { kind, beta })
        : coding(sizes[k + 1], { ...numbers, kind, initial: { v: beliefs?.[k] ?? 0 } });
    const biases = 'kind' in bias ? bias : bias.map((b) => [b]);
    synapses[`w${k + 1}`] = { from: below, to: name, weights, rule: upward({ eta: rate }) };
    synapses[`b${k + 1}`] = { from: 'one', to: name, weights: biases, rule: upward({ eta: rate }) };
    if (k === 0) return;
    const back = { port: 'back', carries: 'down', rule: downward({ eta: rate }) } as const;
    synapses[`v${k + 1}`] = { from: name, to: below, weights: transposeOf(`w${k + 1}`), ...back };
  });
  const size = sizes[last];
  return circuit<string, string>({
    neurons: { ...neurons, teacher: input(size), one: constant(1) },
    synapses: {
      ...synapses,
      told: { from: 'teacher', to: `l${last}`, port: 'target', weights: same(1), connect: oneToOne() },
    },
    outputs: [`l${last}`],
    ...(loss === 'cross-entropy' && { losses: { [`l${last}`]: crossEntropy } }),
    globals: { sweep: clock(({ sweep }) => sweep) },
    repeat: { times: n + 1 },
  });
}
