import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  BuiltCircuit,
  BuiltGroup,
  BuiltPopulation,
  FeedbackKind,
  GroupWeights,
  Reader,
} from '../../src/circuit/index.ts';
import { Bptt, Rtrl } from '../../src/solvers/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { cook, recipes } from '../support/random-circuit.ts';
import { changesOf, relativeDifference } from '../support/weights.ts';

/** Below this, a gradient is all rounding. */
const FLOOR = 1e-3;

describe('on random circuits', () => {
  it.each(['symmetric', 'random'] as const)('BPTT = RTRL to 1e-10, feedback %s', (feedback) => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        const { built, trial } = cook(recipe);
        const options = { schedule: 'trial', feedback } as const;
        const [bptt, rtrl] = [new Bptt(built, options), new Rtrl(built, options)];
        expect(relativeDifference(changesOf(rtrl, trial), changesOf(bptt, trial), FLOOR)).toBeLessThan(1e-10);
      }),
      { numRuns: 150 },
    );
  });

  it('both = -eta dL/dw by central finite differences to 1e-6', () => {
    let [checked, discarded] = [0, 0];
    fc.assert(
      fc.property(recipes, (recipe) => {
        const { built, trial } = cook(recipe);
        if (nearKink(built, trial)) {
          discarded++;
          return;
        }
        checked++;
        const expected = centralDifferences(built, (solver) => -solver.trial(trial, { learn: false }));
        for (const solver of [Bptt, Rtrl]) {
          const changes = changesOf(new solver(built, { schedule: 'trial', feedback: 'symmetric' }), trial);
          expect(relativeDifference(changes, expected, FLOOR)).toBeLessThan(1e-6);
        }
      }),
      { numRuns: 60 },
    );
    expect(checked).toBeGreaterThan(10 * discarded);
  });

  it('with random feedback both = eta/T d/dw of sum_t l(t) h(t), the learning signal l held fixed', () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        // Without synapses from outputs to others: there it is plain what "held fixed" means.
        const { built, trial } = cook(recipe);
        const { outputs } = built;
        const plain = built.groups.filter(({ from, to }) => !outputs.includes(from) || from === to);
        const open = { ...built, groups: plain };
        fc.pre(!nearKink(open, trial));
        const expected = centralDifferences(open, creditedActivity(open, trial));
        for (const solver of [Bptt, Rtrl]) {
          const changes = changesOf(new solver(open, { schedule: 'trial', feedback: 'random' }), trial);
          expect(relativeDifference(changes, expected, FLOOR)).toBeLessThan(1e-6);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('with random feedback the solvers learn something else than the gradient', () => {
    // That both ways agree would mean little if feedback 'random' were quietly taken for 'symmetric'.
    const differ = fc.sample(recipes, { numRuns: 50, seed: 1 }).filter((recipe) => {
      const { built, trial } = cook(recipe);
      const changes = (feedback: FeedbackKind) => changesOf(new Bptt(built, { schedule: 'trial', feedback }), trial);
      return relativeDifference(changes('random'), changes('symmetric'), FLOOR) > 0.01;
    });
    expect(differ.length).toBeGreaterThan(25);
  });
});

const STEP = 1e-5;

/** rate d/dw of a value, for every weight; 0 where no rule changes it. The value may depend on whose weight it is. */
function centralDifferences(built: BuiltCircuit, valueOf: (solver: Bptt, group: BuiltGroup) => number): GroupWeights {
  const solver = new Bptt(built, { schedule: 'trial', feedback: 'symmetric' });
  const start = solver.weights();
  return Object.fromEntries(
    built.groups.map((group) => {
      const { name, rule } = group;
      const rate = rule?.params['eta'] ?? 0;
      const valueWith = (k: number, w: number) => {
        solver.setWeights({ ...start, [name]: start[name].with(k, w) });
        return valueOf(solver, group);
      };
      const slope = (w: number, k: number) => (valueWith(k, w + STEP) - valueWith(k, w - STEP)) / (2 * STEP);
      const changes = start[name].map((w, k) => (rate === 0 ? 0 : rate * slope(w, k)));
      solver.setWeights(start);
      return [name, changes];
    }),
  );
}

/** For the weights onto outputs: 1/T sum_t e(t) y(t) of that output; for all others 1/T sum_t [B e(t)] h(t). e as it was at first. */
function creditedActivity(built: BuiltCircuit, trial: Trial): (solver: Bptt, group: BuiltGroup) => number {
  const { outputs, feedback, order } = built;
  const record = (solver: Bptt, readers: readonly Reader[]) => {
    const rows: Float64Array[][] = [];
    const onTimestep = () => {
      rows.push(
        readers.map((reader) => {
          const row = new Float64Array(reader.length);
          reader.read(row, 0);
          return row;
        }),
      );
    };
    solver.trial(trial, { learn: false, onTimestep });
    return rows;
  };
  const first = new Bptt(built, { schedule: 'trial', feedback: 'symmetric' });
  const errors = record(
    first,
    outputs.map(({ name }) => first.reader({ error: name })),
  );
  const signal = (t: number, population: BuiltPopulation, i: number) =>
    feedback
      .filter(({ to }) => to === population)
      .reduce((sum, { from, weights }) => {
        const row = weights.subarray(i * from.size, (i + 1) * from.size);
        return sum + errors[t][outputs.indexOf(from)].reduce((product, e, k) => product + row[k] * e, 0);
      }, 0);
  return (solver, { to }) => {
    const credited = outputs.includes(to) ? [to] : order.filter((population) => !outputs.includes(population));
    const rates = record(
      solver,
      credited.map(({ name }) => solver.reader({ neurons: name, value: 'rate' })),
    );
    const credit = (t: number, population: BuiltPopulation, i: number) =>
      population === to && outputs.includes(to) ? errors[t][outputs.indexOf(to)][i] : signal(t, population, i);
    const sum = rates.flatMap((row, t) =>
      credited.map((population, p) => row[p].reduce((value, h, i) => value + credit(t, population, i) * h, 0)),
    );
    return sum.reduce((a, b) => a + b, 0) / trial.timesteps;
  };
}

/**
 * Whether a rectified unit comes within 1e-4 of its kink, where there is no derivative to compare with: such runs are
 * discarded. An input of exactly 0 means that nothing has arrived yet, and no change of a weight moves it.
 */
function nearKink(built: BuiltCircuit, trial: Trial): boolean {
  const solver = new Bptt(built, { schedule: 'trial', feedback: 'symmetric' });
  const readers = built.order
    .filter(({ model }) => model?.name === 'leaky-relu')
    .map(({ name }) => solver.reader({ neurons: name, value: 'potential' }));
  let near = false;
  const onTimestep = () => {
    for (const reader of readers) {
      const potential = new Float64Array(reader.length);
      reader.read(potential, 0);
      near ||= potential.some((u) => u !== 0 && Math.abs(u) < 1e-4);
    }
  };
  solver.trial(trial, { learn: false, onTimestep });
  return near;
}
