import { describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { build, circuit } from '../../src/circuit/index.ts';
import { max } from '../../src/local/index.ts';
import { lavaGroup, lavaRule, type LavaRule } from '../../src/locality/index.ts';
import { alif, input, leakyReadout, leakyTanh, lif } from '../../src/neurons/index.ts';
import { normal, stream } from '../../src/random/index.ts';
import { delta, eprop, epropRegularised, plasticityRule, rflo } from '../../src/rules/index.ts';

const spiking = plasticityRule({
  name: 'both',
  params: { eta: 0.1 },
  change: ({ w, pre, post, eta }) => eta * (pre.out * post.signal + 0.3 * post.out - 0.01 * w),
});
const paired = plasticityRule({ name: 'paired', params: {}, change: ({ pre, post }) => pre.out * post.out });

const T = 40;
const net = build(
  circuit({
    neurons: {
      x: input(3),
      r: leakyTanh(2),
      h: lif(4, { theta: 0.5 }),
      a: alif(3, { theta: 0.5 }),
      y: leakyReadout(2),
    },
    synapses: {
      drive: { from: 'x', to: 'h', weights: normal({ sd: 0.5 }), rule: eprop({ eta: 0.1, kappa: 0.9 }) },
      rate: { from: 'x', to: 'r', weights: normal(), rule: rflo({ eta: 0.1 }) },
      loop: { from: 'r', to: 'r', weights: normal(), rule: rflo({ eta: 0.1 }) },
      none: { from: 'h', to: 'h', weights: normal({ sd: 0.2 }), rule: eprop({ eta: 0.1, kappa: 0 }) },
      on: { from: 'h', to: 'a', weights: normal(), rule: eprop({ eta: 0.1, kappa: 0.8 }) },
      both: { from: 'h', to: 'a', weights: normal(), rule: spiking() },
      pair: { from: 'a', to: 'a', weights: normal({ sd: 0.1 }), delay: 3, rule: paired() },
      read: { from: 'a', to: 'y', weights: normal(), rule: rflo({ eta: 0.1 }) },
    },
    feedback: {
      h: { from: 'y', to: 'h', weights: normal() },
      a: { from: 'y', to: 'a', weights: normal() },
      r: { from: 'y', to: 'r', weights: normal() },
    },
  }),
  2,
);

const random = stream(4, 'lava');
const trial = {
  timesteps: T,
  input: Float64Array.from({ length: 3 * T }, () => (random() < 0.4 ? 1 : 0)),
  target: Float64Array.from({ length: 2 * T }, () => random()),
};

/** What neurons publish in each timestep, by name: recorded in one trial without learning. */
const record = new Map<string, readonly Float64Array[]>();
const engine = new ActorEngine(net, { schedule: 'trial', feedback: 'random' });
const names = { h: ['out', 'slope'], a: ['out', 'slope'], r: ['rate', 'slope'], y: [], x: ['rate'] };
const readers = Object.entries(names).flatMap(([neurons, values]) =>
  [...values, ...(neurons === 'x' ? [] : ['signal'])].map((value) => {
    const rows: Float64Array[] = [];
    record.set(`${neurons}.${value}`, rows);
    return { reader: engine.reader({ neurons, value }), rows };
  }),
);
const before = engine.weights();
engine.trial(trial, {
  onTimestep: () => {
    for (const { reader, rows } of readers) {
      const values = new Float64Array(reader.length);
      reader.read(values, 0);
      rows.push(values);
    }
  },
});
const after = engine.weights();

/** The sum of `dw` over the trial for synapse k of a group, computed as Loihi does: all variables as before the timestep. */
function run(name: string, { equations, variables, traces, notes }: LavaRule, k: number): number {
  const group = net.groups.find((each) => each.name === name) ?? net.groups[0];
  const [pre, post] = [group.pre[k], group.rowStart.findIndex((start) => start > k) - 1];
  const exact = /without that, dw = (.*)$/.exec(notes.find((note) => note.includes('without that')) ?? '')?.[1];
  const sums = Object.entries({ ...equations, dw: exact ?? equations['dw'] });
  const held: Record<string, number> = Object.fromEntries(Object.keys(variables).map((each) => [each, 0]));
  const slow: Record<string, number> = {};
  let total = 0;
  const published = (of: string, neuron: number, t: number): number => {
    // psi, and by a threshold that is raised by beta a.
    if (of.endsWith('.d_out_d_v')) return published(of.replace('d_out_d_v', 'slope'), neuron, t);
    if (of.endsWith('.d_out_d_a')) return -0.1 * published(of.replace('d_out_d_a', 'slope'), neuron, t);
    return record.get(of)?.[t]?.[neuron] ?? 0;
  };
  for (let t = 0; t < T; t++) {
    const sent = group.from.name === 'x' || group.from.name === 'r' ? 'rate' : 'out';
    const x = published(`${group.from.name}.${sent}`, pre, t - group.delay);
    const now: Record<string, number> = {
      u0: 1,
      x0: x,
      y0: published(`${group.to.name}.out`, post, t),
      w: before[name][k],
      ...held,
    };
    for (const { name: trace, holds, decays } of traces) {
      if (decays) now[trace] = slow[trace] = Math.exp(-1 / decays.tau) * (slow[trace] ?? 0) + decays.impulse * x;
      else now[trace] = holds.startsWith('pre.') ? x : published(`${group.to.name}.${holds.slice(5)}`, post, t);
    }
    for (const [variable, sum] of sums) {
      const value = sum
        .replaceAll(' - ', ' + -')
        .split(' + ')
        .reduce((all, product) => {
          const negative = product.startsWith('-');
          const factors = product
            .replace('-', '')
            .split(' * ')
            .map((factor) => now[factor] ?? Number(factor));
          return all + (negative ? -1 : 1) * factors.reduce((one, other) => one * other, 1);
        }, 0);
      if (variable === 'dw') total += value;
      else held[variable.slice(1)] += value;
    }
  }
  return total / T;
}

describe("a rule as Lava's text", () => {
  it.each([
    ['drive', { dw: '0.1 * u0 * y2 * t', dt: '-0.1 * u0 * t + 0.1 * u0 * y3 * x1' }],
    ['rate', { dw: '0.1 * u0 * y2 * t', dt: '-0.1 * u0 * t + u0 * y3 * x1' }],
    ['loop', { dw: '0.1 * u0 * y2 * t', dt: '-0.1 * u0 * t + u0 * y3 * x1' }],
    ['none', { dw: '0.1 * u0 * y2 * y3 * x1' }],
    [
      'on',
      {
        dw: '0.1 * u0 * y2 * t',
        dt: '-0.2 * u0 * t + 0.2 * u0 * y3 * x1 + 0.2 * u0 * y1 * d',
        dd: '-0.00498752080732 * u0 * d + u0 * y3 * x1 + u0 * y1 * d',
      },
    ],
    ['both', { dw: '0.1 * x0 * y2 + 0.03 * y0 - 0.001 * u0 * w' }],
    ['pair', { dw: 'x0 * y1' }],
    ['read', { dw: '0.1 * u0 * y2 * x1' }],
  ])('of %s is as published, and gives the change that rxflo makes', (name, equations) => {
    // prettier-ignore
    const group = net.groups.find((each) => each.name === name);
    const lava = group && lavaGroup(group);
    expect(lava).toMatchObject({ group: name, misfits: [], equations });
    if (!lava) return;
    const changes = after[name].map((weight, k) => weight - before[name][k]);
    expect(changes.some((change) => change !== 0)).toBe(true);
    changes.forEach((change, k) => {
      expect(run(name, lava, k)).toBeCloseTo(change, 12);
    });
  });

  it('of a rule alone is that of rate units', () => {
    expect(lavaRule(delta()).equations).toEqual({ dw: '0.03 * u0 * y2 * x1' });
    expect(lavaRule(rflo({ eta: 1 })).equations).toEqual({
      dw: 'u0 * y2 * t',
      dt: 'u0 * y1 * t + u0 * y3 * x1 - u0 * t',
    });
  });

  it('says what cannot be said', () => {
    expect(lavaRule(epropRegularised()).misfits).toEqual([
      expect.stringMatching(/^a synapse keeps e, m, sum/),
      expect.stringMatching(/^it reads post\.signal, .*three postsynaptic traces/),
    ]);
    const largest = plasticityRule({ name: 'm', params: {}, change: ({ w, pre }) => max(w, pre.rate) })();
    expect(lavaRule(largest).misfits).toEqual(['the change calls max on what it reads']);
  });
});
