/**
 * Murray, eLife 8:e43299 (2019), Fig. 4: a sequence of actions, each a trajectory in the plane, learned one by one in gated loops and then chained.
 *
 *     chained         each action has its own loop and readout, W + sum_k s_k u_k v_k^T, opened by a gate s_k; RFLO learns u_k
 *     RFLO at once    one network in which all recurrent weights learn, with the whole sequence as one trajectory
 *     BPTT at once    the same, by the exact gradient
 *
 *     rxflo sweep scenarios/murray2019-fig4.ts
 *     rxflo sweep scenarios/murray2019-fig4.ts --quick
 *
 * The chained network practises the actions in a random order in each trial, each with its cue. Then the sequence is shown a few times,
 * and an associative rule learns which gate opens at the end of which action. In the test only the first action is cued.
 * Each learner is shown at its own best rate. Results and choices: docs/murray-2019.md.
 */
import {
  actionSequence,
  circuit,
  constant,
  delta,
  input,
  InputError,
  leakyTanh,
  linear,
  neuronModel,
  normal,
  oneToOne,
  plasticityRule,
  rflo,
  scenario,
  type Circuit,
  type SynapseGroup,
} from 'rxflo';

const learners = ['chained', 'RFLO at once', 'BPTT at once'];

function known(name: string): string {
  if (learners.includes(name)) return name;
  throw new InputError('option learner', `'${name}' is unknown; give one of ${learners.join(', ')}`);
}

/** A gate: excitation opens it, inhibition closes it, otherwise it stays as it was. */
const thalamic = neuronModel({
  name: 'thalamic',
  params: {},
  rate: ({ h, u }) => (u > 0.75 ? 1 : u < -0.5 ? 0 : h),
});

/** Timesteps since its input began; 0 without input. */
const timer = neuronModel({ name: 'timer', params: {}, rate: ({ h, u }) => (u > 0.5 ? h + 1 : 0) });

/** 1 while its input is in a range, else 0. */
const within = neuronModel({
  name: 'within',
  params: { from: 0.5, to: 1.5 },
  rate: ({ u, from, to }) => (u > from && u < to ? 1 : 0),
});

/** The weight approaches the postsynaptic rate whenever the presynaptic neuron fires: dw = eta/T pre (post - w). */
const associative = plasticityRule({
  name: 'associative',
  params: { eta: 36 },
  change: ({ w, pre, post, eta }) => eta * pre.rate * (post.rate - w),
});

interface Options {
  readonly actions: number;
  readonly duration: number;
  readonly preparation: number;
  readonly units: number;
  readonly rank: number;
  readonly gain: number;
  readonly rate: number;
}

function chained({ actions, duration, preparation, units, rank, gain, rate }: Options): Circuit {
  const all = Array.from({ length: actions }, (_, k) => k);
  const loops = all.map((k) => [`loop${k + 1}`, linear(rank)] as const);
  const gated = all.flatMap((k): readonly (readonly [string, SynapseGroup])[] => [
    [`into${k + 1}`, { from: 'h', to: `loop${k + 1}`, delay: 1, weights: normal({ sd: 1 / Math.sqrt(units) }) }],
    [
      `loop${k + 1}`,
      {
        from: `loop${k + 1}`,
        to: 'h',
        weights: constant(0),
        gate: { from: 'thalamus', neuron: k },
        rule: rflo({ eta: rate }),
      },
    ],
    [
      `readout${k + 1}`,
      { from: 'h', to: 'y', weights: constant(0), gate: { from: 'thalamus', neuron: k }, rule: delta({ eta: rate }) },
    ],
  ]);
  return circuit({
    neurons: {
      cue: input(actions),
      thalamus: thalamic(actions),
      since: timer(actions),
      ended: within(actions, { from: duration - 0.5, to: duration + 0.5 }),
      preparing: within(1, { from: 0.5, to: preparation + 0.5 }),
      h: leakyTanh(units, { tau: 10 }),
      ...Object.fromEntries(loops),
      y: linear(2),
    },
    synapses: {
      cue: { from: 'cue', to: 'thalamus', weights: constant(1), connect: oneToOne() },
      closing: { from: 'ended', to: 'thalamus', delay: 1, weights: constant(-2), connect: oneToOne() },
      chain: {
        from: 'ended',
        to: 'thalamus',
        delay: 1,
        weights: constant(0),
        rule: associative({ eta: 0.03 * actions * duration }),
      },
      clock: { from: 'thalamus', to: 'since', weights: constant(1), connect: oneToOne() },
      end: { from: 'since', to: 'ended', weights: constant(1), connect: oneToOne() },
      start: { from: 'since', to: 'preparing', weights: constant(1) },
      preparation: { from: 'preparing', to: 'h', weights: normal() },
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: gain / Math.sqrt(units) }) },
      ...Object.fromEntries(gated),
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });
}

function atOnce({ actions, units, gain, rate }: Options): Circuit {
  return circuit({
    neurons: { cue: input(actions), h: leakyTanh(units, { tau: 10 }), y: linear(2) },
    synapses: {
      cue: { from: 'cue', to: 'h', weights: normal() },
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: gain / Math.sqrt(units) }), rule: rflo({ eta: rate }) },
      readout: { from: 'h', to: 'y', weights: constant(0), rule: delta({ eta: rate }) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });
}

export default scenario({
  title: 'Murray (2019), Fig. 4: a chain of gated actions',
  options: {
    learner: 'chained',
    actions: 6,
    duration: 200, // timesteps of an action, of which 10 are a time constant
    preparation: 20,
    practice: 900, // trials before the sequence is shown
    units: 100,
    rank: 20, // units of a loop
    gain: 1.5,
    rate: 0.1,
  },
  circuit: (options) => (known(options.learner) === 'chained' ? chained(options) : atOnce(options)),
  task: ({ learner, actions, duration, preparation, practice }) =>
    actionSequence({ actions, duration, preparation, ...(learner === 'chained' ? { practice } : { cued: 'first' }) }),
  trials: 1_000,
  compare: ({ learner }) => [{ name: learner, learner: learner === 'BPTT at once' ? 'bptt' : 'local' }],
  sweep: {
    grid: { actions: [2, 4, 6], learner: learners, rate: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3] },
    best: 'rate',
    score: 'largest error',
    testEvery: 50,
    seeds: 5,
  },
  quick: {
    trials: 300,
    settings: { practice: 240 },
    seeds: 2,
    grid: { actions: [2, 6], learner: learners, rate: [0.03, 0.1] },
  },
});
