import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import {
  build,
  circuit,
  fromTask,
  probability,
  timestepOf,
  type BuiltCircuit,
  type CircuitDefinition,
  type Engine,
  type LearningOptions,
} from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { crossEntropy } from '../../src/losses/index.ts';
import { input, leakyRelu, leakyTanh, linear, neuron } from '../../src/neurons/index.ts';
import { adam } from '../../src/optimisers/index.ts';
import { integers, normal, uniform } from '../../src/random/index.ts';
import { delta, kolenPollackFeedback, plasticityRule, rflo } from '../../src/rules/index.ts';
import { Rtrl } from '../../src/solvers/index.ts';
import { expectBits } from '../support/agreement.ts';

beforeAll(loadKernels);

type Definition = CircuitDefinition<string, string, string>;

/** A circuit, and how it is built and learns. */
interface Setting {
  readonly seed: number;
  readonly definition: Definition;
  readonly building: NonNullable<Parameters<typeof build>[2]>;
  readonly learning: LearningOptions;
}

const faded = plasticityRule({
  name: 'faded',
  params: { eta: 0.3, fade: 0.1 },
  tunable: ['eta'],
  change: ({ w, pre, post, eta, fade }) => eta * post.signal * pre.rate - fade * w,
});

const rewarded = plasticityRule({
  name: 'rewarded',
  params: { eta: 0.3 },
  globals: ['reward'],
  change: ({ pre, post, global, eta }) => eta * (post.signal + global.reward) * pre.rate,
});

/** A setting: all new, so that no part of it is a part of another. */
function base(): Setting {
  const definition: Definition = {
    neurons: { x: input(1), h: leakyTanh(5, { tau: 4, initial: 0.3 }), y: linear(2) },
    synapses: {
      in: { from: 'x', to: 'h', weights: normal(), rule: rflo({ eta: 0.3 }) },
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.6 }), rule: rflo({ eta: 0.3 }) },
      readout: { from: 'h', to: 'y', weights: uniform(-0.5, 0.5), rule: delta({ eta: 0.3 }) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  };
  return { seed: 1, definition, building: {}, learning: { schedule: 'online', feedback: 'random' } };
}

const defined = (change: Partial<Definition>): Partial<Setting> => ({
  definition: { ...base().definition, ...change },
});
const neurons = (h: Definition['neurons'][string]) => defined({ neurons: { ...base().definition.neurons, h } });
const group = (name: string) => (change: Partial<Definition['synapses'][string]>) => {
  const { synapses } = base().definition;
  return defined({ synapses: { ...synapses, [name]: { ...synapses[name], ...change } } });
};
const [recurrent, readout] = [group('recurrent'), group('readout')];
const feedback = (change: Partial<NonNullable<Definition['feedback']>[string]>) =>
  defined({ feedback: { error: { from: 'y', to: 'h', weights: normal(), ...change } } });
const learning = (change: Partial<LearningOptions>): Partial<Setting> => ({
  learning: { schedule: 'online', feedback: 'random', ...change },
});

/** Neurons that have a state of a name that groups have, too. */
const namesake = neuron({
  name: 'namesake',
  params: { pre: 0.5 },
  ports: { u: 'weights' },
  state: { weights: 0 },
  step: ({ weights, u, pre }) => ({ weights: pre * weights + u }),
  sends: ({ weights }) => ({ out: weights, rate: weights }),
});

