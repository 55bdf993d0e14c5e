import { describe, expect, it } from 'vitest';
import { build } from '../../src/circuit/index.ts';
import { detach, max, pow, sign, spike, tanh } from '../../src/local/index.ts';
import { certifyLearner, certifyRule, type LoihiForm } from '../../src/locality/index.ts';
import { delta, plasticityRule, rflo, type PlasticityRule, type SynapseView } from '../../src/rules/index.ts';
import { paperExample } from '../support/networks.ts';
import { anyRules } from '../support/rules.ts';

function formOf(rule: PlasticityRule): LoihiForm {
  const [{ loihi }] = certifyRule(rule).synapses;
  if (!loihi) throw new Error('opaque');
  return loihi;
}

describe('Loihi 2: a rule as sums of products', () => {
  it.each<[string, PlasticityRule, readonly string[]]>([
    ['delta', delta(), ['dw = 0.03 * y2 * x1']],
    ['RFLO', rflo({ eta: 1 }), ['dw = y2 * t', 'dt = y1 * t + y3 * x1 - t']],
    ['Oja', anyRules.oja({ eta: 0.5 }), ['dw = 0.5 * y1 * x1 - 0.5 * y1 * y1 * w']],
    ['decay', anyRules.decay({ eta: 2 }), ['dw = -0.2 * w']],
    ['a constant', anyRules.constant({ eta: 1 }), ['dw = -0.01']],
    ['state that no trace changes', anyRules.untraced({ eta: 1 }), ['dw = 0.3 * y2']],
    ['two variables', anyRules.exchange({ eta: 1 }), ['dw = x1 * t - 2 * x1 * d', 'dt = d - t', 'dd = t - d']],
    [
      'a sign of its own',
      plasticityRule({ name: 'r', params: {}, change: ({ w, pre }) => -0.1 * sign(w) * pow(pre.rate, 2) })(),
      ['dw = -0.1 * x1 * x1 * sgn(w)'],
    ],
    [
      'a choice that its parameters make',
      plasticityRule({
        name: 'r',
        params: { signed: 0 },
        change: ({ w, pre, signed }) => (signed > 0 ? tanh(w) : w) * pre.rate,
      })(),
      ['dw = x1 * w'],
    ],
    [
      'a detached value, which is the value',
      plasticityRule({ name: 'r', params: {}, change: ({ w, pre }) => detach(w * pre.rate) - w })(),
      ['dw = x1 * w - w'],
    ],
    [
      'a spike of parameters, which is a number',
      plasticityRule({ name: 'r', params: { on: 2 }, change: ({ w, on }) => 0.5 * spike(on - 1, w) * w })(),
      ['dw = 0.5 * w'],
    ],
    [
      'two numbers of its presynaptic neuron',
      plasticityRule({
        name: 'r',
        params: {},
        sees: { pre: ['error'] },
        change: ({ pre, post }) => 0.5 * post.signal * pre.error - post.signal * pre.rate,
      })(),
      ['dw = 0.5 * y2 * x1 - y2 * x2'],
    ],
    ['nothing', plasticityRule({ name: 'r', params: {}, change: ({ w }) => w - w })(), ['dw = 0']],
  ])('%s', (_, rule, equations) => {
    expect(formOf(rule)).toMatchObject({ fits: true, misfits: [], equations });
  });

  it('says which number of the view stands where', () => {
    expect(formOf(rflo()).variables).toEqual({
      t: 'p',
      x1: 'pre.rate',
      y1: 'post.retention',
      y2: 'post.signal',
      y3: 'post.slope',
    });
  });

  it.each<[string, PlasticityRule, readonly string[]]>([
    [
      'a spike',
      plasticityRule({ name: 'r', params: {}, change: ({ w, pre }) => w * spike(pre.rate - 1, 0.3) })(),
      ['the change calls spike on what it reads'],
    ],
    ['a function', anyRules.preOnly({ eta: 1 }), ['the change calls tanh on what it reads']],
    [
      'a trace that is no sum of products',
      plasticityRule({
        name: 'r',
        params: {},
        state: { p: 0 },
        trace: ({ p, pre }) => ({ p: max(p, pre.rate) }),
        change: ({ p, w }) => p / w,
      })(),
      ['the change divides by what it reads, w', 'the trace of p calls max on what it reads'],
    ],
    [
      'three numbers of its presynaptic neuron',
      plasticityRule({
        name: 'r',
        params: {},
        sees: { pre: ['error', 'residual'] },
        change: ({ pre, post }) => post.out * pre.rate - post.signal * pre.error * pre.residual,
      })(),
      ['it reads pre.rate, pre.error, pre.residual, but Loihi has only two presynaptic traces, x1 and x2'],
    ],
    [
      'three state variables',
      plasticityRule({
        name: 'r',
        params: {},
        state: { a: 0, b: 0, c: 0 },
        trace: ({ a, b, c }) => ({ a: b, b: c, c: a }),
        change: ({ a }) => a,
      })(),
      ['a synapse keeps a, b, c, but Loihi has only two variables besides the weight, t and d'],
    ],
    [
      'four numbers of the neuron',
      plasticityRule({
        name: 'r',
        params: {},
        change: ({ post }) => post.rate * post.slope * post.retention * post.signal,
      })(),
      [
        'it reads post.rate, post.retention, post.signal, post.slope, but Loihi has only three postsynaptic traces, y1, y2 and y3',
      ],
    ],
    [
      'the sign of another’s',
      plasticityRule({ name: 'r', params: {}, change: ({ w, pre }) => w * sign(pre.rate) })(),
      ['it takes the sign of pre.rate, but Loihi has signs only of w, t and d'],
    ],
  ])('does not fit with %s, and why', (_, rule, misfits) => {
    expect(formOf(rule)).toEqual({ fits: false, equations: [], variables: {}, traces: [], misfits });
  });

  it('tells a trace that decays linearly from another', () => {
    const of = (trace: (view: SynapseView<{ eta: number }, { p: number }>) => { p: number }) =>
      formOf(plasticityRule({ name: 'r', params: { eta: 1 }, state: { p: 0 }, trace, change: ({ p }) => p })()).traces;
    const linear = { state: 'p', variable: 't', linearDecay: true };
    expect(of(({ p, pre }) => ({ p: 0.9 * p + pre.rate }))).toEqual([linear]);
    expect(of(({ p, post, pre }) => ({ p: post.retention * p + post.slope * pre.rate }))).toEqual([linear]);
    expect(of(({ pre }) => ({ p: pre.rate }))).toEqual([linear]);
    const other = { ...linear, linearDecay: false };
    expect(of(({ p }) => ({ p: p - 0.1 * p * p }))).toEqual([other]);
    expect(of(({ p, w, pre }) => ({ p: 0.9 * p + w * pre.rate }))).toEqual([other]);
    expect(of(({ p }) => ({ p: p - 0.1 * sign(p) }))).toEqual([other]);
    expect(formOf(anyRules.exchange({ eta: 1 })).traces.map(({ linearDecay }) => linearDecay)).toEqual([false, false]);
  });

  it('on a circuit, what its neuron never changes is a number', () => {
    const certificate = certifyLearner(build(paperExample(5), 1), {
      name: 'rflo',
      algorithm: 'local',
      feedback: 'random',
    });
    expect(certificate.synapses[0].loihi?.equations).toEqual(['dw = 0.03 * y2 * t', 'dt = -0.1 * t + y3 * x1']);
  });
});
