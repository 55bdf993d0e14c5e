import { beforeAll, describe, expect, it, vi } from 'vitest';
import { circuit, type Axon, type Circuit, type SynapseGroup } from '../../src/circuit/index.ts';
import { abs, exp, max, spike, tanh } from '../../src/local/index.ts';
import { input, leakyTanh, linear, neuron, neuronModel, type Population } from '../../src/neurons/index.ts';
import { adam } from '../../src/optimisers/index.ts';
import { normal, uniform } from '../../src/random/index.ts';
import { identityOf } from '../../src/recording/index.ts';
import { delta, overTrials, rflo, type OverTrials } from '../../src/rules/index.ts';
import { createEngine, resolveLearner, type LearnerOptions } from '../../src/training/learner.ts';
import { loadEngines, openSession, scenario, type Session, type SessionState } from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { eprop } from '../support/heart.ts';
import { noise } from '../support/networks.ts';
import { endOf, eventsOf, statesOf } from '../support/sessions.ts';
import { bytes } from '../support/weights.ts';

beforeAll(() => loadEngines([{ engine: 'kernels' }]));

/** Everything that text can read: ports, noise, a pool, what was sent before; its first message follows from a parameter. */
const unit = neuron({
  name: 'unit',
  params: { tau: 3, gain: 0.8, sd: 0.2, shift: 0.1 },
  range: { tau: [1, 100] },
  tunable: ['tau', 'gain', 'sd', 'shift'],
  ports: { u: 'v', second: null },
  state: { v: 0.1, a: 0 },
  noise: ['xi'],
  pools: { all: { sum: ({ v, gain }) => exp(gain * v) } },
  step: ({ v, a, u, second, xi, all, last, tau, gain, sd }) => ({
    v: v + (tanh(gain * u + second + sd * xi) - v - 0.1 * a) / tau + 0.01 * all,
    a: a + (last.out - a) / (2 * tau),
  }),
  sends: ({ v, a, shift, gain }) => ({ out: gain * tanh(v - a + shift), other: v * gain }),
  shows: ({ v, gain }) => ({ felt: gain * v }),
});

/** Spikes, by a threshold that may change, from the first timestep on. */
const spiking = neuron({
  name: 'spiking',
  params: { theta: 0.3, psi: 0.5 },
  tunable: ['theta', 'psi'],
  ports: { u: 'v' },
  state: { v: 0.4 },
  step: ({ v, u, last, theta }) => ({ v: 0.9 * v + u - theta * last.out }),
  sends: ({ v, theta, psi }) => ({ out: spike(v - theta, psi * max(0, 1 - abs(v - theta))) }),
  axon: 'event',
});

const leaky = neuronModel({
  name: 'leaky',
  params: { tau: 2 },
  range: { tau: [1, Infinity] },
  rate: ({ h, u, tau }) => h + (tanh(u) - h) / tau,
});

type Numbers = Readonly<Record<string, Readonly<Record<string, number>>>>;

const FIRST = {
  'neurons.g': { tau: 3, gain: 0.8, sd: 0.2, shift: 0.1 },
  'neurons.s': { theta: 0.3, psi: 0.5 },
  'neurons.h': { tau: 2 },
} as const satisfies Numbers;
const OTHER = {
  'neurons.g': { tau: 1.7, gain: -1.1, sd: 0.35, shift: -0.6 },
  'neurons.s': { theta: 0.45, psi: 0.2 },
  'neurons.h': { tau: 3.3 },
} as const satisfies Numbers;

/** Neurons of these parameters. `spikes`: some send events. */
function neurons(
  of: { [K in keyof typeof FIRST]: Readonly<Record<keyof (typeof FIRST)[K], number>> },
  tunable: boolean,
  spikes = true,
): Circuit {
  const none = tunable ? {} : { tunable: [] };
  const s: Population = spikes ? spiking(3, { ...of['neurons.s'], ...none }) : leakyTanh(3, { tau: 2 });
  return circuit({
    neurons: {
      x: input(2),
      g: unit(4, { ...of['neurons.g'], ...none }),
      s,
      h: leaky(3, { ...of['neurons.h'], ...(tunable && { tunable: ['tau'] }) }),
      y: linear(2),
    },
    synapses: {
      input: { from: 'x', to: 'g', weights: normal(), rule: eprop() },
      recurrent: { from: 'g', to: 'g', weights: normal({ sd: 0.5 }), rule: eprop() },
      across: { from: 'g', to: 's', carries: 'other', weights: normal(), rule: eprop() },
      on: { from: 's', to: 'h', weights: normal(), rule: rflo() },
      again: { from: 'h', to: 'h', weights: normal({ sd: 0.5 }), rule: rflo() },
      back: { from: 's', to: 'g', port: 'second', weights: normal(), delay: 2 },
      readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
    },
    feedback: {
      toH: { from: 'y', to: 'h', weights: normal() },
      toG: { from: 'y', to: 'g', weights: normal() },
      toS: { from: 'y', to: 's', weights: normal() },
    },
  });
}

