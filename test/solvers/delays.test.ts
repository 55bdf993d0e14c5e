import { describe, expect, it } from 'vitest';
import { build, type BuiltCircuit, type Engine, type GroupWeights } from '../../src/circuit/index.ts';
import { Bptt, Rtrl, Snap } from '../../src/solvers/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { heartCircuit } from '../support/heart.ts';
import { scattered } from '../support/scattered.ts';

const exact = { schedule: 'trial', feedback: 'symmetric' } as const;
const WHOLE = { schedule: 'trial', feedback: 'symmetric', n: 100 } as const;

function cooked(k: number): { built: BuiltCircuit; trial: Trial } {
  const { circuit, trial } = heartCircuit(k);
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

// That central differences find the same, through all that the language has: test/solvers/language.test.ts.
describe('synapses with delays of their own', () => {
  it('have the same gradient by BPTT and by RTRL', () => {
    for (let k = 1; k <= 60; k++) {
      const { built, trial } = cooked(k);
      const [bptt, rtrl] = [new Bptt(built, exact), new Rtrl(built, exact)].map((solver) => changes(solver, trial));
      expect(farthest(bptt, rtrl), `circuit ${k}`).toBeLessThan(1e-10);
    }
  });

  it('have by SnAp-n of a large n what RTRL has through the same feedback', () => {
    for (let k = 1; k <= 25; k++) {
      const { built, trial } = cooked(k);
      const random = { schedule: 'trial', feedback: 'random' } as const;
      const [snap, rtrl] = [new Snap(built, { ...WHOLE, ...random }), new Rtrl(built, random)];
      expect(farthest(changes(snap, trial), changes(rtrl, trial)), `circuit ${k}`).toBeLessThan(1e-10);
    }
  });
});
