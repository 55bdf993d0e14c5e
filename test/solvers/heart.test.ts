import { describe, expect, it } from 'vitest';
import { build, type Engine, type GroupWeights } from '../../src/circuit/index.ts';
import { Bptt, Rtrl, Snap } from '../../src/solvers/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { heartCircuit } from '../support/heart.ts';

const exact = { schedule: 'trial', feedback: 'symmetric' } as const;
const random = { schedule: 'trial', feedback: 'random' } as const;

/** What one trial adds to the weights, by group. */
function changes(solver: Engine, trial: Trial, number = 1): GroupWeights {
  const before = solver.weights();
  solver.trial(trial, { number });
  const after = solver.weights();
  solver.setWeights(before);
  return Object.fromEntries(Object.keys(before).map((name) => [name, after[name].map((w, k) => w - before[name][k])]));
}

/** What two trials add to the same weights that carry on from one another, together of this length. */
function inTwo(solver: Engine, { timesteps, input, target }: Trial): GroupWeights {
  const first = Math.floor(timesteps / 2);
  const [inputs, targets] = [input.length / timesteps, target.length / timesteps];
  const parts = [
    [0, first],
    [first, timesteps],
  ].map(([from, until], n) => {
    const part = {
      timesteps: until - from,
      input: input.slice(from * inputs, until * inputs),
      target: target.slice(from * targets, until * targets),
    };
    const share = part.timesteps / timesteps;
    return { share, added: changes(solver, part, n + 1) };
  });
  const [one, other] = parts;
  return Object.fromEntries(
    Object.entries(one.added).map(([name, w]) => [
      name,
      w.map((value, s) => one.share * value + other.share * other.added[name][s]),
    ]),
  );
}

function farthest(one: GroupWeights, other: GroupWeights): number {
  return Math.max(
    0,
    ...Object.entries(one).flatMap(([name, values]) => [...values].map((value, k) => Math.abs(value - other[name][k]))),
  );
}

describe('the gradient of circuits of all kinds', () => {
  it('is the same by BPTT, by RTRL and by central differences', () => {
    let [learned, streams] = [0, 0];
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
        for (let s = k % 3; s < start[name].length; s += 5) {
          const at = (away: number) => {
            solver.setWeights({ ...start, [name]: start[name].with(s, start[name][s] + away) });
            return solver.trial(trial, { learn: false, number: 1 });
          };
          const gradient = -(at(1e-5) - at(-1e-5)) / 2e-5;
          expect(Math.abs(change[name][s] - eta * gradient), `circuit ${k}, ${name} ${s}`).toBeLessThan(1e-6);
        }
      }
      // In an endless stream RTRL is BPTT of one long trial, where chance does not tell the trials apart.
      const chance = built.populations.some(({ noise, sending }) => sending ?? Object.keys(noise).length > 0);
      if (k % 4 === 1 && !chance) {
        streams++;
        expect(
          farthest(change, inTwo(new Rtrl(build(circuit, k, { carry: true }), exact), trial)),
          `circuit ${k}`,
        ).toBeLessThan(1e-10);
      }
      if (k % 4 > 0) continue;
      // Credit through the feedback: SnAp that reaches everything is RTRL.
      const [snap, rtrl] = [new Snap(built, { n: 99, ...random }), new Rtrl(built, random)];
      expect(farthest(changes(snap, trial), changes(rtrl, trial)), `circuit ${k}`).toBeLessThan(1e-10);
    }
    expect(learned).toBeGreaterThan(250);
    expect(streams).toBeGreaterThan(10);
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
