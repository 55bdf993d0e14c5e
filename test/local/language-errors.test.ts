import { describe, expect, it } from 'vitest';
import { readLocal, type ViewShape } from '../../src/local/index.ts';
import { plasticityRule, type PlasticityRule } from '../../src/rules/index.ts';
import { refusal } from '../refusal.ts';

const SHAPE: ViewShape = {
  p: 'own state',
  w: 'own weight',
  alpha: 'parameter',
  pre: { rate: 'presynaptic' },
  post: { slope: 'postsynaptic', signal: 'learning signal' },
};

/** Any function with this text; `results` makes it a trace. */
function refused(text: string, results?: readonly string[]): string {
  // oxlint-disable-next-line typescript/no-implied-eval -- texts that TypeScript would refuse before rxflo can
  const f = new Function('outer', 'network', `return ${text};`) as (outer: unknown, network: unknown) => () => unknown;
  const expected = results ? { shape: SHAPE, results } : { shape: SHAPE };
  return refusal(() =>
    readLocal(
      "rule 'mine'",
      'change',
      f((x: number) => 2 * x, { w: [1] }),
      expected,
    ),
  );
}

describe('what is not in the language is refused, with the mend:', () => {
  it.each([
    ['a closure variable', '({ p }) => p * decay', 16, 'make it a parameter, params: { decay: ... }'],
    ['a global array', '({ p }) => p * network.w[0]', 16, '`network.w` comes from outside'],
    ['a list', '({ p, pre }) => p * pre[0]', 25, 'a view has no lists'],
    ['a member of a closure variable', '({ p }) => p * network.gain', 16, '`network.gain` comes from outside'],
    ['Math.TAU', '({ p }) => Math.TAU', 12, '`Math.TAU` is not a known number; expected one of E, LN10'],
    ['an outer function', '({ p }) => outer(p)', 12, '`outer` is a function from outside'],
    ['Math.random', '({ p }) => p * Math.random()', 16, '`Math.random` does not follow the seed'],
    ['Math.tanh', '({ p }) => Math.tanh(p)', 12, "import { tanh } from 'rxflo' and write tanh(...)"],
    ['Math.sin', '({ p }) => Math.sin(p)', 12, '`Math.sin` cannot be expressed; rxflo has tanh, exp'],
    ['Date.now', '({ p }) => p + Date.now()', 16, '`Date.now` is a function from outside'],
    ['this', 'function ({ p }) { return p * this.w; }', 31, 'read from its view'],
    ['an unknown field', '({ p, q }) => p + q', 7, "the view has no `q`; expected 'p', 'w', 'alpha', 'pre' or 'post'"],
    ['an unknown field within', '({ post }) => post.slpoe', 20, "`post` has no `slpoe`; expected 'slope' or 'signal'"],
    [
      'an unknown field in a pattern',
      '({ post: { sig } }) => sig',
      12,
      "`post` has no `sig`; expected 'slope' or 'signal'",
    ],
    ['an object for a number', '({ p, pre }) => p * pre', 21, '`pre` is not a number; read one from it: pre.rate'],
    ['a field of a number', '({ p }) => p.rate', 14, '`p` is a number, so it has no fields to read'],
    ['a pattern for a number', '({ p: { x } }) => x', 7, 'this is a number'],
    ['an assignment', '({ p }) => { p = 2; return p; }', 14, 'name the new value with const'],
    ['a count', '({ p }) => { p++; return p; }', 14, 'name the new value with const'],
    ['a loop', '({ p }) => { for (;;) { return p; } }', 14, 'write its terms out'],
    ['an if', '({ p }) => { if (p > 0) return p; return 0; }', 14, 'choose with test ? a : b'],
    [
      'a function within',
      '({ p }) => { const f = () => p; return p; }',
      24,
      'a function inside another cannot be expressed',
    ],
    ['a lost call', '({ p }) => { console.log(p); return p; }', 14, 'the result of this is lost'],
    ['a name without a value', '({ p }) => { let x; return p; }', 18, 'has no value'],
    ['no result', '({ p }) => { const x = p; }', 27, 'returns nothing'],
    ['an empty result', '({ p }) => { return; }', 14, 'returns nothing'],
    ['text', "({ p }) => 'p'", 12, "'p' is not a number"],
    ['a template', '({ p }) => `${p}`', 12, 'text is not a number'],
    ['async', 'async ({ p }) => p', 1, 'answers at once'],
    ['a generator', 'function* ({ p }) { return p; }', 1, 'gives one result'],
    ['a default', '({ p = 1 }) => p', 4, 'leave out the default'],
    ['a default view', '({ p } = {}) => p', 2, 'leave out the default'],
    ['a rest', '({ p, ...rest }) => p', 7, 'take each number by its name'],
    ['a rest of arguments', '(...views) => 1', 2, 'take each number by its name'],
    ['a second argument', '({ p }, other) => p', 9, 'has one parameter, its view'],
    ['a spread', '({ p }) => Math.max(...[p, 1])', 21, 'write each name out'],
    ['a computed name', '({ [w]: x }) => x', 4, 'take each number by its name, written out'],
    ['an optional chain', '({ pre }) => pre?.rate', 14, 'write . instead of ?.'],
    ['??', '({ p }) => p ?? 0', 12, 'leave out ??'],
    ['**', '({ p }) => p ** 2', 12, 'write p * p, or pow(p, 2) with pow from rxflo'],
    ['%', '({ p }) => p % 2', 12, '`%` cannot be expressed'],
    ['typeof', '({ p }) => typeof p', 12, '`typeof` cannot be expressed'],
    ['a number as a condition', '({ p }) => p ? 1 : 0', 12, 'compare it, for example p > 0'],
    ['a condition as a number', '({ p }) => (p > 0) * 2', 13, 'write p > 0 ? 1 : 0'],
    ['a logic of numbers', '({ p, w }) => p || w', 15, 'compare it, for example p > 0'],
    ['undefined', '({ p }) => undefined', 12, '`undefined` is not a number'],
    ['an object', '({ p }) => ({ p })', 13, 'an object is not a number'],
    ['too few arguments', '({ p }) => Math.max(p)', 12, '`max` takes two numbers'],
    ['too many arguments', '({ p, w }) => Math.max(p, w, 0)', 15, 'write max(a, max(b, c)) for more'],
    ['a call of a number', '({ p }) => p(1)', 12, '`p` is a value of this function'],
    ['a call of a call', '({ p }) => outer(1)(p)', 12, 'a local function can call only tanh'],
    ['a new object', '({ p }) => new Date()', 12, 'an object cannot be expressed'],
  ])('%s', (_, text, column, mend) => {
    const message = refused(text);
    expect(message).toMatch(new RegExp(`^rule 'mine'\\.change, line 1, column ${column}: `));
    expect(message).toContain(mend);
  });

  it.each([
    ['a lost state', '({ p }) => ({ p })', 13, 'does not give `q`; write q too'],
    ['another name', '({ p }) => ({ p, q: 1, r: 2 })', 24, "`r` is not in the state; expected 'p' or 'q'"],
    ['a spread', '(v) => ({ ...v, p: 1 })', 11, 'write each name out'],
    ['a number', '({ p }) => p', 12, 'write out the result, { p: ..., q: ... }'],
    ['a method', '({ p }) => ({ p() { return 1; }, q: 1 })', 15, 'as name: value'],
  ])('of a trace: %s', (_, text, column, mend) => {
    const message = refused(text, ['p', 'q']);
    expect(message).toContain(`, line 1, column ${column}: `);
    expect(message).toContain(mend);
  });

  it('with its line quoted and a caret under the place', () => {
    expect(refused('({ p, post }) => {\n  const drive = post.slope * p;\n  return drive * decay;\n}')).toBe(
      "rule 'mine'.change, line 3, column 18: `decay` comes from outside the function, which a local function cannot see; " +
        'make it a parameter, params: { decay: ... }, and read it from the view\n' +
        '  3 |   return drive * decay;\n' +
        '    |                  ^',
    );
  });

  it('with only a part of a line that is long', () => {
    const message = refused(`({ p }) => ${'p + '.repeat(500)} decay`);
    expect(message).toMatch(/line 1, column 2013: /);
    for (const line of message.split('\n').slice(1)) expect(line.length).toBeLessThan(120);
    expect(message.split('\n')[1].indexOf('decay')).toBe(message.split('\n')[2].indexOf('^'));
  });

  it.each([
    ['bound', '(({ p }) => p).bind(null)', 'has no text to read: it is bound or native'],
    ['a class', 'class {}', 'is a class or an accessor'],
    ['no function', '3', 'is not a function'],
  ])('what is %s', (_, text, mend) => {
    expect(refused(text)).toContain(`rule 'mine'.change: ${mend}`);
  });

  it('a function from outside that has the name of one of ours', () => {
    const tanh = (x: number) => 2 * x;
    const f = ({ p }: { p: number }) => tanh(p);
    expect(refusal(() => readLocal("rule 'mine'", 'change', f, { shape: SHAPE }))).toContain(
      'does not compute what its text says: does it call a tanh, exp, log,',
    );
  });
});

