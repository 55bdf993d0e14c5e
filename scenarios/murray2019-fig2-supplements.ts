/**
 * Murray, eLife 8:e43299 (2019), the supplements of Fig. 2: what the network of Fig. 2 still learns in variants of it. The period is 200
 * timesteps, 20 time constants.
 *
 *     rxflo sweep scenarios/murray2019-fig2-supplements.ts
 *     rxflo sweep scenarios/murray2019-fig2-supplements.ts --quick
 *
 * Every variant is shown at its own best rate. The task has no input, so input synapses could not learn; in some variants the network's only input,
 * otherwise silent, is x = 1 throughout. Results: docs/murray-2019.md.
 */
import {
  circuit,
  delta,
  input,
  InputError,
  leakyTanh,
  linear,
  normal,
  periodic,
  rflo,
  scenario,
  uniform,
  type Task,
} from 'rxflo';

interface Variant {
  /** Default 'rflo'. */
  readonly learner?: 'rflo' | 'bptt';
  /** Default 'trial'. */
  readonly schedule?: 'online';
  /** The fraction of excitatory neurons; default: synapses of any sign. */
  readonly excitatory?: number;
  /** Standard deviation of the initial recurrent weights, times the square root of N; default 1.5. */
  readonly gain?: number;
  /** Time constant of the eligibility traces, timesteps; default 10, as the neurons'. */
  readonly trace?: number;
  /** The input x, the same in every timestep; default 0. */
  readonly x?: number;
  /** The synapse groups that do not learn; default none. */
  readonly fixed?: readonly ('input' | 'recurrent' | 'readout')[];
  /** The largest initial readout weight, times the square root of N; default 0.1. */
  readonly readout?: number;
}

const variants: Readonly<Record<string, Variant>> = {
  RFLO: {},
  BPTT: { learner: 'bptt' },
  'RFLO: 50% excitatory': { excitatory: 0.5 },
  'BPTT: 50% excitatory': { excitatory: 0.5, learner: 'bptt' },
  'RFLO: 50% excitatory (gain 4)': { excitatory: 0.5, gain: 4 },
  'BPTT: 50% excitatory (gain 4)': { excitatory: 0.5, gain: 4, learner: 'bptt' },
  'RFLO: 80% excitatory': { excitatory: 0.8 },
  'BPTT: 80% excitatory': { excitatory: 0.8, learner: 'bptt' },
  'RFLO: 80% excitatory (gain 0.5)': { excitatory: 0.8, gain: 0.5 },
  'BPTT: 80% excitatory (gain 0.5)': { excitatory: 0.8, gain: 0.5, learner: 'bptt' },
  'RFLO: gain 0.5': { gain: 0.5 },
  'RFLO: gain 1': { gain: 1 },
  'RFLO: gain 2': { gain: 2 },
  'RFLO: trace 5': { trace: 5 },
  'RFLO: trace 20': { trace: 20 },
  'RFLO: trace 40': { trace: 40 },
  'RFLO: online': { schedule: 'online' },
  'RFLO: recurrent fixed': { fixed: ['recurrent'] },
  'RFLO: readout fixed': { fixed: ['readout'] },
  'RFLO: readout fixed (10 times as large)': { fixed: ['readout'], readout: 1 },
  'RFLO: constant input': { x: 1 },
  'RFLO: constant input (input fixed)': { x: 1, fixed: ['input'] },
  'RFLO: constant input (recurrent fixed)': { x: 1, fixed: ['recurrent'] },
  'RFLO: constant input (readout fixed)': { x: 1, fixed: ['readout'] },
};

function variantOf(name: string): Variant {
  if (Object.hasOwn(variants, name)) return variants[name];
  throw new InputError('option variant', `'${name}' is unknown; give one of ${Object.keys(variants).join(', ')}`);
}

/** The task with a constant input x added. */
function withInput(task: Task, x: number): Task {
  return {
    ...task,
    inputs: 1,
    settings: { ...task.settings, x },
    trial: (index, random) => {
      const trial = task.trial(index, random);
      return { ...trial, input: new Float64Array(trial.timesteps).fill(x) };
    },
  };
}

export default scenario({
  title: 'Murray (2019), supplements of Fig. 2: variants',
  options: { variant: 'RFLO', units: 30, period: 200, rate: 0.03 },
  circuit: ({ variant, units, rate }) => {
    const { excitatory, gain = 1.5, trace, fixed = [], readout = 0.1 } = variantOf(variant);
    const root = Math.sqrt(units);
    const plastic = (group: 'input' | 'recurrent' | 'readout') => (fixed.includes(group) ? 0 : 1);
    const traces = trace === undefined ? {} : { traces: { timeConstant: trace } };
    return circuit({
      neurons: { x: input(1), h: leakyTanh(units, { tau: 10, initial: 0.1 }), y: linear(1) },
      synapses: {
        recurrent: {
          ...{ from: 'h', to: 'h', weights: normal({ sd: gain / root }), rule: rflo({ eta: rate }) },
          ...{ plastic: plastic('recurrent'), ...traces },
        },
        readout: {
          ...{ from: 'h', to: 'y', weights: uniform(-readout / root, readout / root), rule: delta({ eta: rate }) },
          plastic: plastic('readout'),
        },
        input: {
          ...{ from: 'x', to: 'h', weights: uniform(-0.1, 0), rule: rflo({ eta: rate }) },
          ...{ plastic: plastic('input'), ...traces },
        },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal({ sd: 1 }) } },
      ...(excitatory !== undefined && { axons: { h: { excitatory } } }),
    });
  },
  task: ({ variant, period }) => withInput(periodic({ period }), variantOf(variant).x ?? 0),
  trials: 10_000,
  compare: ({ variant }) => {
    const { learner = 'rflo', schedule = 'trial' } = variantOf(variant);
    return [{ learner, schedule }];
  },
  sweep: {
    grid: { variant: Object.keys(variants), rate: [0.007, 0.02, 0.07, 0.2] },
    best: 'rate',
    seeds: 9,
  },
  quick: { trials: 2_000, seeds: 3, grid: { variant: Object.keys(variants), rate: [0.02, 0.07] } },
});
