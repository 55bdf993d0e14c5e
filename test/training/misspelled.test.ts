import { describe, expect, it } from 'vitest';
import { circuit, probability } from '../../src/circuit/index.ts';
import { neuronModel } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { plasticityRule } from '../../src/rules/index.ts';
import { periodic } from '../../src/tasks/index.ts';
import { openSession, resolveLearner } from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { noise, threeMatrices } from '../support/networks.ts';

/** What a script without type checks could pass: the same value, its type forgotten. */
const untyped = (text: string): object => JSON.parse(text) as object;
const session = (more: object) => openSession({ circuit: threeMatrices(), task: noise(), ...more });

describe('a misspelled option', () => {
  it.each([
    ['normal', () => normal(untyped('{ "std": 0.3 }')), 'normal.std: unknown field; expected one of mean, sd'],
    ['periodic', () => periodic(untyped('{ "periods": 20 }')), 'periodic.periods: unknown field'],
    ['probability', () => probability(0.5, untyped('{ "autapse": false }')), 'probability.autapse: unknown field'],
    [
      'a learner',
      () => resolveLearner({ learner: 'rtrl', ...untyped('{ "scheduel": "online" }') }, threeMatrices(), { trials: 1 }),
      'learner.scheduel: unknown field',
    ],
    ['a session', () => session(untyped('{ "trails": 5 }')), 'session.trails: unknown field'],
    [
      'a probe',
      () => session({ probes: { it: { error: 'y', ...untyped('{ "everyTimestep": 5 }') } } }),
      'probes.it.everyTimestep: unknown field',
    ],
    [
      'a rule',
      () => plasticityRule({ name: 'r', params: {}, change: () => 0, ...untyped('{ "trase": 1 }') }),
      'plasticityRule.trase: unknown field',
    ],
    [
      'a neuron model',
      () => neuronModel({ name: 'm', params: {}, rate: ({ u }) => u, ...untyped('{ "ranges": {} }') }),
      'neuronModel.ranges: unknown field',
    ],
  ])('of %s is refused', (_, make, message) => {
    expect(refusal(make)).toContain(message);
  });

  it.each(['', ' ', 'x'.repeat(201)])('nor is %o a name for a learner', (name) => {
    expect(refusal(() => session({ learner: { learner: 'rflo', name } }))).toContain(
      'expected a name of 1 to 200 characters, got ',
    );
  });

  it('nor is __proto__, with which no run could be resumed', () => {
    const learner = { learner: 'rflo', name: '__proto__' } as const;
    expect(refusal(() => session({ learner }))).toContain("learner.name: '__proto__' is reserved; give another name");
  });
});

describe('what would learn nothing, or something else, without a word', () => {
  const { neurons, synapses } = threeMatrices();

  it.each(['bptt', 'rtrl', 'local'])('is refused: a rule called %s', (name) => {
    const rule = plasticityRule({ name, params: {}, change: () => 0 })();
    const named = circuit({ neurons, synapses: { ...synapses, recurrent: { ...synapses['recurrent'], rule } } });
    expect(refusal(() => resolveLearner('rtrl', named, { trials: 1 }))).toContain(`rule '${name}': has the name`);
  });

  it('is refused: a slope that is right only at the default parameters', () => {
    const fixed = neuronModel({
      name: 'fixed',
      params: { tau: 10 },
      rate: ({ h, u, tau }) => h + (u - h) / tau,
      slope: () => 0.1,
    });
    expect(fixed(2).size).toBe(2);
    expect(refusal(() => fixed(2, { tau: 3 }))).toContain("neuron model 'fixed'.slope: gives 0.1");
  });

  it('is refused: a delay that no memory could hold', () => {
    expect(refusal(() => threeMatrices({ recurrentDelay: 3e9 }))).toBe(
      'synapses.recurrent.delay: 3000000000 timesteps need too much memory for 4 neurons; give 8388608 or less',
    );
  });
});

describe('a probe of every timestep', () => {
  it.each(['rflo', 'bptt', 'rtrl'] as const)(
    'reads the weights of %s when the changes of the last are applied',
    (learner) => {
      const session = openSession({ circuit: threeMatrices(), task: noise(), learner });
      const reader = session.engine.reader({ synapses: 'readout', value: 'weight' });
      const last = new Float64Array(reader.length);
      const timesteps: number[] = [];
      const onTimestep = (timestep: number) => {
        timesteps.push(timestep);
        reader.read(last, 0);
      };
      session.engine.trial(session.trialOf(1), { onTimestep });
      expect(timesteps).toEqual([1, 2, 3, 4, 5, 6]);
      expect(last).toEqual(session.engine.weights()['readout']);
    },
  );
});
