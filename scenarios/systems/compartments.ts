import {
  circuit,
  clock,
  constant,
  crossEntropy,
  delta,
  exp,
  floor,
  input,
  InputError,
  linear,
  neuron,
  oneToOne,
  plasticityRule,
  tanh,
  transposeOf,
  weight,
  type Circuit,
  type Population,
  type SynapseGroup,
  type Weights,
} from 'rxflo';
import { composite, compositePyramidal } from './composite.ts';

// Learning with compartments, after Marschall, Cho & Savin (2019): the apical voltage of a neuron is its synthetic gradient. The phases
// of a timestep are not specified: they follow from what each port and each rule needs.

/**
 * A pyramidal neuron. Its basal tree drives its rate h. Its other branches are only for learning: they bring the predicted rate, errors, its credit,
 * the same through held weights, and the credit that is sent back. Its axon sends its rate, the prediction error of its rate, and a burst.
 *
 * `squash` 1: bursts are tanh of the credit, so that they are rates; 0: the credit itself. `identity` 1: its own burst is used as the credit that
 * comes back.
 */
export const pyramidal = neuron({
  name: 'pyramidal',
  params: { tau: 10, squash: 1, identity: 0 },
  ports: { basal: 'h', proximal: null, feedback: null, apical: 'c', apicalHeld: null, backward: null },
  state: { h: 0, was: 0, s: 0, m: 0, f: 0, c: 0, b: 0, e: 0 },
  step: ({ h, f, c, basal, proximal, feedback, apical, apicalHeld, backward, tau, squash, identity }) => {
    const r = (1 - 1 / tau) * h + tanh(basal) / tau;
    const s = (1 - tanh(basal) * tanh(basal)) / tau;
    const b = squash > 0 ? tanh(apicalHeld) : apicalHeld;
    const e = f + (identity > 0 ? b : backward) - c;
    return { h: r, was: h, s, m: r - proximal, f: feedback, c: apical, b, e };
  },
  sends: ({ h, m, b }) => ({ out: h, rate: h, mismatch: m, burst: b }),
  shows: ({ s, was, m, c, e }) => ({ slope: s, before: was, mismatch: m, credit: c, surprise: e }),
});

/** The difference between the activity of a teacher and the softmax of the outputs. */
const mistake = neuron({
  name: 'mistake',
  params: {},
  ports: { teacher: 'e', answer: null },
  state: { e: 0 },
  pools: { top: { largest: ({ answer }) => answer }, z: { sum: ({ answer, top }) => exp(answer - top) } },
  step: ({ teacher, answer, top, z }) => ({ e: teacher - exp(answer - top) / z }),
  sends: ({ e }) => ({ out: e }),
});

/** A neuron that always sends 1: biases are synapses from it. */
export const always = neuron({
  name: 'always',
  params: {},
  ports: { none: null },
  state: { one: 1 },
  step: ({ one }) => ({ one }),
  sends: ({ one }) => ({ out: one, rate: one }),
});

/** The credit of a neuron, times its slope, times the presynaptic activity. */
export const basal = plasticityRule({
  name: 'basal',
  params: { eta: 0.1 },
  sees: { post: ['credit'] },
  change: ({ pre, post, eta }) => eta * post.credit * post.slope * pre.out,
});

/** The same with memory: credit is multiplied by RFLO's eligibility trace of slope times presynaptic activity. */
export const eligibleBasal = plasticityRule({
  name: 'eligible-basal',
  params: { eta: 0.1, tau: 10 },
  sees: { post: ['credit'] },
  state: { p: 0 },
  trace: ({ p, pre, post, tau }) => ({ p: (1 - 1 / tau) * p + post.slope * pre.out }),
  change: ({ p, post, eta }) => eta * post.credit * p,
});

/** Predicts the rate of the neuron from those of the timestep before. */
export const predict = plasticityRule({
  name: 'predict',
  params: { eta: 0.01, decay: 0 },
  sees: { post: ['mismatch'] },
  change: ({ w, pre, post, eta, decay }) => eta * post.mismatch * pre.out - decay * w,
});

/** The same product with pre and post swapped, so that its weights learn to mirror those of `predict`, after Kolen & Pollack. */
export const backward = plasticityRule({
  name: 'backward',
  params: { eta: 0.01, decay: 0 },
  sees: { pre: ['mismatch'], post: ['before'] },
  change: ({ w, pre, post, eta, decay }) => eta * pre.mismatch * post.before - decay * w,
});

/** The update of the readout with pre and post swapped: errors come back through weights that start as the readout's transpose and remain so. */
export const feedbackMirror = plasticityRule({
  name: 'feedback-mirror',
  params: { eta: 0.1 },
  change: ({ pre, post, eta }) => eta * pre.out * post.out,
});

/** Learns the credit given by the error of the previous timestep and the credit that came back in this one; also holds a copy of its weight. */
export const apical = plasticityRule({
  name: 'apical',
  params: { eta: 0.01 },
  sees: { post: ['surprise'] },
  globals: ['hold'],
  state: { held: weight, now: 0, before: 0 },
  trace: ({ now, pre }) => ({ now: pre.out, before: now }),
  change: ({ before, post, eta }) => eta * post.surprise * before,
  after: ({ w, held, global }) => ({ held: global.hold > 0 ? w : held }),
});

/** Initial weights. Row = postsynaptic. */
export interface CompartmentWeights {
  readonly input: Weights;
  readonly recurrent: Weights;
  readonly readout: Weights;
  /** B, fixed; 'symmetric': the readout's transpose, which learns with it. */
  readonly feedback: Weights | 'symmetric';
  /** A, A^y and a. */
  readonly apical: Weights;
  readonly label: Weights;
  readonly apicalBias: Weights;
  /** F and V. */
  readonly predict: Weights;
  readonly backward: Weights;
  /** U, only for bootstrap 'composite'. */
  readonly composite?: Weights;
}

