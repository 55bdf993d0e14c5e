import { describe, expect, it } from 'vitest';
import { certifyRule } from '../../src/locality/index.ts';
import { delta, mirroredRule, overTrials, plasticityRule, rflo, sumOfRules } from '../../src/rules/index.ts';
import { refusal } from '../refusal.ts';

const hebb = plasticityRule({
  name: 'hebb',
  params: { eta: 0.01, a: 2 },
  tunable: ['a'],
  sees: { pre: ['error'] },
  change: ({ pre, post, eta, a }) => eta * (post.out * pre.rate) - a * pre.error,
});
const decay = plasticityRule({ name: 'decay', params: { b: 0.3 }, change: ({ w, b }) => -b * w });
const told = plasticityRule({
  name: 'told',
  params: { c: 1 },
  globals: ['reward'],
  change: ({ pre, global, c }) => c * global.reward * pre.rate,
});
const post = { out: 0.3, here: 1, rate: 0.3, slope: 0.09, retention: 0.9, signal: -2 };

describe('a sum of rules', () => {
  const sum = sumOfRules('sum', [hebb(), decay({ b: 0.5 }), told()]);

  it('asks for what they ask for together, added in their order', () => {
    const view = Object.assign({}, sum.params, {
      w: 0.7,
      pre: { out: 9, rate: 0.1, error: 0.2 },
      post,
      global: { reward: 3 },
    });
    expect(sum.change(view)).toBe(0.01 * (0.3 * 0.1) - 2 * 0.2 + -0.5 * 0.7 + 1 * 3 * 0.1);
  });

  it('has the parameters of all, those tunable that were, and their global scalars', () => {
    expect(sum).toMatchObject({
      name: 'sum',
      params: { eta: 0.01, a: 2, b: 0.5, c: 1 },
      tunable: ['a'],
      globals: ['reward'],
    });
    expect(sum.analysis?.reads.map(({ path }) => path)).toContain('pre.error');
  });

  it('is as local as the least local of them', () => {
    expect(certifyRule(sumOfRules('both', [decay(), delta()])).class).toBe(certifyRule(delta()).class);
    expect(certifyRule(sumOfRules('both', [hebb(), decay()])).class).toBe('two-factor local');
  });

  it.each([
    ['nothing', [], 'is an empty sum'],
    ['a rule with a state', [decay(), rflo()], "rule 'x'[1]: rule 'rflo' has a state"],
    ['an opaque one', [plasticityRule({ name: 'o', params: {}, opaque: true, change: () => 1 })()], 'is opaque'],
    ['one parameter with two values', [hebb(), hebb({ eta: 0.5 })], "rule 'x'.params.eta: has different values"],
    [
      'one that changes in one of them',
      [hebb(), hebb({ a: overTrials(2, ({ start, trial }) => start / trial) })],
      "rule 'x'.params.a",
    ],
    ['a copy', [{ ...decay() }], 'expected a plasticity rule'],
  ])('of %s is refused', (_, rules, message) => {
    expect(refusal(() => sumOfRules('x', rules))).toContain(message);
  });
});

describe('a mirrored rule', () => {
  it('asks for the same bits at the other end', () => {
    const mirrored = mirroredRule(hebb());
    const ends = { pre: { out: 9, rate: 0.3 }, post: { ...post, out: 0.1, error: 0.2 }, w: 0, global: {} };
    const there = { pre: { out: 9, rate: 0.1, error: 0.2 }, post, w: 0, global: {} };
    expect(mirrored.change(Object.assign({}, mirrored.params, ends))).toBe(
      hebb().change(Object.assign({}, hebb().params, there)),
    );
    expect(mirrored).toMatchObject({ name: 'hebb-back', params: { eta: 0.01, a: 2 }, tunable: ['a'] });
  });

  it('is refused where a rule reads what only one end has', () => {
    const brought = plasticityRule({ name: 'brought', params: {}, change: ({ pre }) => pre.out });
    expect(refusal(() => mirroredRule(brought()))).toContain("mirror of rule 'brought': it reads pre.out");
    expect(refusal(() => mirroredRule(delta()))).toContain('it reads post.signal');
  });
});
