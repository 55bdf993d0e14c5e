import { Matrix as Numbers, inverse } from 'ml-matrix';
import {
  circuit,
  constant,
  copyOf,
  input,
  learningAlgorithm,
  learningRate,
  local,
  loss,
  max,
  neuron,
  oneToOne,
  plasticityRule,
  tanh,
  transposeOf,
  withTrial,
  type Circuit,
  type LearningAlgorithm,
  type SynapseGroup,
  type Weights,
} from 'rxflo';
import { choice, negativeLogLikelihood } from './oja.ts';

// Learning the fixed points of a recurrent network: Zhu & Rosenbaum, Neural Computation 36(8):1568 (2024). A sample is a timestep that lasts until
// the network has settled; G are the slopes there, delta is the derivative of the loss with respect to each rate.

export const GAINS = { linear: 0, relu: 1, tanh: 2 } as const;
export const RULES = { gradient: 1, linearized: 3, 'linearized-b': 4 } as const;
export type LocalRule = keyof typeof RULES;

/**
 * A neuron of the network, r <- r + h (f(W r + d) - r), with compartments for learning. `left` and `right` are its factors of
 * dW = -eta left right':
 *
 *     rule 1    left = G a, where a settles as r does: a <- a + h (delta + W' G a - a)       right = r
 *     rule 3    left = (I - W G) G delta        right = (I - G W)' m,  m = (I - G W) r
 *     rule 4    left = (I - W G) delta          right = (I - W G)' m,  m = (I - W G) r
 *
 * Each message is a number of its own neuron; products with W come back through synapses.
 */
export const settling = neuron({
  name: 'settling',
  params: { h: 0.25, gain: 0, rule: 1 },
  ports: { drive: 'r', shown: null, delta: null, adjoint: null, errors: null, recalled: null, back: null },
  state: { r: 0, slope: 0, a: 0, credit: 0, blame: 0, gated: 0, m: 0, held: 0, left: 0, right: 0, leftWas: 0, rightWas: 0 }, // prettier-ignore
  step: ({ r, a, left, right, drive, shown, delta, adjoint, errors, recalled, back, h, gain, rule }) => {
    const u = drive + shown;
    const f = gain === 1 ? max(u, 0) : gain === 2 ? tanh(u) : u;
    const g = gain === 1 ? (u > 0 ? 1 : 0) : gain === 2 ? 1 - f * f : 1;
    const rate = r + h * (f - r);
    const blamed = a + h * (delta + adjoint - a);
    const m = rule === 3 ? rate - g * drive : rate - recalled;
    return {
      r: rate,
      slope: g,
      a: blamed,
      credit: g * blamed,
      blame: rule === 3 ? g * g * delta : g * delta,
      gated: g * rate,
      m,
      held: rule === 3 ? g * m : m,
      left: rule === 1 ? g * blamed : rule === 3 ? g * delta - errors : delta - errors,
      right: rule === 1 ? rate : rule === 3 ? m - back : m - g * back,
      leftWas: left,
      rightWas: right,
    };
  },
  // prettier-ignore
  sends: ({ r, credit, blame, gated, held, left, right, leftWas, rightWas }) => (
    { out: r, credit, blame, gated, held, left, right, leftWas, rightWas }
  ),
  shows: ({ leftWas, rightWas }) => ({ leftWas, rightWas }),
});

/** An output, and twice its difference from the activity of the teacher. */
export const compared = neuron({
  name: 'compared',
  ports: { forward: 'y', teacher: null },
  state: { y: 0, d: 0 },
  step: ({ forward, teacher }) => ({ y: forward, d: 2 * (forward - teacher) }),
  sends: ({ y, d }) => ({ out: y, error: d }),
});

export const squaredDistance = loss({
  name: 'squared-distance',
  loss: ({ y, target }) => (y - target) * (y - target),
});

/** dW = -eta left right', for synapses that bring the messages of the previous sweep. */
export const outer = plasticityRule({
  name: 'fixed-point',
  params: { eta: 0.1 },
  sees: { pre: ['right'], post: ['leftWas'] },
  change: ({ pre, post, eta }) => -eta * (post.leftWas * pre.right),
});

/** The same update, for synapses that bring the messages of the current sweep. */
export const outerNow = plasticityRule({
  name: 'fixed-point-now',
  params: { eta: 0.1 },
  sees: { pre: ['rightWas'], post: ['leftWas'] },
  change: ({ pre, post, eta }) => -eta * (post.leftWas * pre.rightWas),
});

/** The same update with pre and post swapped: weights that start as the transpose of W remain so, in every bit, without weight transport. */
export const outerBack = plasticityRule({
  name: 'fixed-point-back',
  params: { eta: 0.1 },
  sees: { pre: ['left'], post: ['rightWas'] },
  change: ({ pre, post, eta }) => -eta * (pre.left * post.rightWas),
});

/** The same, for synapses that bring the messages of the current sweep. */
export const outerBackNow = plasticityRule({
  name: 'fixed-point-back-now',
  params: { eta: 0.1 },
  sees: { pre: ['leftWas'], post: ['rightWas'] },
  change: ({ pre, post, eta }) => -eta * (pre.leftWas * post.rightWas),
});