describe('a plasticity rule', () => {
  const gains = [0.5];
  const define = (opaque: boolean): PlasticityRule =>
    plasticityRule({
      name: 'cheat',
      params: { eta: 0.1 },
      change: ({ pre, eta }) => eta * pre.rate * gains[0],
      opaque,
    })();

  it('with something from outside is refused when it is defined', () => {
    expect(refusal(() => define(false))).toMatch(/^rule 'cheat'\.change, line 1, column \d+: `gains\[0\]` comes from/);
  });

  it('may be opaque, and then nothing is known of it', () => {
    const rule = define(true);
    expect(rule.analysis).toBeUndefined();
    const post = { rate: 0, slope: 0, retention: 0, signal: 0 };
    expect(rule.change({ eta: 0.1, w: 0, pre: { rate: 2 }, post } as never)).toBe(0.1);
  });

  it('says what it reads and costs', () => {
    const { analysis } = plasticityRule({
      name: 'mine',
      params: { eta: 0.1 },
      state: { p: 0 },
      trace: ({ p, pre, post }) => ({ p: post.retention * p + post.slope * pre.rate }),
      change: ({ p, post, eta }) => eta * post.signal * p,
    })();
    expect(analysis?.functions.map(({ name }) => name)).toEqual(['trace', 'change']);
    expect(analysis?.function('change')?.reads.map(({ path }) => path)).toEqual(['eta', 'post.signal', 'p']);
    expect(analysis?.reads).toEqual([
      { path: 'post.retention', scope: 'postsynaptic' },
      { path: 'p', scope: 'own state' },
      { path: 'post.slope', scope: 'postsynaptic' },
      { path: 'pre.rate', scope: 'presynaptic' },
      { path: 'eta', scope: 'parameter' },
      { path: 'post.signal', scope: 'learning signal' },
    ]);
    expect(analysis?.cost).toEqual({ operations: { '*': 4, '+': 1 }, total: 5, bytes: 16 });
  });
});
