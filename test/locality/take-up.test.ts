import { describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { build, circuit } from '../../src/circuit/index.ts';
import { certifyLearner, certifyRule, noninterference } from '../../src/locality/index.ts';
import { leakyTanh, linear } from '../../src/neurons/index.ts';
import { adam } from '../../src/optimisers/index.ts';
import { constant, normal } from '../../src/random/index.ts';
import { delta, plasticityRule, rflo, weight } from '../../src/rules/index.ts';
import { played } from '../support/dialled.ts';
import { after } from '../support/take-up.ts';

describe('a copy of the weight', () => {
  it.each(['alone', 'beside synapses whose optimiser takes no change of what it keeps'])(
    "that is in truth another synapse's is found out, %s",
    (where) => {
      let last = 0;
      const cheat = plasticityRule({
        name: 'cheat',
        params: { eta: 0.1 },
        state: { held: weight },
        change: ({ pre, post, eta }) => eta * post.signal * pre.rate,
        after: ({ w }) => {
          const held = last;
          last = w;
          return { held };
        },
        opaque: true,
      });
      const definition = circuit({
        neurons: { h: leakyTanh(2, { initial: 0.5 }), y: linear(1) },
        synapses: {
          recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.5 }), rule: cheat() },
          readout: {
            ...{ from: 'h', to: 'y', weights: constant(0.3) },
            ...(where !== 'alone' && { rule: delta(), optimiser: adam(), learns: 'at once' }),
          },
        },
        feedback: { error: { from: 'y', to: 'h', weights: constant(1) } },
      });
      const engine = new ActorEngine(build(definition, 1), { schedule: 'trial', feedback: 'random' });
      const { counterexample } = noninterference(engine, played([], 2, [1, 0.5]));
      expect(counterexample?.message).toMatch(/synapse .* of `recurrent` changed when the weight of .* was changed/);
    },
  );

  it('is its own: the rule stays two-factor, or as local as its change is', () => {
    expect(certifyRule(after()).class).toBe('three-factor, broadcast vector through fixed feedback');
    const hebb = plasticityRule({
      name: 'hebb',
      params: { eta: 1 },
      state: { held: weight },
      change: ({ pre, post, eta }) => eta * pre.out * post.out,
      after: ({ w }) => ({ held: w }),
    });
    const { class: found, synapses } = certifyRule(hebb());
    expect(found).toBe('two-factor local');
    expect(synapses[0].stores?.numbers).toBe(2);
    expect(synapses[0].loihi?.fits).toBe(false);
  });
});

it('an optimiser is part of what a synapse stores', () => {
  const [plain, optimised] = [undefined, adam()].map((optimiser) => {
    const definition = circuit<string, string, string>({
      neurons: { h: leakyTanh(2), y: linear(1) },
      synapses: {
        recurrent: {
          ...{ from: 'h', to: 'h', weights: constant(0.1), rule: rflo() },
          ...(optimiser && { optimiser }),
        },
        readout: { from: 'h', to: 'y', weights: constant(0.3) },
      },
      feedback: { error: { from: 'y', to: 'h', weights: constant(1) } },
    });
    return ['local', 'bptt'].map((algorithm) => {
      const certificate = certifyLearner(build(definition, 1), { name: algorithm, algorithm, feedback: 'symmetric' });
      return certificate.synapses.find(({ group }) => group === 'recurrent');
    });
  });
  plain.forEach((synapses, k) => {
    expect(optimised[k]?.stores?.numbers).toBe((synapses?.stores?.numbers ?? 0) + 4);
    expect(optimised[k]?.notes.join()).toContain('adam');
    expect(optimised[k]?.class).toBe(synapses?.class);
  });
});