/** Each differs from `base` in one thing. */
const CHANGES: Readonly<Record<string, Partial<Setting>>> = {
  'the time constant': neurons(leakyTanh(5, { tau: 5, initial: 0.3 })),
  'the initial state': neurons(leakyTanh(5, { tau: 4, initial: 0.2 })),
  'a time constant for each neuron': neurons(leakyTanh(5, { tau: [4, 4, 4, 4, 5], initial: 0.3 })),
  'time constants drawn by chance': neurons(leakyTanh(5, { tau: uniform(2, 6), initial: 0.3 })),
  'the model': neurons(leakyRelu(5, { tau: 4, initial: 0.3 })),
  'the number of neurons': neurons(leakyTanh(4, { tau: 4, initial: 0.3 })),
  'the learning rate': recurrent({ rule: rflo({ eta: 0.2 }) }),
  'the rule': recurrent({ rule: delta({ eta: 0.3 }) }),
  'a rule that reads a global scalar': defined({
    ...readout({ rule: rewarded() }).definition,
    globals: { reward: fromTask({ start: 0.5 }) },
  }),
  'the delay': recurrent({ delay: 2 }),
  'delays drawn by chance': recurrent({ delay: integers(1, 3) }),
  'the connections': recurrent({ connect: probability(0.5) }),
  bounds: readout({ bounds: [-0.3, 0.3] }),
  'the bits of weights': readout({ bits: 6, bounds: [-1, 1] }),
  'plastic synapses': recurrent({ plastic: 0.5 }),
  'the time constant of traces': recurrent({ traces: { timeConstant: 2 } }),
  'traces that are kept': recurrent({ traces: { keep: true } }),
  'an optimiser': recurrent({ optimiser: adam({ eta: 0.1 }) }),
  'a gate': recurrent({ gate: { from: 'h', neuron: 1 } }),
  'an axon with a threshold': defined({ axons: { h: { threshold: 0.2 } } }),
  'an axon with noise': defined({ axons: { h: { noise: 0.1 } } }),
  'the delay of an axon': defined({ axons: { h: { delay: 1 } } }),
  'the signs of axons': defined({ axons: { h: { excitatory: 0.5 } } }),
  'feedback at an angle': feedback({ angle: 30 }),
  'feedback of few bits': feedback({ bits: 1 }),
  'feedback that is relearned': feedback({ rule: kolenPollackFeedback({ eta: 0.3 }) }),
  'a broadcast that is late': feedback({ broadcast: { delay: 1 } }),
  'a broadcast that is lost by chance': feedback({ broadcast: { drop: 0.5 } }),
  'the loss': defined({ losses: { y: crossEntropy } }),
  sweeps: defined({ repeat: { times: 2 } }),
  'going on from trial to trial': { building: { carry: true } },
  'the evaluation': { building: { evaluation: 'history' }, ...learning({ schedule: 'trial' }) },
  'the schedule': learning({ schedule: 'trial' }),
  'the kind of feedback': learning({ feedback: 'symmetric' }),
  'the batch': learning({ schedule: 'trial', batch: 2 }),
};

/** These differ in nothing that is written down. Their neurons are made when they are asked for: a twin needs the same as the first. */
const DRAWN: Readonly<Record<string, () => Partial<Setting>>> = {
  'the seed': () => ({ seed: 2 }),
  'the weights of synapses': () => recurrent({ weights: normal({ sd: 0.7 }) }),
  'the weights of feedback': () => feedback({ weights: normal({ sd: 2 }) }),
  'a learning rate that may change': () => recurrent({ rule: rflo({ eta: 0.25 }) }),
};

function builtAs({ seed, definition, building }: Setting): BuiltCircuit {
  return build(circuit<string, string, string>(definition), seed, building);
}

/** What global references know nothing of. */
const LOCAL =
  /rule|gate|trace|traces|threshold|bits|feedback|broadcast|batch|evaluation|sweeps|bounds|plastic|signs|scalar/;

const ENGINES: readonly (readonly [string, (setting: Setting) => Engine])[] = [
  ['actors', (setting) => new ActorEngine(builtAs(setting), setting.learning)],
  ['kernels', (setting) => new KernelEngine(builtAs(setting), { ...setting.learning, algorithm: local() })],
  ['RTRL', (setting) => new Rtrl(builtAs(setting), setting.learning)],
];

/** The timesteps of other circuits are written down: enough of them that nothing is remembered of those before. */
function others(): void {
  for (let size = 6; size < 16; size++) timestepFor({ ...base(), ...neurons(linear(size)) });
}

function timestepFor(setting: Setting) {
  const built = builtAs(setting);
  return { built, timestep: timestepOf(built, { feedback: built.feedback, signalled: () => true }) };
}