const engines = ['actors', 'kernels'] as const;
const schedules = ['trial', 'online'] as const;

interface Running {
  readonly learner?: LearnerOptions;
  readonly tune?: Numbers;
  readonly trials?: number;
  readonly carry?: boolean;
  readonly resume?: SessionState;
}

function opened(definition: Circuit, { learner = {}, tune = {}, trials = 3, carry, resume }: Running = {}): Session {
  const session = openSession({
    ...{ circuit: definition, task: noise(6), learner, trials },
    ...(carry && { carry }),
    ...(resume && { resume }),
  });
  for (const [owner, numbers] of Object.entries(tune)) session.tune(owner, numbers);
  return session;
}

/** All that is left in the end: weights, what is carried, and the last loss. */
async function left(definition: Circuit, how: Running = {}): Promise<string> {
  const { weights, carried, last } = endOf(await eventsOf(opened(definition, how))).state;
  return `${bytes({ ...weights, ...carried })} ${last?.loss}`;
}

const { 'neurons.s': spikingAlone, ...withoutSpikes } = OTHER;

describe("neurons' parameters", () => {
  it.each(schedules)('tuned are those of a circuit built with them, on both engines: %s', async (schedule) => {
    const carry = schedule === 'trial';
    const built = await left(neurons(OTHER, false), { learner: { engine: 'kernels', schedule }, carry });
    for (const engine of engines) {
      const learner = { engine, schedule };
      expect(await left(neurons(FIRST, true), { learner, carry, tune: OTHER })).toBe(built);
    }
    expect(await left(neurons(FIRST, true), { learner: { engine: 'kernels', schedule }, carry })).not.toBe(built);
  });

  it.each<LearnerOptions>([
    { learner: 'bptt' },
    { learner: 'rtrl', schedule: 'online' },
    { learner: 'snap-1', schedule: 'online', feedback: 'random' },
  ])('are those of references, too: %o', async (learner) => {
    const built = await left(neurons(OTHER, false), { learner });
    expect(await left(neurons(FIRST, true), { learner, tune: OTHER })).toBe(built);
    expect(await left(neurons(FIRST, true), { learner })).not.toBe(built);
  });

  it('are the same to kernels of references', async () => {
    const rates = (tau: number, tunable: boolean): Circuit =>
      circuit({
        neurons: { x: input(2), h: leaky(5, { tau, ...(tunable && { tunable: ['tau'] }) }), y: linear(2) },
        synapses: {
          input: { from: 'x', to: 'h', weights: normal(), rule: rflo() },
          recurrent: { from: 'h', to: 'h', weights: normal(), rule: rflo() },
          readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
        },
        feedback: { error: { from: 'y', to: 'h', weights: normal() } },
      });
    for (const name of ['bptt', 'rtrl'] as const) {
      for (const engine of engines) {
        const learner = { learner: name, engine };
        const expected = await left(rates(3.3, false), { learner: { learner: name } });
        expect(await left(rates(2, true), { learner, tune: { 'neurons.h': { tau: 3.3 } } })).toBe(expected);
      }
    }
  });

  it('are followed from trial to trial, and kept by a session that is resumed', async () => {
    for (const engine of engines) {
      const run = async (trials: number, resume?: SessionState) => {
        const session = opened(neurons(FIRST, true, false), { learner: { engine }, trials, ...(resume && { resume }) });
        session.run().subscribe((event) => {
          if (event.type === 'trial' && event.trial === 2) for (const [owner, numbers] of Object.entries(withoutSpikes)) session.tune(owner, numbers); // prettier-ignore
        });
        await vi.waitUntil(() => session.state().trial === trials);
        return session.state();
      };
      const whole = await run(4);
      expect(whole.tuned).toEqual(withoutSpikes);
      expect(whole.tuned).not.toHaveProperty(Object.keys(spikingAlone));
      const resumed = await run(4, await run(3));
      expect(bytes(resumed.weights)).toBe(bytes(whole.weights));
    }
  });

  it('may follow from the trial, in trials that learn', async () => {
    const falling = (tau: Parameters<typeof leaky>[1]) =>
      circuit({
        neurons: { x: input(2), h: leaky(3, tau), y: linear(2) },
        synapses: {
          input: { from: 'x', to: 'h', weights: normal(), rule: rflo() },
          readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
        },
        feedback: { error: { from: 'y', to: 'h', weights: normal() } },
      });
    const over = overTrials(4, ({ start, trial }) => start / trial);
    const states = await Promise.all(
      engines.map(async (engine) =>
        statesOf(
          await eventsOf(
            openSession({
              ...{ circuit: falling({ tau: over, tunable: ['tau'] }), task: noise(6), learner: { engine }, trials: 3 },
              checkpointSeconds: 1e-9,
            }),
          ),
        ),
      ),
    );
    expect(bytes(states[0].at(-1)?.weights ?? {})).toBe(bytes(states[1].at(-1)?.weights ?? {}));
    const [second, third] = states[0].slice(1, 3);
    const byHand = openSession({ circuit: falling({ tau: 4 / 3 }), task: noise(6), trials: 3, resume: second });
    expect(bytes(endOf(await eventsOf(byHand)).state.weights)).toBe(bytes(third.weights));
    const identity = (formula: typeof over) =>
      identityOf(
        scenario({
          ...{ title: 'T', task: () => noise(), compare: ['rflo'] },
          circuit: () => falling({ tau: formula, tunable: ['tau'] }),
        }).plan(),
      )['circuit'];
    expect(identity(over)).not.toBe(identity(overTrials(4, ({ start, trial }) => start + trial)));
    const wrong = await eventsOf(
      openSession({
        ...{ task: noise(6), trials: 3 },
        circuit: falling({ tau: overTrials(3, ({ start, trial }) => start - trial), tunable: ['tau'] }),
      }),
    );
    expect(wrong.at(-1)).toMatchObject({
      error: { message: 'neurons h (trial 3): its tau: 0 is outside its range, 1 to Infinity' },
    });
  });
});

