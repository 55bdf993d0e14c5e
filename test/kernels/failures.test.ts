import { beforeAll, describe, expect, it } from 'vitest';
import { local } from '../../src/algorithms/index.ts';
import {
  build,
  circuit,
  probability,
  type BuiltCircuit,
  type FeedbackKind,
  type LearningOptions,
} from '../../src/circuit/index.ts';
import { RunError } from '../../src/errors/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { input, leakyTanh, linear, neuron, neuronModel } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, plasticityRule, rflo, type PlasticityRule } from '../../src/rules/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { Pair, type Outcome } from '../support/agreement.ts';
import { randomTrial } from '../support/random-circuit.ts';
import { bytes } from '../support/weights.ts';

beforeAll(loadKernels);

const root = neuronModel({
  name: 'root',
  params: {},
  rate: ({ u }) => (u > 50 ? 1 / (u - u) : u),
  slope: () => 1,
  retention: () => 0,
});

/** Three inputs, a hidden population whose rate fails where its input is above 50, five outputs. */
function network({
  rule = rflo({ eta: 0.1 }),
  late = rule,
  loud = 0.3,
}: { rule?: PlasticityRule; late?: PlasticityRule; loud?: number } = {}): BuiltCircuit {
  const weights = normal({ sd: 0.3 });
  return build(
    circuit({
      neurons: { r: root(5), y: linear(5), x: input(3), h: leakyTanh(7) },
      synapses: {
        xh: { from: 'x', to: 'h', weights, rule },
        hh: { from: 'h', to: 'h', weights, rule },
        hr: { from: 'h', to: 'r', weights },
        xr: { from: 'x', to: 'r', weights, delay: 2, rule },
        rh: { from: 'r', to: 'h', weights, delay: 3, connect: probability(0.4), rule: late },
        hy: { from: 'h', to: 'y', weights, rule: delta({ eta: 0.1 }) },
        ry: { from: 'r', to: 'y', weights, delay: 1, rule },
      },
      feedback: {
        yh: { from: 'y', to: 'h', weights: normal({ sd: loud }) },
        yr: { from: 'y', to: 'r', weights },
      },
    }),
    1,
  );
}

const T = 45;
/** At timestep 40 some synapses ask for what is no number, or for Infinity. */
const explosive = plasticityRule({
  name: 'explosive',
  params: { over: 0, side: 1 },
  state: { n: 0 },
  trace: ({ n }) => ({ n: n + 1 }),
  change: ({ n, pre, post, over, side }) => (n === 40 && pre.rate < 0 && side * post.rate > 0 ? over / (n - 40) : 0),
});
const still = plasticityRule({ name: 'still', params: {}, change: () => 0 });

interface Mishap {
  readonly built?: BuiltCircuit;
  readonly change: (trial: Trial) => Trial;
  readonly weights?: (weights: Readonly<Record<string, Float64Array>>) => Readonly<Record<string, Float64Array>>;
  readonly problem: RegExp;
  readonly actor: RegExp;
  readonly feedback?: FeedbackKind;
  readonly learn?: boolean;
  readonly timestep: Readonly<Record<'trial' | 'online', number>>;
}

const at = (t: number) => ({ trial: t, online: t });
const withInput = (t: number, k: number, value: number) => (trial: Trial) => ({
  ...trial,
  input: trial.input.with((t - 1) * 3 + k, value),
});
const same = (trial: Trial) => trial;

