import { describe, expect, it } from 'vitest';
import { build, type BuiltCircuit, type Engine, type GroupWeights } from '../../src/circuit/index.ts';
import { Bptt, Rtrl, Snap } from '../../src/solvers/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { heartCircuit } from '../support/heart.ts';
import { scattered } from '../support/scattered.ts';

const exact = { schedule: 'trial', feedback: 'symmetric' } as const;
const WHOLE = { schedule: 'trial', feedback: 'symmetric', n: 100 } as const;

function cooked(k: number, options: Parameters<typeof heartCircuit>[1] = {}): { built: BuiltCircuit; trial: Trial } {
  const { circuit, trial } = heartCircuit(k, options);
  return { built: build(scattered(circuit, k), k), trial };
}

/** What one trial adds to the weights, by group. */
function changes(solver: Engine, trial: Trial): GroupWeights {
  const before = solver.weights();
  solver.trial(trial, { number: 1 });
  const after = solver.weights();
  return Object.fromEntries(Object.keys(before).map((name) => [name, after[name].map((w, k) => w - before[name][k])]));
}

function farthest(one: GroupWeights, other: GroupWeights): number {
  return Math.max(
    0,
    ...Object.entries(one).flatMap(([name, values]) => [...values].map((value, k) => Math.abs(value - other[name][k]))),
  );
}

/** What a trial would add to the weights, by central differences of its loss. */
function differences(solver: Engine, { groups }: BuiltCircuit, trial: Trial): GroupWeights {
  const start = Object.fromEntries(groups.map(({ name, weights }) => [name, weights]));
  return Object.fromEntries(
    groups.map(({ name, rule, weights }) => [
      name,
      weights.map((w, k) => {
        const at = (away: number) => {
          const moved = weights.slice();
          moved[k] = w + away;
          solver.setWeights({ ...start, [name]: moved });
          return solver.trial(trial, { learn: false, number: 1 });
        };
        return ((rule?.params['eta'] ?? 0) * -(at(1e-5) - at(-1e-5))) / 2e-5;
      }),
    ]),
  );
}

describe('synapses with delays of their own', () => {
  it('have the same gradient by BPTT and by RTRL', () => {
    for (let k = 1; k <= 60; k++) {
      const { built, trial } = cooked(k);
      const [bptt, rtrl] = [new Bptt(built, exact), new Rtrl(built, exact)].map((solver) => changes(solver, trial));
      expect(farthest(bptt, rtrl), `circuit ${k}`).toBeLessThan(1e-10);
    }
  });

  it('have it through gates, noise, and numbers of whole populations, too', () => {
    let gated = 0;
    for (let k = 1; k <= 50; k++) {
      const { built, trial } = cooked(k, { shared: true });
      gated += built.groups.filter(({ gate, longer }) => gate && longer).length;
      const solvers = [new Bptt(built, exact), new Rtrl(built, exact)];
      const [bptt, rtrl] = solvers.map((solver) => changes(solver, trial));
      expect(farthest(bptt, rtrl), `circuit ${k}`).toBeLessThan(1e-10);
      expect(farthest(bptt, differences(solvers[0], built, trial)), `circuit ${k}`).toBeLessThan(1e-6);
    }
    expect(gated).toBeGreaterThan(20);
  });

  it('have by SnAp-n of a large n what RTRL has through the same feedback', () => {
    for (let k = 1; k <= 25; k++) {
      const { built, trial } = cooked(k);
      const random = { schedule: 'trial', feedback: 'random' } as const;
      const [snap, rtrl] = [new Snap(built, { ...WHOLE, ...random }), new Rtrl(built, random)];
      expect(farthest(changes(snap, trial), changes(rtrl, trial)), `circuit ${k}`).toBeLessThan(1e-10);
    }
  });

  it('have the gradient that central differences find', () => {
    let late = 0;
    for (let k = 1; k <= 40; k++) {
      const { built, trial } = cooked(k);
      const solver = new Bptt(built, exact);
      const change = changes(solver, trial);
      expect(farthest(change, differences(solver, built, trial)), `circuit ${k}`).toBeLessThan(1e-6);
      for (const { name, longer } of built.groups) {
        if (longer) late += change[name].filter((each) => Math.abs(each) > 1e-6).length;
      }
    }
    expect(late).toBeGreaterThan(160);
  });
});