/** Every dial that may be tuned, and Dale's law, which has a word in the bounds. */
function dialled(of: Dials, tunable: boolean): Circuit {
  const group = (named: Partial<SynapseGroup>): Partial<SynapseGroup> => named;
  const { axons, error, traces, weights } = of;
  return circuit<string, string, string>({
    neurons: { x: input(2), h: leakyTanh(6, { tau: 2, initial: 0.1 }), k: leakyTanh(3), y: linear(2) },
    axons: {
      h: { ...axons, bits: 4, ...(tunable && { tunable: ['threshold', 'noise', 'range'] }) },
      k: { excitatory: 0.6 },
    },
    synapses: {
      input: {
        ...{ from: 'x', to: 'h', weights: normal(), rule: rflo() },
        traces: { ...traces, bits: 6, ...(tunable && { tunable: ['timeConstant', 'range'] }) },
      },
      recurrent: {
        ...{ from: 'h', to: 'h', weights: normal(), rule: rflo({ eta: 2 }), optimiser: adam({ eta: 0.3 }) },
        ...group({ bounds: [weights.low, weights.high], plastic: weights.plastic }),
        ...(tunable && { tunable: ['bounds', 'plastic'] }),
      },
      forward: { from: 'h', to: 'k', weights: normal(), rule: rflo() },
      signed: {
        ...{ from: 'k', to: 'k', weights: normal({ sd: 0.1 }), rule: rflo({ eta: 100 }) },
        ...group({ bounds: [weights.low, weights.high] }),
        ...(tunable && { tunable: ['bounds'] }),
      },
      readout: { from: 'k', to: 'y', weights: normal({ sd: 0.5 }), rule: delta() },
    },
    feedback: {
      error: {
        ...{ from: 'y', to: 'h', weights: normal() },
        broadcast: { ...error, bits: 5, ...(tunable && { tunable: ['threshold', 'range', 'drop'] }) },
      },
      k: { from: 'y', to: 'k', weights: normal() },
    },
  });
}

