import type { FeedbackKind, Schedule } from '../../src/circuit/index.ts';
import { leakyRelu, leakyTanh, linear, neuronModel } from '../../src/neurons/index.ts';
import { delta, kolenPollack, plasticityRule, rflo } from '../../src/rules/index.ts';
import type { Task } from '../../src/tasks/index.ts';
import { UNITS } from '../support/models.ts';
import { gated } from '../support/random-circuit.ts';
import { customRules } from '../support/rules.ts';
import { everyone, inSingles, type Case } from './cases.ts';
import { randomCircuit, type Reach } from './circuits.ts';
import { Dice } from './dice.ts';

/** A kind of random circuit, and how many of it there are. */
interface Kind extends Reach {
  readonly count: number;
  /** The shortest and the longest trial. */
  readonly timesteps: readonly [number, number];
  /** Whether they are learned in single precision, too. */
  readonly singles: boolean;
}

const TRIALS = 3;

/** Units that stay within bounds, or grow no faster than their input. */
const units = (
  [
    ...([
      'softsign',
      'algebraic sigmoid',
      'Naka-Rushton',
      'logistic',
      'softplus',
      'gelu',
      'Gaussian',
      'hard tanh',
    ] as const),
    ...(['swish', 'elu', 'rectified root', 'linoid', 'log of what is above 0', 'logistic by choice'] as const),
  ] as const
).map((name) => UNITS[name].units);

const models: Reach['models'] = [
  (size, initial) => leakyTanh(size, { tau: 2.5, initial }),
  (size, initial) => leakyTanh(size, { tau: 10, initial }),
  (size, initial) => leakyRelu(size, { tau: 3, below: 0.2, initial }),
  (size, initial) => linear(size, { initial }),
  (size, initial) => gated(size, { initial }),
  (size) => units[size % units.length](size),
  (size) => units[(3 * size + 5) % units.length](size),
];

// By name, each: a rule that other tests come to have must not change which rule chance takes here.
const { exchange, oja, preOnly, postOnly, constant, untraced } = customRules;
const { choosy, cascade, endless, decay, everything, transcendental } = customRules;
const rules: Reach['rules'] = [
  ...[rflo, rflo, rflo, rflo, rflo, rflo, delta, delta, delta, kolenPollack, kolenPollack],
  ...[exchange, oja, preOnly, postOnly, constant, untraced, choosy, cascade, endless, decay, everything],
];

/** With large weights, it soon is more than a number can be. */
const cube = neuronModel({ name: 'cube', params: {}, rate: ({ u }) => u * u * u });

/** Its text is not read, so that the actors and the plain solvers alone can run it. */
const opaqueSoftsign = neuronModel({
  name: 'opaque-softsign',
  params: { tau: 2 },
  rate: ({ h, u, tau }) => h + (u / (1 + Math.abs(u)) - h) / tau,
  slope: ({ u, tau }) => {
    const one = 1 + Math.abs(u);
    return 1 / (tau * one * one);
  },
  retention: ({ tau }) => 1 - 1 / tau,
  opaque: true,
});

const opaqueHebb = plasticityRule({
  name: 'opaque-hebb',
  params: { eta: 1 },
  state: { last: 0 },
  trace: ({ pre }) => ({ last: pre.rate }),
  change: ({ last, post, eta }) => [0.1, 0.1 * eta].reduce((sum, part) => sum + part * last * post.rate, 0),
  opaque: true,
});

/** Without a learning rate, which no reference takes. */
const rateless = plasticityRule({
  name: 'rateless',
  params: { pace: 0.1 },
  change: ({ pre, post, pace }) => pace * post.signal * pre.rate,
});

const few = { sizes: [1, 6], longestDelay: 3, timesteps: [1, 9], models, rules, singles: false } as const;

const KINDS = {
  plain: { ...few, count: 48, dials: 'none' },
  exact: { ...few, count: 60, dials: 'exact' },
  dialled: { ...few, count: 70, dials: 'any' },
  wide: { ...few, count: 6, dials: 'exact', sizes: [9, 30], timesteps: [3, 8], singles: true },
  // Here alone the rule that calls every function of the language: to compile it takes as long as to compile ten others.
  long: {
    ...few,
    rules: [...rules, transcendental, transcendental],
    count: 8,
    dials: 'exact',
    sizes: [1, 4],
    longestDelay: 40,
    timesteps: [33, 80],
  },
  diverging: {
    ...few,
    ...{ count: 4, dials: 'none', timesteps: [7, 9] },
    models: [(size, initial) => cube(size, { initial })],
    rules: [({ eta }) => rflo({ eta: 1e4 * eta })],
  },
  opaque: {
    ...few,
    count: 4,
    dials: 'none',
    models: [(size, initial) => opaqueSoftsign(size, { initial }), ...models.slice(0, 2)],
    rules: [opaqueHebb, () => rateless(), rflo],
  },
} satisfies Record<string, Kind>;

/** 200 random circuits, each of them the same on every machine and for good: its dice are thrown by its own name. */
export const randomCases = Object.fromEntries(
  Object.entries<Kind>(KINDS).map(([name, kind]) => {
    const numbers = Array.from({ length: kind.count }, (_, k) => k + 1);
    return [name, Object.fromEntries(numbers.map((number) => [number, randomCase(name, number, kind)]))];
  }),
);

function randomCase(name: string, number: number, kind: Kind): Case {
  const dice = new Dice(name, number);
  const feedback = dice.among<FeedbackKind>(['random', 'random', 'symmetric']);
  const how = {
    ...{ feedback, schedule: dice.among<Schedule>(['trial', 'online']) },
    rateHalfLife: dice.among([0, 0, 1.5, 4]),
  };
  const circuit = randomCircuit(dice, kind, feedback);
  const size = (names: readonly string[]) => names.reduce((sum, each) => sum + circuit.neurons[each].size, 0);
  const inputs = Object.keys(circuit.neurons).filter((each) => !circuit.neurons[each].model);
  const task = noise(size(inputs), size(circuit.outputs), {
    lengths: Array.from({ length: TRIALS }, () => dice.whole(...kind.timesteps)),
    missing: dice.among([0, 0, 0.3]),
  });
  const learners = everyone(how);
  return {
    ...{ circuit, task, seed: dice.whole(1, 1_000_000), trials: TRIALS },
    learners: { ...learners, ...(kind.singles && inSingles(learners)) },
  };
}

/** Signals of chance, each trial of a length of its own; of the target's samples, this fraction is missing. */
function noise(
  inputs: number,
  outputs: number,
  settings: { readonly lengths: readonly number[]; readonly missing: number },
): Task {
  const { lengths, missing } = settings;
  return {
    ...{ name: 'noise', inputs, outputs, settings },
    trial: (index, random) => {
      const timesteps = lengths[(index - 1) % lengths.length];
      const signals = (channels: number) => Float64Array.from({ length: timesteps * channels }, () => 2 * random() - 1);
      const [input, target] = [signals(inputs), signals(outputs)];
      return { timesteps, input, target: target.map((value) => (random() < missing ? NaN : value)) };
    },
  };
}
