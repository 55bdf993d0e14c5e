import { describe, expect, it } from 'vitest';
import { delta, plasticityRule, rflo, type Postsynaptic, type SynapseView } from '../../src/rules/index.ts';
import type { Numbers } from '../../src/local/index.ts';
import { refusal } from '../refusal.ts';

const POST: Postsynaptic = { out: 0.3, here: 1, rate: 0.3, slope: 0.09, retention: 0.9, signal: -2 };

const view = (numbers: Numbers, post = POST): SynapseView<Numbers, Numbers> =>
  Object.assign({}, numbers, { w: 0.5, pre: { out: 0.7, rate: 0.7 }, post, global: {} });

describe('rflo', () => {
  const rule = rflo();

  it('is p(t) = (1 - alpha) p(t-1) + alpha phi h, dW = eta l p', () => {
    expect(rule.state).toEqual({ p: 0 });
    const { p } = rule.trace?.(view({ ...rule.params, p: 0.2 })) ?? {};
    expect(p).toBe(0.9 * 0.2 + 0.09 * 0.7);
    expect(rule.change(view({ ...rule.params, p: 0.25 }))).toBe(0.03 * -2 * 0.25);
  });

  it("sums the presynaptic rate's past, weighted by the slopes and forgotten with alpha = 1/tau", () => {
    // Constant rate and slope: p(t) = alpha phi h (1 - (1-alpha)^t) / alpha.
    const [alpha, slope] = [0.1, 0.04];
    const post = { out: 0, here: 0, rate: 0, slope, retention: 1 - alpha, signal: 0 };
    let state: Numbers = rule.state;
    for (let t = 0; t < 25; t++) {
      state = rule.trace?.(view({ ...rule.params, ...state }, post)) ?? state;
    }
    expect(state['p']).toBeCloseTo(slope * 0.7 * ((1 - (1 - alpha) ** 25) / alpha), 14);
  });

  it('takes a learning rate', () => {
    expect(rflo({ eta: 0.5 })).toMatchObject({ name: 'rflo', params: { eta: 0.5 } });
    expect(rflo().params).toEqual({ eta: 0.03 });
  });
});

describe('delta', () => {
  it('is eta e h, with no trace', () => {
    const rule = delta({ eta: 0.1 });
    expect('trace' in rule).toBe(false);
    expect(rule.state).toEqual({});
    expect(rule.change(view(rule.params))).toBe(0.1 * -2 * 0.7);
  });
});

describe('plasticityRule', () => {
  const hebb = plasticityRule({
    name: 'hebb',
    params: { eta: 0.01, decay: 0.5 },
    change: ({ w, pre, post, eta, decay }) => eta * (post.rate * pre.rate - decay * w),
  });

  it('makes a rule of a screenful', () => {
    const rule = hebb({ decay: 0 });
    expect(rule.params).toEqual({ eta: 0.01, decay: 0 });
    expect(rule.change(view(rule.params))).toBe(0.01 * (0.3 * 0.7));
    expect(hebb().change(view(hebb().params))).toBe(0.01 * (0.3 * 0.7 - 0.5 * 0.5));
  });

  it('leaves the defaults as they are, and takes undefined for not given', () => {
    hebb({ eta: 3 });
    const parsed = JSON.parse('{}') as { eta?: number };
    expect(hebb({ ...parsed }).params).toEqual({ eta: 0.01, decay: 0.5 });
    expect(hebb().params).toEqual({ eta: 0.01, decay: 0.5 });
  });

  const define = (params: Numbers, state: Numbers) => () =>
    plasticityRule({ name: 'mine', params, state, change: () => 0 });

  it.each([
    [define({ w: 1 }, {}), "rule 'mine'.params.w: already has a meaning; use another name"],
    [define({ pre: 1 }, {}), "rule 'mine'.params.pre: already has a meaning; use another name"],
    [define({}, { post: 1 }), "rule 'mine'.state.post: already has a meaning; use another name"],
    [define({ 'a-b': 1 }, {}), "rule 'mine'.params.a-b: is not an identifier; use letters, digits and _"],
    [define({}, { '1a': 1 }), "rule 'mine'.state.1a: is not an identifier; use letters, digits and _"],
    [define({ a: 1 }, { a: 2 }), "rule 'mine'.state.a: is also the name of a parameter; rename one of them"],
    [define({ a: NaN }, {}), "rule 'mine'.params.a: NaN is not a finite number"],
    [define({}, { a: Infinity }), "rule 'mine'.state.a: Infinity is not a finite number"],
    [() => rflo({ eta: NaN }), "rule 'rflo'.eta: NaN is not a finite number"],
    [() => rflo(JSON.parse('{ "eta": "0.1" }') as object), "rule 'rflo'.eta: '0.1' is not a finite number"],
    [
      () => rflo(JSON.parse('{ "rate": 0.1 }') as object),
      "rule 'rflo'.rate: is not a parameter: the learning rate is called eta",
    ],
    [() => rflo(JSON.parse('{ "lr": 0.1 }') as object), "rule 'rflo'.lr: unknown parameter; expected 'eta'"],
    [() => rflo(JSON.parse('{ "toString": 0.1 }') as object), "rule 'rflo'.toString: unknown parameter"],
  ])('refuses what cannot be a rule: %#', (make, message) => {
    expect(refusal(make)).toContain(message);
  });

  it("does not mind an object's own words as state names", () => {
    expect(() => define({ eta: 1 }, { valueOf: 0, toString: 0 })()).not.toThrow();
  });
});
