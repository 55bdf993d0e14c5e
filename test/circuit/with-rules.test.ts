import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { circuit, withRules } from '../../src/circuit/index.ts';
import { leakyTanh, lif, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, kolenPollackFeedback, plasticityRule, rflo, type PlasticityRule } from '../../src/rules/index.ts';
import { refusal } from '../refusal.ts';
import { threeMatrices } from '../support/networks.ts';
import { cook, recipes } from '../support/random-circuit.ts';

/** What a script without type checks could pass. */
const untyped = (rules: object) => rules as Record<string, PlasticityRule>;

const hebb = plasticityRule({
  name: 'hebb',
  params: { eta: 0.1 },
  change: ({ pre, post, eta }) => eta * post.rate * pre.rate,
});

const burst = plasticityRule({
  name: 'burst',
  params: { eta: 0.1 },
  sees: { pre: ['burst'] },
  change: ({ pre, post, eta }) => eta * post.out * pre.burst,
});

describe('a circuit with other rules', () => {
  it('is the one that had been written with them', () => {
    const written = (recurrent: PlasticityRule, traces: object = {}) =>
      circuit({
        neurons: { h: leakyTanh(4), y: linear(1) },
        synapses: {
          recurrent: { from: 'h', to: 'h', weights: normal(), rule: recurrent, ...traces },
          readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
        },
        feedback: { error: { from: 'y', to: 'h', weights: normal() } },
      });
    const rule = hebb({ eta: 0.3 });
    expect(withRules(written(rflo()), { recurrent: rule })).toEqual(written(rule));
    const slow = { traces: { timeConstant: 30 } };
    expect(withRules(written(rflo({ eta: 1 }), slow), { recurrent: rflo() })).toEqual(written(rflo(), slow));
  });

  it('is the same where the rules are its own, and leaves the other untouched', () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        const { circuit: given } = cook(recipe);
        const [[name, group], ...others] = Object.entries(given.synapses);
        const own = Object.fromEntries(
          Object.entries(given.synapses).flatMap(([key, { rule }]) => (rule ? [[key, rule] as const] : [])),
        );
        expect(withRules(given, own)).toEqual(given);
        if (group.traces !== undefined) return;
        const rule = hebb();
        const { synapses, ...rest } = withRules(given, { [name]: rule });
        expect({ ...rest, synapses }).toEqual({
          ...given,
          synapses: { ...given.synapses, [name]: { ...group, rule } },
        });
        expect(Object.keys(synapses)).toEqual(Object.keys(given.synapses)); // inputs are summed in this order
        for (const [key, other] of others) expect(synapses[key]).toBe(other);
        expect(given.synapses[name]).toBe(group);
      }),
      { numRuns: 30 },
    );
  });

  it.each<[object, string]>([
    [
      { recurent: hebb() },
      "rules.recurent: unknown synapse group; expected 'recurrent', 'input', 'readout' or 'feedback.error'",
    ],
    [{ recurrent: hebb }, 'rules.recurrent: expected a plasticity rule, such as rflo(), got a function'],
    [{ recurrent: { ...hebb(), change: () => 1 } }, "rules.recurrent: rule 'hebb' was copied, changed or put together"],
    [[hebb()], 'expected rules by name, { name: ... }, got '],
  ])('%# is refused', (rules, message) => {
    expect(refusal(() => withRules(threeMatrices(), untyped(rules)))).toContain(message);
  });

  it('is refused where the rule has nothing that the dials of the group could turn', () => {
    const { neurons, synapses } = threeMatrices();
    const dialled = circuit({
      neurons,
      synapses: { ...synapses, recurrent: { ...synapses['recurrent'], traces: 'none' } },
    });
    expect(refusal(() => withRules(dialled, { recurrent: hebb() }))).toBe(
      "rules.recurrent: synapses.recurrent.traces: rule 'hebb' has no trace; give a rule that has one, or leave traces out",
    );
  });

  it.each([
    ['shares', { shares: 'error' }, "rules.feedback.other.rule: is taken from 'error', whose weights are shared"],
    [
      'turns',
      { weights: normal(), angle: 30 },
      'rules.feedback.other.rule: relearns weights that are held at an angle',
    ],
  ])('is refused, where it was given, if the rule is for feedback that %s its weights', (_, own, message) => {
    const { neurons, synapses } = threeMatrices();
    const fed = circuit<string, string, string>({
      neurons,
      synapses,
      feedback: {
        error: { from: 'y', to: 'h', weights: normal() },
        other: { from: 'y', to: 'h', ...own },
      },
    });
    expect(refusal(() => withRules(fed, { 'feedback.other': hebb() }))).toContain(message);
  });

  it.each([
    ['what its neurons do not publish', kolenPollackFeedback(), 'post.rate, which neurons of model'],
    ['what the axons of an error do not bring', burst(), 'pre.burst, which axons that bring an error do not send'],
  ])('is refused, as in a circuit, if the rule for a feedback reads %s', (_, rule, message) => {
    const written = (relearned: object) =>
      circuit<string, string, string>({
        neurons: { s: lif(3), y: linear(1) },
        synapses: { readout: { from: 's', to: 'y', weights: normal() } },
        feedback: { error: { from: 'y', to: 's', weights: normal(), ...relearned } },
      });
    expect(refusal(() => written({ rule }))).toContain(`feedback.error.rule: rule '${rule.name}' reads ${message}`);
    expect(refusal(() => withRules(written({}), { 'feedback.error': rule }))).toContain(
      `rules.feedback.error.rule: rule '${rule.name}' reads ${message}`,
    );
  });
});
