import { expect, it } from 'vitest';
import { eBptt, fBptt, kernl } from '../../src/algorithms/index.ts';
import { build, circuit, clock, type Engine, type GroupWeights, type Repeat } from '../../src/circuit/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
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
  for (let k = 3; k <= 6; k++) {
    const { built, trial } = heartCircuit(k, { repeats: k % 2 === 0 ? 'until' : 'times' });
    const change = changes(new Bptt(built, exact), trial);
    for (const algorithm of [eBptt(99), fBptt(99)]) {
      const changed = changes(algorithm.open(built, { ...exact, seed: 1 }), trial);
      expect(farthest(change, changed), algorithm.name).toBeLessThan(1e-10);
    }
  }
});

it('a circuit that runs beside another one, and is disturbed, has as many sweeps', () => {
  const made = (repeat?: Repeat<'h'>) =>
    circuit({
      neurons: { x: input(1), h: leakyTanh(3, { tau: 2 }), y: linear(1) },
      synapses: {
        heard: { from: 'x', to: 'h', weights: normal(), rule: rflo() },
        recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.3 }), rule: rflo() },
        readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
      },
      ...(repeat && { repeat }),
      globals: { sweep: clock(({ sweep }) => sweep) },
    });
  const open = (repeat?: Repeat<'h'>) =>
    kernl({ sigma: 0.5, eta: 0.1 }).open(build(made(repeat), 1), { ...exact, seed: 1 });
  const [engine, drawnOut] = [open({ times: 30, until: { population: 'h', moves: 0.01 } }), open()];
  const reader = engine.reader({ global: 'sweep' });
  const [sweeps, value] = [[] as number[], new Float64Array(1)];
  const onTimestep = () => {
    reader.read(value, 0);
    sweeps.push(value[0] + 1);
  };
  const [x, target] = [
    [1, -1, 1],
    [0.1, 0.2, 0.3],
  ];
  engine.trial({ timesteps: 3, input: Float64Array.from(x), target: Float64Array.from(target) }, { onTimestep });
  expect(Math.min(...sweeps)).toBeGreaterThan(3);
  expect(Math.max(...sweeps)).toBeLessThan(30);
  const each = (of: (k: number, isLast: boolean) => number) =>
    Float64Array.from(sweeps.flatMap((count, k) => Array.from({ length: count }, (_, s) => of(k, s === count - 1))));
  const drawn = each((k) => x[k]);
  drawnOut.trial(
    { timesteps: drawn.length, input: drawn, target: each((k, isLast) => (isLast ? target[k] : NaN)) },
    { pace: drawn.length / 3 },
  );
  expect(farthest(engine.weights(), drawnOut.weights())).toBeLessThan(1e-12);
  expect(farthest(engine.weights(), open().weights())).toBeGreaterThan(1e-4);
});
