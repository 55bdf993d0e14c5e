import { build } from '../../src/circuit/index.ts';
import { certifyLearner } from '../../src/locality/index.ts';
import {
  localParts,
  type ActivityData,
  type LearnerData,
  type Numbers2D,
  type RunData,
  type Summary,
} from '../../src/recording/index.ts';
import { threeMatrices } from '../support/networks.ts';

/** What a test wants of a run; all else is small and ordinary. */
export interface SampleOptions {
  readonly title?: string;
  readonly learners?: readonly string[];
  readonly trials?: number;
  readonly units?: number;
  readonly timesteps?: number;
  readonly hidden?: readonly string[];
  readonly outputs?: number;
}

/** A number in -1..1 that depends on nothing but `i`: as good as noise to draw, and the same in each run of the tests. */
export function noise(i: number): number {
  const x = Math.sin(i * 12.9898 + 78.233) * 43758.5453;
  return 2 * (x - Math.floor(x)) - 1;
}

export function matrix(rows: number, columns: number, value: (i: number) => number = noise): Numbers2D {
  return { shape: [rows, columns], values: Float64Array.from({ length: rows * columns }, (_, i) => value(i)) };
}

/** A finished run of made-up numbers. */
export function sampleRun(options: SampleOptions = {}): RunData {
  const { title = 'Sample', learners = ['rflo', 'bptt', 'rtrl'], hidden = ['h'], trials = 40, units = 6 } = options;
  const data = learners.map((name, order) => sampleLearner(name, order, options));
  return {
    directory: 'nowhere',
    summary: sampleSummary(title, learners, hidden, trials, units),
    header: { kind: 'header', format: 'rxflo-recording/1', title, seed: 7, learners },
    learners: data,
    torn: false,
  };
}

function sampleLearner(name: string, order: number, options: SampleOptions): LearnerData {
  const { trials = 40, units = 6, timesteps = 12, hidden = ['h'], outputs = 1 } = options;
  const trial = Float64Array.from({ length: trials }, (_, i) => i + 1);
  const weights = (shift: number): ReadonlyMap<string, Numbers2D> =>
    new Map([
      ...hidden.map((h): [string, Numbers2D] => [`${h} to ${h}`, matrix(units, units, (i) => noise(i + shift))]),
      ...hidden.map((h): [string, Numbers2D] => [`${h} to y`, matrix(outputs, units, (i) => noise(i + shift) / 2)]),
    ]);
  const activity = (shift: number): ReadonlyMap<string, ActivityData> => {
    const rates = (columns: number): ActivityData => {
      const { shape, values } = matrix(timesteps, columns, (i) => noise(i + shift));
      return { shape, rates: values, target: null };
    };
    const target = matrix(timesteps, outputs, (i) => Math.sin(i)).values;
    return new Map([
      ...hidden.map((h): [string, ActivityData] => [h, rates(units)]),
      ['y', { ...rates(outputs), target }] satisfies [string, ActivityData],
    ]);
  };
  return {
    name,
    trials: {
      trial,
      loss: trial.map((t) => (0.5 + 0.1 * noise(t + order)) / t),
      alignment: trial.map((t) => (order === 0 ? 1 - 1 / t : NaN)),
    },
    read: [],
    probes: new Map(),
    weights: { before: weights(0), after: weights(1 + order) },
    activity: { before: activity(0), after: activity(1 + order) },
    shown: { before: new Map(), after: new Map() },
    scores: null,
    finished: { reason: 'trials', trials },
  };
}

function sampleSummary(
  title: string,
  learners: readonly string[],
  hidden: readonly string[],
  trials: number,
  units: number,
): Summary {
  const group = { delay: 0, rule: 'rflo', params: { eta: 0.03 }, dials: {} };
  return {
    format: 'rxflo-summary/2',
    title,
    scenario: 'sample.ts',
    state: 'finished',
    seed: 7,
    versions: { rxflo: '0.0.0' },
    settings: { units },
    circuit: {
      populations: [
        ...hidden.map((name) => ({
          name,
          model: 'leaky-tanh',
          size: units,
          params: { tau: 10 },
          dials: { threshold: '0.1' },
        })),
        { name: 'y', model: 'linear', size: 1, params: {}, dials: {} },
      ],
      synapses: hidden.flatMap((h) => [
        { ...group, name: `${h} to ${h}`, from: h, to: h, count: units * units },
        { ...group, name: `${h} to y`, from: h, to: 'y', count: units },
      ]),
      feedback: hidden.map((to) => ({ name: `error to ${to}`, from: 'y', to, dials: {} })),
      local: localParts(threeMatrices()),
    },
    stops: { trials: 12, targetLoss: null, patience: null, seconds: null },
    probes: {},
    task: { name: 'periodic', settings: { period: 12 } },
    learners: learners.map((learner, order) => ({
      learner,
      algorithm: order === 0 ? 'local' : learner,
      title: learner,
      settings: {},
      exact: order > 0,
      kernels: true,
      engine: order === 0 ? 'actors' : learner,
      precision: 'f64',
      schedule: 'trial',
      feedback: 'random',
      rateHalfLife: order === 0 ? 2500 : 0,
      trials,
      ended: 'trials',
      error: null,
      firstLoss: 0.5,
      lastLoss: 0.0125,
      finalLoss: 0.0123,
      alignment: order === 0 ? 0.9 : null,
      gradientAlignment: null,
      scores: {},
      seconds: 1,
      millisecondsPerTrial: 2 ** order,
    })),
    comparisons: [],
    certificates: learners.map((name, order) =>
      certifyLearner(build(threeMatrices(), 1), {
        name,
        algorithm: order === 0 ? 'local' : order === 1 ? 'bptt' : 'rtrl',
        feedback: order === 0 ? 'random' : 'symmetric',
      }),
    ),
  };
}

/** The summary of a run that has one. */
export function sampleSummaryOf({ summary }: RunData): Summary {
  if (!summary) throw new Error('a sample has a summary');
  return summary;
}

/** The same run with another summary. */
export function withSummary(run: RunData, more: Partial<Summary>): RunData {
  return { ...run, summary: { ...sampleSummaryOf(run), ...more } };
}

/** The same run, broken off: nothing after learning, no summary. */
export function brokenOff(run: RunData): RunData {
  const learners = run.learners.map((learner) => ({
    ...learner,
    weights: { before: learner.weights.before, after: new Map() },
    activity: { before: learner.activity.before, after: new Map() },
    finished: null,
  }));
  return { ...run, summary: null, learners };
}

/** The same run, where each learner's trials are others. */
export function withLosses(run: RunData, losses: readonly number[]): RunData {
  const trials = {
    trial: Float64Array.from(losses, (_, i) => i + 1),
    loss: Float64Array.from(losses),
    alignment: new Float64Array(losses.length).fill(NaN),
  };
  return { ...run, learners: run.learners.map((learner) => ({ ...learner, trials })) };
}
