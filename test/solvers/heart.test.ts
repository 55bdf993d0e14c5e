import { describe, expect, it } from 'vitest';
import type { Engine, GroupWeights } from '../../src/circuit/index.ts';
import { Bptt, Rtrl, Snap } from '../../src/solvers/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { heartCircuit } from '../support/heart.ts';

const exact = { schedule: 'trial', feedback: 'symmetric' } as const;
const random = { schedule: 'trial', feedback: 'random' } as const;

/** What one trial adds to the weights, by group. */
function changes(solver: Engine, trial: Trial): GroupWeights {
  const before = solver.weights();
  solver.trial(trial, { number: 1 });
  const after = solver.weights();
  solver.setWeights(before);
  return Object.fromEntries(Object.keys(before).map((name) => [name, after[name].map((w, k) => w - before[name][k])]));
}

function farthest(one: GroupWeights, other: GroupWeights): number {
  return Math.max(
    0,
    ...Object.entries(one).flatMap(([name, values]) => [...values].map((value, k) => Math.abs(value - other[name][k]))),
  );
}

describe('the gradient of circuits of all kinds', () => {
  it('is the same by BPTT, by RTRL and by central differences', () => {
    let learned = 0;
    const kinds = { gate: 0, pool: 0, scalar: 0, noise: 0, softmax: 0 };
    for (let k = 1; k <= 300; k++) {
      const { circuit, built, trial } = heartCircuit(k, { pools: true, shared: true });
      if (built.groups.some(({ gate }) => gate?.from.model)) kinds.gate++;
      if (built.populations.some(({ model }) => model?.name === 'pooled')) kinds.pool++;
      if (Object.keys(circuit.globals).length > 0) kinds.scalar++;
      if (built.order.some(({ sending }) => sending)) kinds.noise++;
      if (built.outputs.some(({ loss }) => loss)) kinds.softmax++;
      const solver = new Bptt(built, exact);
      const start = solver.weights();
      const change = changes(solver, trial);
      expect(farthest(change, changes(new Rtrl(built, exact), trial)), `circuit ${k}`).toBeLessThan(1e-10);
      if (
        farthest(change, Object.fromEntries(Object.entries(change).map(([name, w]) => [name, w.map(() => 0)]))) > 1e-4
      )
        learned++;
      for (const { name, rule } of built.groups) {
        const eta = rule?.params['eta'] ?? 0;
        if (eta === 0) continue;
        for (let s = k % 3; s < start[name].length; s += 4) {
          const at = (away: number) => {
            solver.setWeights({ ...start, [name]: start[name].with(s, start[name][s] + away) });
            return solver.trial(trial, { learn: false, number: 1 });
          };
          const gradient = -(at(1e-5) - at(-1e-5)) / 2e-5;
          expect(Math.abs(change[name][s] - eta * gradient), `circuit ${k}, ${name} ${s}`).toBeLessThan(1e-6);
        }
      }
      if (k % 4 > 0) continue;
      // Credit through the feedback: SnAp that reaches everything is RTRL.
      const [snap, rtrl] = [new Snap(built, { n: 99, ...random }), new Rtrl(built, random)];
      expect(farthest(changes(snap, trial), changes(rtrl, trial)), `circuit ${k}`).toBeLessThan(1e-10);
    }
    expect(learned).toBeGreaterThan(250);
    expect(Math.min(...Object.values(kinds))).toBeGreaterThan(30);
  });

  it('is the same by BPTT and by RTRL where it goes by pseudo-derivatives', () => {
    for (let k = 1; k <= 100; k++) {
      const { built, trial } = heartCircuit(k, { spikes: true, shared: true });
      const [bptt, rtrl] = [new Bptt(built, exact), new Rtrl(built, exact)];
      expect(farthest(changes(bptt, trial), changes(rtrl, trial)), `circuit ${k}`).toBeLessThan(1e-10);
    }
  });
});
