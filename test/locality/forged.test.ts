import { describe, expect, it, vi } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import {
  build,
  circuit,
  withRules,
  type BuiltCircuit,
  type Circuit,
  type SynapseGroup,
} from '../../src/circuit/index.ts';
import { InputError } from '../../src/errors/index.ts';
import { certifyLearner, certifyRule, expectLocal } from '../../src/locality/index.ts';
import { input, leakyTanh, linear, neuronModel, type Population } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, plasticityRule, rflo, type PlasticityRule } from '../../src/rules/index.ts';

// A certificate holds of what was read. Here, somebody gets hold of what was read and puts something else in its place.

/** What a program without type checks could do. */
type Loose = Record<string, unknown>;
const loose = (value: unknown) => value as Loose;
const text = (code: string) => code as unknown as number;
const cheat = () => 7;

const joined = { from: 'h', to: 'h', weights: normal() } as const;

interface Parts {
  rule?: unknown;
  h?: unknown;
  recurrent?: unknown;
  weights?: readonly (readonly number[])[];
}

const network = ({ h = leakyTanh(3, { initial: 0.3, tau: 2 }), rule = rflo(), ...parts }: Parts = {}) =>
  circuit({
    neurons: { h: h as Population, y: linear(1) },
    synapses: {
      recurrent: (parts.recurrent ?? { ...joined, rule }) as SynapseGroup<'h' | 'y'>,
      readout: { from: 'h', to: 'y', weights: parts.weights ?? normal(), rule: delta() },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });

const trial = { timesteps: 3, input: new Float64Array(0), target: Float64Array.of(1, -1, 0.5) };

const learned = (built: BuiltCircuit) => {
  const engine = new ActorEngine(built, { schedule: 'trial', feedback: 'random' });
  engine.trial(trial);
  return engine.weights();
};
const honest = learned(build(network(), 1));

const local = { name: 'rflo', algorithm: 'local', feedback: 'random' } as const;

/** Calls it with something inherited by every object. */
function polluted(field: string, value: unknown, then: () => void): void {
  Object.defineProperty(Object.prototype, field, { value, configurable: true });
  try {
    then();
  } finally {
    Reflect.deleteProperty(Object.prototype, field);
  }
}

describe('a rule that is not as it was made is refused, and told why:', () => {
  const getter = () => {
    let asked = 0;
    const rule = { ...rflo() };
    return Object.defineProperty(rule, 'change', { get: () => (asked++ < 3 ? rflo().change : cheat) });
  };
  const imitation = () => {
    const analysis = loose(rflo().analysis) as Loose & object;
    const Fake = class extends (analysis.constructor as new (...given: unknown[]) => object) {
      strangers() {
        return [];
      }
    };
    return { ...rflo(), change: cheat, analysis: new Fake(analysis['functions'], 2, {}) };
  };

  it.each<[string, () => unknown]>([
    ['another function', () => ({ ...rflo(), change: cheat })],
    ['an analysis that was made by hand', imitation],
    ['parameters that are code', () => ({ ...rflo(), params: { eta: text('globalThis.elsewhere()') } })],
    ['parameters that take the place of what it sees', () => ({ ...rflo(), params: { eta: 1, post: text('{}') } })],
    ['state that is code', () => ({ ...rflo(), state: { p: text('globalThis.elsewhere()') } })],
    ['a function that changes when it is asked for again', getter],
    ['a whole copy', () => ({ ...rflo() })],
    [
      'a proxy',
      () =>
        new Proxy({ ...rflo() }, { get: (rule, field) => (field === 'change' ? cheat : loose(rule)[String(field)]) }),
    ],
    ['one made by hand', () => ({ name: 'mine', params: {}, state: {}, change: cheat })],
    ['the functions of another', () => ({ ...rflo(), change: delta().change })],
    [
      'an opaque one, changed',
      () => ({ ...plasticityRule({ name: 'mine', params: {}, change: cheat, opaque: true })(), name: 'rflo' }),
    ],
  ])('%s', (_, make) => {
    const rule = make() as PlasticityRule;
    for (const enter of [
      () => network({ rule }),
      () => withRules(network(), { recurrent: rule }),
      () => expectLocal(rule),
    ]) {
      expect(enter).toThrow(InputError);
      expect(enter).toThrow(/was copied, changed or put together by hand.*plasticityRule/);
    }
    expect(certifyRule(rule)).toMatchObject({
      class: 'not certified',
      verdict: expect.stringContaining('plasticityRule') as string,
    });
  });

  it('even where it takes the place of an honest one only for the first who asks', () => {
    for (let honestly = 0; honestly < 4; honestly++) {
      let asked = 0;
      const rules = {
        get recurrent() {
          return asked++ === honestly ? { ...rflo(), change: cheat } : rflo();
        },
      };
      const learnt = () => learned(build(withRules(network(), rules), 1));
      if (honestly === 0) expect(learnt).toThrow('was copied, changed');
      else expect(learnt()).toEqual(honest);
    }
  });

  it('and is told from what it is not by no method that somebody could replace', () => {
    const patched = vi.spyOn(WeakSet.prototype, 'has').mockReturnValue(true);
    expect(() => network({ rule: { ...rflo(), change: cheat } })).toThrow('was copied, changed');
    patched.mockRestore();
  });
});

describe('nothing of a rule or a population can be changed:', () => {
  const rule = rflo();
  const population = leakyTanh(3, { initial: [0.1, 0.2, 0.3] });
  const { analysis } = rule;
  const change = analysis?.function('change');
  it.each<[string, unknown, string]>([
    ['its change', rule, 'change'],
    ['its parameters', rule.params, 'eta'],
    ['its state', rule.state, 'p'],
    ['what is known of it', analysis, 'strangers'],
    ['which functions are known', analysis?.functions, '0'],
    ['what is known of all rules', Object.getPrototypeOf(analysis), 'reads'],
    ['how all rules are compiled', Object.getPrototypeOf(change), 'compileNumber'],
    ['what is computed', change?.value, 'operator'],
    ['what is read', change?.reads[0], 'path'],
    ['the numbers of a trace', analysis?.function('trace')?.results, '0'],
    ['the size of a population', population, 'size'],
    ['its parameters', population.params, 'tau'],
    ['its initial rates', population.initial, '0'],
    ['its model', population.model, 'slope'],
    ['input neurons', input(2), 'size'],
  ])('%s', (_, held, field) => {
    expect(() => (loose(held)[field] = cheat)).toThrow(TypeError);
    expect(() => Object.defineProperty(held, field, { get: cheat })).toThrow(TypeError);
  });
});

describe('a population that is not as it was made is refused:', () => {
  const made = leakyTanh(3, { tau: 2 });
  it.each<[string, () => unknown]>([
    ['another slope', () => ({ ...made, model: { ...made.model, slope: cheat } })],
    ['parameters that are code', () => ({ ...made, params: { tau: text('globalThis.elsewhere()') } })],
    ['parameters out of their range', () => ({ ...made, params: { tau: 0.1 } })],
    ['other initial rates', () => ({ ...made, initial: [NaN] })],
    ['a proxy', () => new Proxy(made, {})],
    ['a clone', () => structuredClone(input(3))],
    ['read from JSON', () => JSON.parse(JSON.stringify(made)) as unknown],
  ])('%s', (_, make) => {
    expect(() => network({ h: make() })).toThrow(/^neurons\.h: .*was copied, changed or put together by hand/);
  });
});

describe('numbers are taken when they are given', () => {
  it('and are numbers, not what can be made into one', () => {
    for (const rate of ['1', [1], { valueOf: () => 1 }, Object(1), { toString: () => '1' }, 1n]) {
      expect(() => rflo({ eta: rate as number })).toThrow("rule 'rflo'.eta");
      expect(() => plasticityRule({ name: 'mine', params: { eta: rate as number }, change: () => 0 })).toThrow(
        "rule 'mine'.params.eta",
      );
      expect(() => leakyTanh(3, { initial: [0, 0, rate as number] })).toThrow("'leaky-tanh'.initial");
    }
  });

  it('once: what a getter, or the caller’s own object, would say later is not asked', () => {
    let asked = 0;
    const params = {
      get eta() {
        return ++asked;
      },
    };
    expect(rflo(params).params).toEqual({ eta: 1 });
    const [defaults, state, range, initial] = [{ eta: 0.5 }, { p: 0 }, [1, 10], [0.1, 0.2]];
    const rule = plasticityRule({ name: 'mine', params: defaults, state, change: ({ p, eta }) => p * eta });
    const model = neuronModel({
      name: 'mine',
      params: { tau: 2 },
      range: { tau: range as [number, number] },
      rate: ({ u, tau }) => u / tau,
    });
    const population = model(2, { initial });
    Object.assign(defaults, { eta: 9, other: 9 });
    state.p = 7;
    range[1] = 1000;
    initial[0] = 9;
    expect(rule()).toMatchObject({ params: { eta: 0.5 }, state: { p: 0 } });
    expect(() => model(2, { tau: 11 })).toThrow('outside its range, 1 to 10');
    expect(population.initial).toEqual({ rate: [0.1, 0.2] });
  });

  it('and a definition is read once, whoever else asks', () => {
    let asked = 0;
    const mine = plasticityRule({
      name: 'mine',
      params: {},
      get change() {
        asked++;
        return () => 0;
      },
    });
    mine();
    neuronModel({
      name: 'mine',
      params: {},
      get rate() {
        asked++;
        return ({ u }: { u: number }) => u;
      },
    });
    expect(asked).toBe(2);
  });

  it('under names that every object has, but none that objects treat otherwise', () => {
    const params = { constructor: 0.5 };
    const change = (view: { constructor: number; pre: { rate: number } }) => view.constructor * view.pre.rate;
    expect(plasticityRule({ name: 'mine', params, change })({ constructor: 2 }).params).toEqual({ constructor: 2 });
    expect(plasticityRule({ name: 'mine', params: {}, state: params, change })().state).toEqual(params);
    const model = neuronModel({ name: 'mine', params, range: {}, rate: (view) => view.u * view.constructor });
    expect(model(1, { constructor: 4 }).params).toEqual({ constructor: 4 });
    const proto = JSON.parse('{ "__proto__": 1 }') as Record<string, number>;
    expect(() => plasticityRule({ name: 'mine', params: proto, change: () => 0 })).toThrow(
      'params.__proto__: is not an identifier',
    );
  });
});

describe('a circuit', () => {
  it('is what was checked: its definition is read once, and changed later in vain', () => {
    let asked = 0;
    const weights = [[0.1, 0.2, 0.3]];
    const recurrent = {
      ...joined,
      get rule() {
        return asked++ === 0 ? rflo() : { ...rflo(), change: cheat };
      },
    };
    const made = network({ recurrent, weights });
    expect(asked).toBe(1);
    weights[0][0] = 9;
    expect(build(made, 1).groups[1].weights).toEqual(Float64Array.of(0.1, 0.2, 0.3));
    for (const held of [
      made,
      made.synapses,
      made.synapses.recurrent,
      made.neurons,
      made.feedback['error'],
      made.outputs,
    ]) {
      expect(() => (loose(held)['rule'] = cheat)).toThrow(TypeError);
    }
  });

  it('that was copied or changed is not built', () => {
    const made = network();
    const recurrent = { ...made.synapses.recurrent, rule: { ...rflo(), change: cheat } };
    const changed: Circuit = { ...made, synapses: { ...made.synapses, recurrent } };
    for (const one of [changed, { ...made }, new Proxy(made, {}), Object.create(made) as Circuit]) {
      expect(() => build(one, 1)).toThrow(/^circuit: was not made by circuit\(/);
      expect(() => withRules(one, {})).toThrow(/^circuit: /);
    }
  });

  it('that was built and then changed is not certified', () => {
    const built = build(network(), 1);
    expect(certifyLearner(built, local).crossing).toEqual([]);
    const groups = built.groups.map((group) => ({ ...group, rule: { ...rflo(), change: cheat } }));
    for (const one of [{ ...built, groups }, { ...built }, new Proxy(built, {})]) {
      expect(() => certifyLearner(one, local)).toThrow(/^circuit: is a copy of a built circuit/);
    }
    for (const held of [built, built.groups, built.groups[0], built.populations[0]]) {
      expect(() => (loose(held)['rule'] = cheat)).toThrow(TypeError);
    }
  });

  it('runs nothing but numbers and names, even where it was put together by hand', () => {
    const built = build(network(), 1);
    const [group, readout] = built.groups;
    const elsewhere = text('globalThis.elsewhere()');
    const run = (changed: Partial<PlasticityRule>) => () =>
      learned({ ...built, groups: [{ ...group, rule: { ...rflo(), ...changed } }, readout] });
    expect(run({ params: { eta: elsewhere } })).toThrow(
      "expected a number in a rule or a model, got 'globalThis.elsewhere()'",
    );
    expect(run({ state: { p: elsewhere } })).toThrow(
      "expected a number in a rule or a model, got 'globalThis.elsewhere()'",
    );
    expect(run({ params: { eta: 1, 'x: globalThis.elsewhere(), y': 2 } })).toThrow('is not an identifier');
    expect(run({ state: { 'p = globalThis.elsewhere(); this.q': 0 } })).toThrow('is not an identifier');
  });

  it('has nothing but what is its own: what every object inherits is no part of it', () => {
    const built = build(network(), 1);
    for (const [field, value] of [
      ['trace', () => ({ p: 7 })],
      ['gate', { from: built.populations[0], neuron: 0 }],
      ['settling', { weight: { compileNumber: () => cheat }, constants: {} }],
    ] as const) {
      polluted(field, value, () => {
        expect(learned(built)).toEqual(honest);
        expect(learned(build(network(), 1))).toEqual(honest);
      });
    }
  });
});