const DIALS = {
  axons: { threshold: 0.05, noise: 0.1, range: 1 },
  error: { threshold: 0.02, range: 2, drop: 0.1 },
  traces: { timeConstant: 5, range: 1 },
  weights: { low: -3, high: 3, plastic: 0.9 },
};
/** The same, some of them from trial to trial others. */
type Dials = {
  readonly [K in keyof typeof DIALS]: {
    readonly [D in keyof (typeof DIALS)[K]]: D extends 'low' | 'high' ? number : number | OverTrials;
  };
};
const TURNED = {
  axons: { threshold: 0.15, noise: 0.03, range: 0.7 },
  error: { threshold: 0.1, range: 1.5, drop: 0.5 },
  traces: { timeConstant: 1.5, range: 0.6 },
  weights: { low: -1.25, high: 0.75, plastic: 0.4 },
};
const AS_TUNED: Numbers = {
  'axons.h': TURNED.axons,
  'feedback.error': { 'broadcast.threshold': 0.1, 'broadcast.range': 1.5, 'broadcast.drop': 0.5 },
  input: { 'traces.timeConstant': 1.5, 'traces.range': 0.6 },
  recurrent: { 'bounds.low': -1.25, 'bounds.high': 0.75, plastic: 0.4 },
  signed: { 'bounds.low': -1.25, 'bounds.high': 0.75 },
};

describe('dials', () => {
  /** From the same weights, which are within all bounds. */
  const from = async (definition: Circuit, how: Running): Promise<string> => {
    const resume = opened(dialled(TURNED, false)).state();
    return left(definition, { ...how, resume });
  };

  it.each(schedules)('that are tuned are those of a circuit with these, on both engines: %s', async (schedule) => {
    const built = await from(dialled(TURNED, false), { learner: { engine: 'kernels', schedule } });
    for (const engine of engines) {
      const learner = { engine, schedule };
      expect(await from(dialled(DIALS, true), { learner, tune: AS_TUNED })).toBe(built);
    }
    if (schedule === 'trial') return;
    for (const owner of Object.keys(AS_TUNED)) {
      const { [owner]: _, ...others } = AS_TUNED;
      const learner = { engine: 'actors', schedule } as const;
      expect(await from(dialled(DIALS, true), { learner, tune: others }), owner).not.toBe(built);
    }
  });

  it('may follow from the trial', async () => {
    const halved = (twice: number) => overTrials(twice, ({ start }) => start / 2);
    const over = (numbers: Readonly<Record<string, number>>) =>
      Object.fromEntries(Object.entries(numbers).map(([dial, value]) => [dial, halved(2 * value)]));
    const { axons, error, traces, weights } = TURNED;
    const changing = (): Circuit =>
      dialled(
        {
          axons: { ...axons, ...over(axons) },
          error: { ...error, ...over(error) },
          traces: { ...traces, ...over(traces) },
          weights: { ...weights, plastic: halved(2 * weights.plastic) },
        },
        true,
      );
    for (const schedule of schedules) {
      const built = await from(dialled(TURNED, false), { learner: { engine: 'kernels', schedule } });
      for (const engine of engines) expect(await from(changing(), { learner: { engine, schedule } })).toBe(built);
    }
    const dials = (axon: Axon): Circuit =>
      circuit({ neurons: { h: leakyTanh(2), y: linear(1) }, axons: { h: axon }, synapses: {} });
    const noise = overTrials(0.1, ({ start, trial }) => start / trial);
    expect(refusal(() => dials({ noise }))).toBe(
      "axons.h.noise: is not tunable, so it cannot change over the trials; give a number, or add tunable: ['noise']",
    );
    expect(refusal(() => dials({ noise: overTrials(-1, ({ start }) => -start), tunable: ['noise'] }))).toMatch(
      /^axons\.h\.noise: expected a standard deviation, 0 or more and finite, got -1/,
    );
  });

  it('of weights hold in references, too', async () => {
    const plain = (bounds: readonly [number, number], plastic: number, tunable: boolean): Circuit =>
      circuit({
        neurons: { x: input(2), h: leakyTanh(4, { tau: 2 }), y: linear(2) },
        synapses: {
          input: {
            ...{ from: 'x', to: 'h', weights: uniform(-0.2, 0.2), rule: rflo({ eta: 2 }), bounds, plastic },
            ...(tunable && { tunable: ['bounds', 'plastic'] as const }),
          },
          readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
        },
      });
    for (const learner of [
      { learner: 'bptt', engine: 'actors' },
      { learner: 'bptt', engine: 'kernels' },
      { learner: 'rtrl', schedule: 'online' },
    ] as const) {
      const expected = await left(plain([-0.25, 0.3], 0.5, false), { learner });
      const tune = { input: { 'bounds.low': -0.25, 'bounds.high': 0.3, plastic: 0.5 } };
      expect(await left(plain([-1, 1], 1, true), { learner, tune })).toBe(expected);
      expect(await left(plain([-1, 1], 1, true), { learner })).not.toBe(expected);
    }
  });

  it('end the learning of a group, whatever its rule and optimiser, and begin it again', async () => {
    for (const engine of engines) {
      const session = opened(dialled({ ...DIALS, weights: { ...DIALS.weights, plastic: 1 } }, true), { learner: { engine }, trials: 6 }); // prettier-ignore
      const seen: (readonly [string, string])[] = [];
      session.run().subscribe((event) => {
        if (event.type !== 'trial') return;
        const { recurrent, input: other } = session.state().weights;
        seen.push([bytes({ recurrent }), bytes({ other })]);
        if (event.trial === 2) session.tune('recurrent', { plastic: 0 });
        if (event.trial === 4) session.tune('recurrent', { plastic: 1 });
      });
      await vi.waitUntil(() => session.state().trial === 6);
      const own = seen.map(([each]) => each);
      expect([own[2], own[3]]).toEqual([own[1], own[1]]);
      expect(new Set(own).size).toBe(4);
      expect(new Set(seen.map(([, each]) => each)).size).toBe(6);
    }
  });

  it('may widen bounds, and weights beyond the first bounds are resumed', async () => {
    const session = opened(dialled(DIALS, true), { tune: { recurrent: { 'bounds.high': 30 } }, trials: 12 });
    const { state } = endOf(await eventsOf(session));
    expect(Math.max(...Array.from(state.weights['recurrent']))).toBeGreaterThan(3);
    expect(opened(dialled(DIALS, true), { resume: state }).tuned()['recurrent']['bounds.high']).toBe(30);
  });
});