const MISHAPS: Readonly<Record<string, Mishap>> = {
  'an input that is no number': {
    change: withInput(3, 1, NaN),
    ...{ actor: /^task.input$/, problem: /^channel 2 \(x 1\) is NaN/, timestep: at(3) },
  },
  'an infinite input, past the first chunk of timesteps': {
    change: withInput(44, 2, -Infinity),
    ...{ actor: /^task.input$/, problem: /^channel 3 \(x 2\) is -Infinity/, timestep: at(44) },
  },
  'an input in the last timestep': {
    change: withInput(T, 0, Infinity),
    ...{ actor: /^task.input$/, problem: /^channel 1 \(x 0\) is Infinity/, timestep: at(T) },
  },
  'a summed input': {
    change: same,
    weights: (weights) => ({ ...weights, hh: weights['hh'].map(() => 1e308).fill(-1e308, 42, 46) }),
    ...{ actor: /^neuron h 0$/, problem: /^its summed input became -Infinity$/, timestep: at(6) },
  },
  'a summed input that is no number': {
    change: withInput(2, 0, 1e300),
    weights: (weights) => ({ ...weights, xh: weights['xh'].with(9, 1e300), hh: weights['hh'].with(15, -Infinity) }),
    ...{ actor: /^neuron h 2$/, problem: /^its summed input became NaN$/, timestep: at(1) },
  },
  'a rate': {
    change: withInput(31, 1, 1e6),
    ...{ actor: /^neuron r \d$/, problem: /^its rate became Infinity$/, timestep: at(33) },
  },
  'a squared error': {
    change: (trial) => ({ ...trial, target: trial.target.with(34 * 5 + 4, 1e160) }),
    ...{ actor: /^error unit$/, problem: /^the squared error became Infinity$/, timestep: at(35) },
  },
  'the sum of squared errors': {
    built: network({ rule: still() }),
    change: (trial) => ({ ...trial, target: trial.target.map((y, k) => (k % 5 === 3 ? 5e153 : y)) }),
    weights: (weights) => ({ ...weights, hy: weights['hy'].fill(0) }),
    learn: false,
    ...{ actor: /^error unit$/, problem: /^the squared error became Infinity$/, timestep: at(8) },
  },
  'a weight': {
    built: network({ rule: explosive({ over: 1 }) }),
    change: same,
    ...{ actor: /^synapse xh 0 <- 0$/, problem: /^its weight became Infinity$/, timestep: { trial: T, online: 40 } },
  },
  'a weight in a sparse group': {
    built: network({ late: explosive({ side: -1 }) }),
    change: same,
    ...{ actor: /^synapse rh [1-9] <- [0-9]$/, problem: /^its weight became NaN$/, timestep: { trial: T, online: 40 } },
  },
  'a weight, for its learning signal is infinite': {
    built: network({ loud: 1e200 }),
    change: (trial) => ({ ...trial, target: trial.target.with(4 * 5 + 2, 1e150) }),
    feedback: 'random',
    ...{ actor: /^synapse xh 0 <- 0$/, problem: /^its weight became -?Infinity$/, timestep: { trial: T, online: 5 } },
  },
};

const SCHEDULES = ['trial', 'online'] as const;
const ways = { unwatched: 'trial', watched: 'watchedTrial' } as const;

describe.each(SCHEDULES)('what stops being finite is told as the actors tell it, schedule %s:', (schedule) => {
  it.each(Object.entries(MISHAPS))('%s', (_, mishap) => {
    for (const way of Object.values(ways)) {
      const built = mishap.built ?? network();
      const options: LearningOptions = { schedule, feedback: mishap.feedback ?? 'symmetric' };
      const pair = new Pair(built, options);
      const weights = pair.kernels.weights();
      const broken = mishap.weights?.(weights) ?? weights;
      for (const engine of pair.engines) engine.setWeights(broken);

      const outcome = pair[way](mishap.change(randomTrial(built, T, 7)), { learn: mishap.learn ?? true });
      expectFailure(outcome, mishap, schedule);
      expectAsFresh(pair, weights, options);
    }
  });
});

function expectFailure(outcome: Outcome, { actor, problem, timestep }: Mishap, schedule: 'trial' | 'online'): void {
  if (!(outcome instanceof RunError)) throw new Error('nothing failed');
  expect(outcome.actor).toMatch(actor);
  expect(outcome.problem).toMatch(problem);
  expect(outcome.timestep).toBe(timestep[schedule]);
}

/** With good weights, a trial after the failure is as on an engine that has never failed. */
function expectAsFresh(
  { kernels }: Pair,
  weights: ReturnType<KernelEngine['weights']>,
  options: LearningOptions,
): void {
  const fresh = new KernelEngine(kernels.circuit, { algorithm: local(), ...options });
  for (const seed of [8, 9]) {
    kernels.setWeights(weights);
    fresh.setWeights(weights);
    const trial = randomTrial(kernels.circuit, 30, seed);
    expect(kernels.trial(trial)).toBe(fresh.trial(trial));
    expect(bytes(kernels.weights())).toBe(bytes(fresh.weights()));
  }
}

it.each([1, 40])('%i silent axons through state that is not finite bring what is no number', (size) => {
  const endless = plasticityRule({
    name: 'endless',
    params: {},
    state: { f: 0 },
    trace: ({ pre }) => ({ f: 1 / (pre.out * pre.out) }),
    change: () => 0,
  });
  const h = neuron({
    name: 'two',
    ports: { u: 'v', w: null },
    state: { v: 0 },
    step: ({ u, w }) => ({ v: u + w }),
    sends: ({ v }) => ({ out: v }),
  });
  const built = build(
    circuit({
      neurons: { x: input(size), h: h(3) },
      synapses: { xh: { from: 'x', to: 'h', weights: normal(), rule: endless(), also: { port: 'w', weight: 'f' } } },
    }),
    1,
  );
  const trial = { timesteps: 2, input: new Float64Array(2 * size), target: new Float64Array(6) };
  const outcome = new Pair(built, { schedule: 'trial', feedback: 'random' }).trial(trial);
  expect(outcome).toMatchObject({ actor: 'neuron h 0', timestep: 2, problem: 'its summed input became NaN' });
});
