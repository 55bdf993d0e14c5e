import { describe, expect, it } from 'vitest';
import type { BuiltCircuit, GroupWeights } from '../../src/circuit/index.ts';
import { Bptt, Rtrl } from '../../src/solvers/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { heartCircuit } from '../support/heart.ts';

const exact = { schedule: 'trial', feedback: 'symmetric' } as const;

/** What one trial adds to the weights, by group. */
function changes(make: typeof Bptt | typeof Rtrl, built: BuiltCircuit, trial: Trial): GroupWeights {
  const solver = new make(built, exact);
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

describe('neurons of several states, ports and messages', () => {
  it('have the same gradient by BPTT and by RTRL', () => {
    let learned = 0;
    for (let k = 1; k <= 300; k++) {
      const { built, trial } = heartCircuit(k);
      const [bptt, rtrl] = [changes(Bptt, built, trial), changes(Rtrl, built, trial)];
      expect(farthest(bptt, rtrl), `circuit ${k}`).toBeLessThan(1e-10);
      if (farthest(bptt, Object.fromEntries(Object.entries(bptt).map(([name, w]) => [name, w.map(() => 0)]))) > 1e-4)
        learned++;
    }
    expect(learned).toBeGreaterThan(250);
  });

  it('have the gradient that central differences find', () => {
    for (let k = 1; k <= 300; k++) {
      const { built, trial } = heartCircuit(k);
      const solver = new Bptt(built, exact);
      const start = solver.weights();
      const change = changes(Bptt, built, trial);
      for (const { name, rule } of built.groups) {
        for (let s = 0; s < start[name].length; s += 3) {
          const at = (away: number) => {
            const moved = Object.fromEntries(Object.entries(start).map(([group, w]) => [group, w.slice()]));
            moved[name][s] += away;
            solver.setWeights(moved);
            return solver.trial(trial, { learn: false, number: 1 });
          };
          const rate = rule?.params['eta'] ?? 0;
          const gradient = -(at(1e-5) - at(-1e-5)) / 2e-5;
          expect(Math.abs(change[name][s] - rate * gradient), `circuit ${k}, ${name} ${s}`).toBeLessThan(1e-6);
        }
      }
    }
  });

  it('have the same gradient by BPTT and by RTRL where it goes by pseudo-derivatives', () => {
    for (let k = 1; k <= 100; k++) {
      const { built, trial } = heartCircuit(k, { spikes: true });
      expect(farthest(changes(Bptt, built, trial), changes(Rtrl, built, trial)), `circuit ${k}`).toBeLessThan(1e-10);
    }
  });
});
