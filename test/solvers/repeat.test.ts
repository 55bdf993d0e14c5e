import { expect, it } from 'vitest';
import { eBptt, fBptt, kernl } from '../../src/algorithms/index.ts';
import type { Engine, GroupWeights } from '../../src/circuit/index.ts';
import { Bptt, Rtrl, Snap } from '../../src/solvers/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { heartCircuit } from '../support/heart.ts';

const exact = { schedule: 'trial', feedback: 'symmetric' } as const;

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
    ...Object.entries(one).flatMap(([name, values]) => [...values].map((value, k) => Math.abs(value - other[name][k]))),
  );
}

it('the gradient of circuits that repeat is the same by BPTT, by RTRL and by central differences', () => {
  let [compared, learned] = [0, 0];
  for (let k = 1; k <= 20; k++) {
    const { built, trial } = heartCircuit(k, { pools: true, shared: true, repeats: k % 2 === 0 ? 'until' : 'times' });
    const solver = new Bptt(built, exact);
    const start = solver.weights();
    const change = changes(solver, trial);
    const rtrl = new Rtrl(built, exact);
    expect(farthest(change, changes(rtrl, trial)), `circuit ${k}`).toBeLessThan(1e-10);
    const snap = new Snap(built, { n: 99, ...exact, feedback: 'random' });
    const credited = new Rtrl(built, { ...exact, feedback: 'random' });
    expect(farthest(changes(snap, trial), changes(credited, trial)), `circuit ${k}`).toBeLessThan(1e-10);
    for (const { name, rule } of built.groups) {
      const eta = rule?.params['eta'] ?? 0;
      if (eta === 0) continue;
      for (let s = k % 3; s < start[name].length; s += 7) {
        const at = (away: number) => {
          solver.setWeights({ ...start, [name]: start[name].with(s, start[name][s] + away) });
          return solver.trial(trial, { learn: false, number: 1 });
        };
        const gradient = -(at(1e-5) - at(-1e-5)) / 2e-5;
        expect(Math.abs(change[name][s] - eta * gradient), `circuit ${k}, ${name} ${s}`).toBeLessThan(1e-6);
        compared++;
        if (Math.abs(gradient) > 1e-4) learned++;
      }
    }
  }
  expect(compared).toBeGreaterThan(60);
  expect(learned).toBeGreaterThan(0.5 * compared);
});

it('online algorithms run in every sweep: truncated BPTT that reaches back to the beginning is BPTT', () => {
  let away = 0;
  for (let k = 3; k <= 6; k++) {
    const { built, trial } = heartCircuit(k, { repeats: k % 2 === 0 ? 'until' : 'times' });
    const change = changes(new Bptt(built, exact), trial);
    for (const algorithm of [eBptt(99), fBptt(99)]) {
      expect(
        farthest(change, changes(algorithm.open(built, { ...exact, seed: 1 }), trial)),
        algorithm.name,
      ).toBeLessThan(1e-10);
    }
    // A circuit that runs beside it has as many sweeps, whatever is done to it.
    const beside = kernl().open(built, { ...exact, feedback: 'random', seed: 1 });
    away += farthest(changes(beside, trial), change);
  }
  expect(away).toBeGreaterThan(0);
});
