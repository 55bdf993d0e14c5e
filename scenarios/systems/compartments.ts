import {
  circuit,
  clock,
  constant,
  delta,
  floor,
  input,
  linear,
  neuron,
  oneToOne,
  plasticityRule,
  tanh,
  weight,
  type Circuit,
} from 'rxflo';

// Learning with compartments, after Marschall, Cho & Savin (2019): the apical voltage of a neuron is its synthetic gradient. Nothing says in which
// phases a timestep runs: that follows from what each port and each rule needs.

/**
 * A pyramidal neuron. Its basal tree drives its rate h; what its other branches bring is for learning alone: the rate that is predicted, errors,
 * its credit, the same through held weights, and the credit that is sent back. Its axon sends its rate, by how much that was mispredicted, and a burst.
 */
export const pyramidal = neuron({
  name: 'pyramidal',
  params: { tau: 10 },
  ports: { basal: 'h', proximal: null, feedback: null, apical: 'c', apicalHeld: null, backward: null },
  state: { h: 0, was: 0, s: 0, m: 0, f: 0, c: 0, b: 0, e: 0 },
  step: ({ h, f, c, basal, proximal, feedback, apical, apicalHeld, backward, tau }) => {
    const r = (1 - 1 / tau) * h + tanh(basal) / tau;
    const s = (1 - tanh(basal) * tanh(basal)) / tau;
    const e = f + backward - c;
    return { h: r, was: h, s, m: r - proximal, f: feedback, c: apical, b: tanh(apicalHeld), e };
  },
  sends: ({ h, m, b }) => ({ out: h, rate: h, mismatch: m, burst: b }),
  shows: ({ s, was, m, c, e }) => ({ slope: s, before: was, mismatch: m, credit: c, surprise: e }),
});

/** A neuron that always sends 1: what biases are synapses from. */
const always = neuron({
  name: 'always',
  params: {},
  ports: { none: null },
  state: { one: 1 },
  step: ({ one }) => ({ one }),
  sends: ({ one }) => ({ out: one }),
});

/** The credit of a neuron, times its slope, times what was brought. */
export const basal = plasticityRule({
  name: 'basal',
  params: { eta: 0.1 },
  sees: { post: ['credit'] },
  change: ({ pre, post, eta }) => eta * post.credit * post.slope * pre.out,
});

/** Predicts the rate of the neuron from those of the timestep before. */
export const predict = plasticityRule({
  name: 'predict',
  params: { eta: 0.01, decay: 0 },
  sees: { post: ['mismatch'] },
  change: ({ w, pre, post, eta, decay }) => eta * post.mismatch * pre.out - decay * w,
});

/** The same product seen from the other end: its weights come to mirror those of `predict`, after Kolen & Pollack. */
export const backward = plasticityRule({
  name: 'backward',
  params: { eta: 0.01, decay: 0 },
  sees: { pre: ['mismatch'], post: ['before'] },
  change: ({ w, pre, post, eta, decay }) => eta * pre.mismatch * post.before - decay * w,
});

/** Learns the credit that the error of the timestep before, and the credit that came back in this one, ask for; and holds a copy of its weight. */
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

type Matrix = readonly (readonly number[])[];

export interface CompartmentNetwork {
  readonly tau: number;
  readonly h0: readonly number[];
  readonly w_in: Matrix;
  readonly w_rec: Matrix;
  readonly w_out: Matrix;
  /** B, fixed. */
  readonly feedback: Matrix;
  readonly initial: {
    readonly apical: Matrix;
    readonly label: Matrix;
    readonly apicalBias: readonly number[];
    readonly predict: Matrix;
    readonly backward: Matrix;
  };
}

export interface CompartmentRates {
  readonly w_in: number;
  readonly w_rec: number;
  readonly w_out: number;
  readonly creditRate: number;
  readonly predictRate: number;
  readonly backwardDecay: number;
}

/** Input and target are both played by the task; the target also comes as activity of a teacher, with which error neurons compare the output. */
export function compartments(
  { tau, h0, w_in, w_rec, w_out, feedback, initial }: CompartmentNetwork,
  { creditRate, predictRate, backwardDecay: decay, ...rates }: CompartmentRates,
  holdInterval: number,
): Circuit {
  const toApical = {
    ...({ to: 'h', port: 'apical', delay: 0, learns: 'at once' } as const),
    ...{ rule: apical({ eta: creditRate }), also: { port: 'apicalHeld', weight: 'held' } },
  };
  const mirrored = { eta: predictRate, decay };
  return circuit({
    neurons: {
      x: input(w_in[0].length),
      teacher: input(w_out.length),
      one: always(1),
      h: pyramidal(h0.length, { tau, initial: { h: h0 } }),
      y: linear(w_out.length),
      e: linear(w_out.length),
    },
    synapses: {
      recurrent: { from: 'h', to: 'h', port: 'basal', weights: w_rec, rule: basal({ eta: rates.w_rec }) },
      input: { from: 'x', to: 'h', port: 'basal', weights: w_in, rule: basal({ eta: rates.w_in }) },
      readout: { from: 'h', to: 'y', weights: w_out, rule: delta({ eta: rates.w_out }) },
      target: { from: 'teacher', to: 'e', weights: constant(1), connect: oneToOne() },
      answer: { from: 'y', to: 'e', weights: constant(-1), connect: oneToOne() },
      feedback: { from: 'e', to: 'h', port: 'feedback', weights: feedback },
      predict: {
        from: 'h',
        to: 'h',
        port: 'proximal',
        weights: initial.predict,
        rule: predict(mirrored),
        learns: 'at once',
      },
      backward: {
        ...({ from: 'h', to: 'h', port: 'backward', carries: 'burst', delay: 0, learns: 'at once' } as const),
        ...{ weights: initial.backward, rule: backward(mirrored) },
      },
      apical: { ...toApical, from: 'h', weights: initial.apical },
      label: { ...toApical, from: 'teacher', weights: initial.label },
      bias: { ...toApical, from: 'one', weights: initial.apicalBias.map((a) => [a]) },
    },
    globals: {
      hold: clock(({ count, every }) => (count - every * floor(count / every) === 0 ? 1 : 0), { every: holdInterval }),
    },
    outputs: ['y'],
  });
}