/** What two trials cost, and all that they change. */
function learned(engine: Engine): Float64Array {
  const trial = () => ({
    timesteps: 4,
    input: Float64Array.of(0.5, -0.2, 0.8, 0.1),
    target: Float64Array.of(1, 0, 0, 1, 1, 0, 0, 1),
  });
  const losses = [engine.trial(trial()), engine.trial(trial())];
  const kept = Object.values({ ...engine.weights(), ...engine.carried() });
  return Float64Array.from([...losses, ...kept.flatMap((all) => [...all])]);
}

describe.each(ENGINES)('%s of circuits that are all new', (name, engineOf) => {
  const alone = (setting: Setting) => {
    others();
    return learned(engineOf(setting));
  };
  const after = (before: Setting, setting: Setting) => {
    others();
    engineOf(before);
    return learned(engineOf(setting));
  };
  it('learn so with a rule of which one parameter may change, and another not', () => {
    const setting = (fade: number) => ({ ...base(), ...recurrent({ rule: faded({ fade }) }) });
    const [one, another] = [alone(setting(0.1)), alone(setting(0.2))];
    if (name !== 'RTRL') expect(another).not.toEqual(one);
    expectBits('the other', after(setting(0.1), setting(0.2)), another);
  });

  it.each([
    ['state', { initial: { weights: [0.1, 0.2, 0.3, 0.4, 0.6] } }],
    ['parameter', { pre: [0.5, 0.4, 0.5, 0.5, 0.4] }],
  ])('learn so with a %s of their neurons that is called as numbers of a group', (_, options) => {
    const setting = (change: object) => ({
      ...base(),
      ...neurons(
        namesake(5, { initial: { weights: [0.1, 0.2, 0.3, 0.4, 0.5] }, pre: [0.5, 0.4, 0.5, 0.5, 0.5], ...change }),
      ),
    });
    const [one, another] = [alone(setting({})), alone(setting(options))];
    expect(another).not.toEqual(one);
    expectBits('the other', after(setting({}), setting(options)), another);
  });

  const changes = Object.entries(CHANGES).map(([what, change]) => [what, () => change] as const);
  const cases = [...changes, ...Object.entries(DRAWN)].filter(([what]) => name !== 'RTRL' || !LOCAL.test(what));

  it.each(cases)('learn as if there had been no other, which differs in %s', (_, change) => {
    const other = () => ({ ...base(), ...change() });
    const [one, another] = [alone(base()), alone(other())];
    expect(another).not.toEqual(one);
    expectBits('the other', after(base(), other()), another);
    expectBits('the first', after(other(), base()), one);
  });
});

describe('the timesteps of circuits', () => {
  it.each(Object.entries(DRAWN))('that differ in %s alone are written down once', (_, change) => {
    const [one, other] = [timestepFor(base()), timestepFor({ ...base(), ...change() })];
    expect(other.timestep).not.toBe(one.timestep);
    expect(other.timestep.pattern).toBe(one.timestep.pattern);
  });

  it('are of their own circuit, all parts of them', () => {
    const [one, other] = [timestepFor(base()), timestepFor({ ...base(), seed: 2 })];
    const { pattern: _, ...parts } = other.timestep;
    const seen = partsOf(parts);
    const own = [other.built.populations, other.built.groups, other.built.feedback].flat();
    expect(own.filter((part) => !seen.has(part))).toEqual([]);
    for (const part of [one.built, one.built.groups, one.built.feedback].flat()) expect(seen.has(part)).toBe(false);
  });
});

it('a timestep has the neurons of its own circuit, also where the same were made long before', () => {
  const first = timestepFor(base());
  for (let tau = 101; tau < 150; tau++) leakyTanh(5, { tau });
  const later = timestepFor({ ...base(), ...recurrent({ rule: rflo({ eta: 0.2345 }) }) });
  expect(later.built.populations).not.toContain(first.built.populations[1]);
  for (const { population } of later.timestep.rows) {
    if (population.name === 'h') expect(population).toBe(later.built.populations[1]);
  }
});

/** Everything that can be reached. */
function partsOf(value: unknown, seen = new Set<unknown>()): Set<unknown> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) return seen;
  seen.add(value);
  const parts = value instanceof Map ? [...value.keys(), ...value.values()] : Object.values(value);
  for (const part of parts) partsOf(part, seen);
  return seen;
}