export interface CompartmentCircuit {
  readonly inputs: number;
  readonly units: number;
  readonly outputs: number;
  readonly tau: number;
  readonly h0?: readonly number[];
  readonly weights: CompartmentWeights;
  /** Rates of `basal` and `readout` are per trial, as everywhere; the others are per timestep, because they track and do not sum over a trial. */
  readonly rates: {
    readonly recurrent: number;
    readonly input: number;
    readonly readout: number;
    /** For biases of units and outputs; absent: no biases. */
    readonly bias?: number;
    readonly credit: number;
    /** Of F, V and U. */
    readonly predict: number;
    /** lambda: the decay of F and V per timestep. */
    readonly decay: number;
  };
  /** Timesteps between updates of the held weights. */
  readonly hold: number;
  /** The loss of the outputs; its error is target - y, or target - softmax(y). Default 'squared'. */
  readonly loss?: 'squared' | 'cross-entropy';
  readonly squash?: 'none' | 'tanh';
  /** Credit comes back through V, or each neuron uses its own burst for it, or U predicts it from rates, in place of F and V. */
  readonly bootstrap?: 'backward' | 'identity' | 'composite';
  /** Whether basal synapses keep a trace. */
  readonly trace?: 'none' | 'eligibility';
}

/** The task plays both input and target; the target is also the activity of a teacher, with which error neurons compare the output. */
export function compartmentCircuit(given: CompartmentCircuit): Circuit {
  const { inputs, units, outputs, tau, h0, weights, rates, hold } = given;
  if (!Number.isInteger(hold) || hold < 1) {
    throw new InputError('hold', `${hold} is not a whole number of timesteps, 1 or more`);
  }
  const { loss = 'squared', squash = 'tanh', bootstrap = 'backward', trace = 'none' } = given;
  const softmax = loss === 'cross-entropy';
  const isComposite = bootstrap === 'composite';
  const among = { from: 'h', to: 'h', learns: 'at once' } as const;
  const toApical = {
    ...({ to: 'h', port: 'apical', delay: 0, learns: 'at once' } as const),
    rule: apical({ eta: rates.credit }),
    ...(!isComposite && { also: { port: 'apicalHeld', weight: 'held' } }),
  };
  const toBasal = (eta: number) => ({
    ...({ to: 'h', port: 'basal' } as const),
    rule: trace === 'none' ? basal({ eta }) : eligibleBasal({ eta, tau }),
  });
  const mirrored = { eta: rates.predict, decay: rates.decay };
  const dials = { squash: squash === 'tanh' ? 1 : 0, identity: bootstrap === 'identity' ? 1 : 0 };
  const own = { tau, ...(h0 && { initial: { h: h0 } }) };
  const one = { from: 'one', weights: constant(0) };
  const synapses: Record<string, SynapseGroup> = {
    recurrent: { ...toBasal(rates.recurrent), from: 'h', weights: weights.recurrent },
    ...(inputs > 0 && { input: { ...toBasal(rates.input), from: 'x', weights: weights.input } }),
    ...(rates.bias !== undefined && {
      bias: { ...toBasal(rates.bias), ...one },
      readoutBias: { ...one, to: 'y', rule: delta({ eta: rates.bias }) },
    }),
    readout: { from: 'h', to: 'y', weights: weights.readout, rule: delta({ eta: rates.readout }) },
    target: {
      ...{ from: 'teacher', to: 'e', weights: constant(1), connect: oneToOne() },
      ...(softmax && { port: 'teacher' }),
    },
    answer: {
      ...{ from: 'y', to: 'e', connect: oneToOne() },
      ...(softmax ? { weights: constant(1), port: 'answer' } : { weights: constant(-1) }),
    },
    feedback: {
      ...{ from: 'e', to: 'h', port: 'feedback' },
      ...(weights.feedback === 'symmetric'
        ? { weights: transposeOf('readout'), rule: feedbackMirror({ eta: rates.readout }) }
        : { weights: weights.feedback }),
    },
    ...(isComposite
      ? {
          composite: {
            ...among,
            port: 'composite',
            delay: 0,
            weights: weights.composite ?? constant(0),
            rule: composite({ eta: rates.predict }),
          },
        }
      : { predict: { ...among, port: 'proximal', weights: weights.predict, rule: predict(mirrored) } }),
    ...(bootstrap === 'backward' && {
      backward: {
        ...({ ...among, port: 'backward', carries: 'burst', delay: 0 } as const),
        ...{ weights: weights.backward, rule: backward(mirrored) },
      },
    }),
    apical: { ...toApical, from: 'h', weights: weights.apical },
    label: { ...toApical, from: 'teacher', weights: weights.label },
    apicalBias: { ...toApical, from: 'one', weights: weights.apicalBias },
  };
  const neurons: Record<string, Population> = {
    ...(inputs > 0 && { x: input(inputs) }),
    teacher: input(outputs),
    one: always(1),
    h: isComposite ? compositePyramidal(units, own) : pyramidal(units, { ...own, ...dials }),
    y: linear(outputs),
    e: softmax ? mistake(outputs) : linear(outputs),
  };
  return circuit({
    neurons,
    synapses,
    globals: {
      hold: clock(({ count, every }) => (count - every * floor(count / every) === 0 ? 1 : 0), { every: hold }),
    },
    outputs: ['y'],
    ...(softmax && { losses: { y: crossEntropy } }),
  });
}
