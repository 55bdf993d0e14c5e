import { abs, exp, log, max, min, pow, sign, sqrt, tanh } from '../../src/local/index.ts';
import { delta, plasticityRule, rflo, type PlasticityRule } from '../../src/rules/index.ts';

/** Rules of the tests' own: together they use all that the local language has, and everything that a synapse may read. */
export const customRules = {
  /** Two variables that exchange their values. */
  exchange: plasticityRule({
    name: 'exchange',
    params: { eta: 1 },
    state: { a: 0.5, b: -0.25 },
    trace: ({ a, b }) => ({ a: b, b: a }),
    change: ({ a, b, pre, eta }) => eta * (a - 2 * b) * pre.rate,
  }),
  /** Reads the weight and both rates. */
  oja: plasticityRule({
    name: 'oja',
    params: { eta: 1 },
    change: ({ w, pre, post, eta }) => eta * post.rate * (pre.rate - post.rate * w),
  }),
  preOnly: plasticityRule({
    name: 'pre-only',
    params: { eta: 1 },
    change: ({ pre, eta }) => eta * 0.1 * tanh(2 * pre.rate),
  }),
  postOnly: plasticityRule({
    name: 'post-only',
    params: { eta: 1 },
    state: { p: 1 },
    trace: ({ post }) => ({ p: post.retention - post.slope / 3 }),
    change: ({ p, post, eta }) => eta * 0.1 * post.signal * p,
  }),
  constant: plasticityRule({ name: 'constant', params: { eta: 1 }, change: ({ eta }) => 0.01 * eta - 0.02 }),
  /** State that no trace changes. */
  untraced: plasticityRule({
    name: 'untraced',
    params: { eta: 1 },
    state: { c: 0.3, none: -0 },
    change: ({ c, none, pre, post, eta }) => eta * (c * post.signal + none * pre.rate),
  }),
  /** Choices, logic and every comparison. */
  choosy: plasticityRule({
    name: 'choosy',
    params: { eta: 1, limit: 0.2 },
    state: { p: 0, up: 1 },
    trace: ({ p, up, w, pre, post, limit }) => ({
      p:
        (pre.rate > limit && post.signal <= 0) || w === 0 || !(post.rate >= p) ? 0.5 * p + pre.rate : p - post.rate / 4,
      up: up !== 1 && (w < p || pre.rate === 0) ? 1 : -1,
    }),
    change: ({ p, up, w, post, eta }) => eta * (up < 0 ? (p > 1 ? 1 : p) * post.signal : -0.1 * w),
  }),
  transcendental: plasticityRule({
    name: 'transcendental',
    params: { eta: 1, power: 1.5 },
    state: { p: 0.1 },
    trace: ({ p, w, pre, post, power }) => ({
      p: tanh(0.5 * p + post.slope * pre.rate) - 0.1 * exp(-abs(w)) + 0.01 * pow(abs(pre.rate), power),
    }),
    change: ({ p, w, post, eta }) =>
      eta * max(-1, min(1, post.signal)) * sign(p) * sqrt(abs(p)) * log(1 + w * w) +
      0.01 * pow(p, 3) -
      0.001 * pow(2, w),
  }),
  /** Three variables, one after another; one is called as what every synapse has. */
  cascade: plasticityRule({
    name: 'cascade',
    params: { eta: 1, tau: 3 },
    state: { fast: -0.5, weight: 0.25, peak: 0 },
    trace: ({ fast, weight, peak, pre, post, tau }) => ({
      fast: fast + (pre.rate - fast) / tau,
      weight: weight + (fast - weight) / (2 * tau),
      peak: max(0.9 * peak, post.slope * fast),
    }),
    change: ({ fast, weight, peak, post, eta }) => eta * 0.3 * post.signal * (fast - weight + peak),
  }),
  /** Its state stops being finite, and becomes no number, without harm: the change only compares it. */
  endless: plasticityRule({
    name: 'endless',
    params: { eta: 1 },
    state: { inverse: 0, difference: 0 },
    trace: ({ inverse, pre }) => ({ inverse: 1 / max(pre.rate, 0), difference: inverse - 1 / max(pre.rate, -0) }),
    change: ({ inverse, difference, post, eta }) =>
      inverse > 2 || !(difference < 1) ? -eta * 0.1 * post.signal : min(1, inverse) * 0.01,
  }),
  decay: plasticityRule({ name: 'decay', params: { eta: 1 }, change: ({ w, eta }) => -eta * 0.1 * w }),
  /** Each number that a neuron publishes is read by the trace and by the change. */
  everything: plasticityRule({
    name: 'everything',
    params: { eta: 1 },
    state: { p: 0, q: 0.5 },
    trace: ({ p, q, w, pre, post }) => {
      const drive = post.slope * pre.rate;
      const late = post.retention * (p + drive);
      return { p: late, q: 0.5 * q - post.signal * post.rate * 0.1 + w * drive };
    },
    change: ({ p, q, w, pre, post, eta }) => {
      const drive = post.slope * pre.rate;
      return eta * 0.2 * (post.signal * p + tanh(q) * drive - post.rate * pre.rate * post.retention * w);
    },
  }),
} satisfies Record<string, (params: { eta: number }) => PlasticityRule>;

/** All rules, by a name. */
export const anyRules = { rflo, delta, ...customRules } satisfies Record<
  string,
  (params: { eta: number }) => PlasticityRule
>;