it('five values of neurons and dials compile once', () => {
  const compile = vi.spyOn(WebAssembly, 'Module');
  for (let k = 1; k <= 5; k++) {
    const of = { ...FIRST, 'neurons.h': { tau: 1 + k }, 'neurons.g': { ...FIRST['neurons.g'], gain: k / 7 } };
    const one = neurons(of, true);
    createEngine(one, 1, resolveLearner({ engine: 'kernels' }, one, { trials: 1 }));
  }
  expect(compile).toHaveBeenCalledTimes(1);
  compile.mockRestore();
});

describe('refused is', () => {
  const tuning = (owner: string, numbers: Readonly<Record<string, number>>) => () => {
    opened(dialled(DIALS, true)).tune(owner, numbers);
  };
  const onAxon = (axon: object) => () =>
    circuit({ neurons: { h: leakyTanh(2) }, synapses: {}, axons: { h: axon }, outputs: ['h'] });
  it.each<[string, () => unknown, string]>([
    [
      'a parameter out of its range',
      () => {
        opened(neurons(FIRST, true)).tune('neurons.g', { tau: 0.5 });
      },
      'tune.neurons.g.tau: 0.5 is outside its range, 1 to 100',
    ],
    ['a dial out of its range', tuning('axons.h', { threshold: -1 }), 'tune.axons.h.threshold: -1 is outside'],
    [
      'a least weight above the largest',
      tuning('recurrent', { 'bounds.low': 4 }),
      'tune.recurrent.bounds.low: 4 is above bounds.high, 3',
    ],
    ['a bound of the wrong sign', tuning('signed', { 'bounds.low': 0.5 }), 'bounds.low: 0.5 is outside its range'],
    [
      'what is not tunable',
      tuning('axons.h', { bits: 3 }),
      "tune.axons.h.bits: is not a tunable parameter; expected 'threshold', 'noise' or 'range'",
    ],
    [
      'a list for a tunable parameter',
      () => unit(2, { tau: [3, 4] }),
      "neuron 'unit'.tau: is tunable, so it must be one number for all neurons",
    ],
    [
      'one over the trials that is not tunable',
      () => leaky(2, { tau: overTrials(2, ({ start }) => start) }),
      "neuron model 'leaky'.tau: is not tunable",
    ],
    ['a name that is no parameter', () => unit(2, { tunable: ['x'] }), "neuron 'unit'.tunable[0]: 'x' is not a"],
    [
      'a dial that shapes what runs',
      onAxon({ bits: 3, tunable: ['bits'] }),
      "axons.h.tunable[0]: 'bits' cannot change while a circuit runs; expected 'threshold', 'noise' or 'range'",
    ],
  ])('%s', (_, wrong, message) => {
    expect(refusal(wrong)).toContain(message);
  });
});