export interface FixedPoints {
  readonly units: number;
  /** W. */
  readonly weights: Weights;
  readonly gain: keyof typeof GAINS;
  /** h. */
  readonly step: number;
  /** A sample ends when no value moves by this much between sweeps, or after this number of sweeps. */
  readonly moves: number;
  readonly most: number;
  readonly rule: LocalRule;
  readonly eta: number;
  /** W_x, fixed, and the number of inputs, unless each neuron receives its drive directly. */
  readonly shown?: { readonly inputs: number; readonly weights: Weights };
  /** R, fixed, onto the classes: then the loss is the cross-entropy of the softmax of R r. Absent: the squared distance of r from its target. */
  readonly readout?: { readonly classes: number; readonly weights: Weights };
  /** B, fixed, through which errors come back in place of R transposed. */
  readonly feedback?: Weights;
}

/**
 * The circuit of a rule. Its input is the drive, then the target as the activity of a teacher. It contains W once for each message that W must bring,
 * and all of these copies learn by the same product.
 */
export function fixedPoints(network: FixedPoints): Circuit {
  const { units, weights, gain, step: h, rule, eta, moves, most, shown, readout, feedback } = network;
  const outputs = readout?.classes ?? units;
  const one = { weights: constant(1), connect: oneToOne() };
  const within = { from: 'r', to: 'r' };
  const mirrored = transposeOf('recurrent');
  const copies: Record<LocalRule, Record<string, SynapseGroup>> = {
    gradient: {
      adjoint: { ...within, port: 'adjoint', carries: 'credit', weights: mirrored, rule: outerBack({ eta }) },
    },
    linearized: linearised(eta, false),
    'linearized-b': linearised(eta, true),
  };
  const back = readout && { weights: feedback ?? transposeOf('readout') };
  return circuit<string, string, string>({
    neurons: {
      x: input(shown?.inputs ?? units),
      teacher: input(outputs),
      r: settling(units, { h, gain: GAINS[gain], rule: RULES[rule] }),
      y: readout ? choice(outputs) : compared(outputs),
    },
    synapses: {
      shown: { from: 'x', to: 'r', port: 'shown', ...(shown ? { weights: shown.weights } : one) },
      recurrent: { ...within, port: 'drive', weights, rule: outer({ eta }) },
      ...copies[rule],
      readout: { from: 'r', to: 'y', ...(readout ? { weights: readout.weights } : one) },
      told: { ...one, from: 'teacher', to: 'y', port: 'teacher' },
      delta: { from: 'y', to: 'r', port: 'delta', carries: 'error', ...(back ?? one) },
    },
    outputs: ['y'],
    losses: { y: readout ? negativeLogLikelihood : squaredDistance },
    repeat: { times: most, until: { population: 'r', value: rule === 'gradient' ? ['r', 'a'] : 'r', moves } },
  });
}

/** The additional synapses of rules 3 and 4, which bring the messages of the current sweep. */
function linearised(eta: number, isB: boolean): Record<string, SynapseGroup> {
  const now = { from: 'r', to: 'r', delay: 0 };
  const ahead = { ...now, weights: copyOf('recurrent'), rule: outerNow({ eta }) };
  return {
    errors: { ...ahead, port: 'errors', carries: 'blame' },
    ...(isB && { recalled: { ...ahead, port: 'recalled', carries: 'gated' } }),
    back: { ...now, port: 'back', carries: 'held', weights: transposeOf('recurrent'), rule: outerBackNow({ eta }) },
  };
}

/**
 * W <- I - ((I - W)^-1 - eta mean(delta d'))^-1, after every trial: a step of descent on (I - W)^-1, mapped back to W. For linear networks in which
 * each neuron receives its drive directly. It needs two inverses, which no circuit computes.
 */
export const reparameterised: LearningAlgorithm = learningAlgorithm({
  name: 'fixed-point-reparameterised',
  title: 'steepest descent on (I - W)^-1',
  causal: false,
  open: (network, options) => {
    const engine = local().open(network, options);
    const group = network.groups.find(({ name }) => name === 'recurrent');
    if (!group) throw new Error("there is no group 'recurrent'");
    const size = group.to.size;
    const [delta, drive] = ['delta', 'shown'].map((value) => {
      const reader = engine.reader({ neurons: 'r', value });
      return () => {
        const numbers = new Float64Array(reader.length);
        reader.read(numbers, 0);
        return Numbers.columnVector([...numbers]);
      };
    });
    return withTrial(engine, (trial, { learn = true, number = 1, pace = 1, onTimestep, ...how } = {}) => {
      const sum = Numbers.zeros(size, size);
      const found = engine.trial(trial, {
        ...{ ...how, number, learn: false },
        onTimestep: (t) => {
          sum.add(delta().mmul(drive().transpose()));
          onTimestep?.(t);
        },
      });
      if (!learn) return found;
      const weights = engine.weights();
      const eye = Numbers.eye(size, size);
      const w = Numbers.from1DArray(size, size, [...weights['recurrent']]);
      const eta = pace * learningRate(group, 'fixed-point-reparameterised', number);
      const moved = inverse(Numbers.sub(eye, w)).sub(sum.mul(eta / trial.timesteps));
      const next = eye.sub(inverse(moved));
      engine.setWeights({ ...weights, recurrent: Float64Array.from(next.to1DArray()) });
      return found;
    });
  },
});
