import { describe, expect, it } from 'vitest';
import {
  build,
  learningRate,
  type BuiltGroup,
  type Carried,
  type Engine,
  type GroupWeights,
} from '../../src/circuit/index.ts';
import { RunError } from '../../src/errors/index.ts';
import { Bptt, Rtrl, Snap } from '../../src/solvers/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { languageCircuit, type Range, type Sample } from '../support/language/circuits.ts';
import { Coverage, type Feature } from '../support/language/features.ts';

const exact = { schedule: 'trial', feedback: 'symmetric' } as const;
const random = { schedule: 'trial', feedback: 'random' } as const;

/** `CIRCUITS=3000 npx vitest run test/solvers/language.test.ts` has more. */
const CIRCUITS = Number(process.env['CIRCUITS'] ?? 300);

/** A circuit, a trial that learns, and what neurons have when that begins: where trials carry on, what one before has left. */
interface Case extends Sample {
  readonly trial: Trial;
  readonly carried: Carried;
  readonly bptt: Engine;
}

/** The trial that learns is the second: what changes over the trials has changed. */
const NUMBER = 2;

/** Circuit k; undefined: its numbers run away. */
function caseOf(k: number, gradient: NonNullable<Range['gradient']>): Case | undefined {
  const sample = languageCircuit(k, { size: 3, trials: 3, timesteps: 4, gradient });
  const { built, trials } = sample;
  const [first, trial] = trials;
  const bptt = new Bptt(built, exact);
  try {
    if (built.carries) bptt.trial(first, { learn: false, number: 1 });
    const carried = bptt.carried();
    bptt.trial(trial, { learn: false, number: NUMBER });
    return { ...sample, trial, carried, bptt };
  } catch (error) {
    if (error instanceof RunError) return undefined;
    throw error;
  }
}

/** Cases of different circuits, as many as are wanted. */
function* cases(count: number, gradient: NonNullable<Range['gradient']>): Generator<Case & { readonly k: number }> {
  for (let k = 1, found = 0; found < count; k++) {
    const one = caseOf(k, gradient);
    if (!one) continue;
    found++;
    yield { ...one, k };
  }
}

/** What the trial adds to the weights, by group. */
function changes(solver: Engine, { trial, carried }: Pick<Case, 'trial' | 'carried'>, number = NUMBER): GroupWeights {
  const before = solver.weights();
  // Influences of trials before, which RTRL carries on, are none.
  solver.setCarried({ ...solver.carried(), ...carried });
  solver.trial(trial, { number });
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

const largest = (one: GroupWeights) =>
  Math.max(0, ...Object.values(one).flatMap((values) => [...values].map(Math.abs)));

/** -dL/dw of one synapse by central differences. */
function gradientOf(
  solver: Engine,
  { trial, carried }: Pick<Case, 'trial' | 'carried'>,
  { name }: BuiltGroup,
  s: number,
): number {
  const start = solver.weights();
  const lossAt = (away: number) => {
    solver.setWeights({ ...start, [name]: start[name].with(s, start[name][s] + away) });
    solver.setCarried(carried);
    return solver.trial(trial, { learn: false, number: NUMBER });
  };
  const gradient = -(lossAt(1e-5) - lossAt(-1e-5)) / 2e-5;
  solver.setWeights(start);
  return gradient;
}

/** What two trials add to the same weights that carry on from one another, together of this length. */
function inTwo(solver: Engine, { timesteps, input, target }: Trial): GroupWeights {
  const first = Math.floor(timesteps / 2);
  const [inputs, targets] = [input.length / timesteps, target.length / timesteps];
  const [one, other] = [
    [0, first],
    [first, timesteps],
  ].map(([from, until], n) => {
    const trial = {
      timesteps: until - from,
      input: input.slice(from * inputs, until * inputs),
      target: target.slice(from * targets, until * targets),
    };
    return { share: trial.timesteps / timesteps, added: changes(solver, { trial, carried: solver.carried() }, n + 1) };
  });
  return Object.fromEntries(
    Object.entries(one.added).map(([name, w]) => [
      name,
      w.map((value, s) => one.share * value + other.share * other.added[name][s]),
    ]),
  );
}

/** Whether two trials are one that is as long as both: nothing in them depends on which trial it is, or on the time. */
function isTimeless({ built: { order, groups, globals, carries } }: Sample, { answer }: Trial): boolean {
  const tuned = order.flatMap(({ tunable }) => tunable?.numbers ?? []);
  const isOverTrials = groups.some(({ rule }) => rule?.overTrials) || tuned.some(({ overTrials }) => overTrials);
  const isNoisy = order.some(({ noise, sending }) => sending ?? Object.keys(noise).length > 0);
  return !carries && !answer && !isOverTrials && !isNoisy && globals.every(({ kind }) => kind === 'neuron');
}

/** What the circuits have to have, and in how many of 300. */
const HAVE: readonly Feature[] = [
  ...(['several states', 'several ports', 'several messages', 'stated derivatives', 'pools'] as const),
  ...(['noise of neurons', 'parameters for each neuron', 'tunable parameters of neurons'] as const),
  ...(['neurons that read global scalars', 'scalars of neurons', 'scalars of clocks', 'scalars of tasks'] as const),
  ...(['dials on axons', 'late axons', 'a gate', 'a gap', 'edge by edge'] as const),
  ...(['delays of its own', 'another port than the first', 'another message than the first'] as const),
  ...(['several outputs', 'outputs in an order of their own', 'losses with sums', 'stated errors'] as const),
  ...(['samples that are missing', 'a task that answers', 'trials that carry on', 'learns at once'] as const),
  ...(['several sweeps', 'sweeps until it has settled', 'parameters over the trials'] as const),
];

describe(`the gradient of ${CIRCUITS} circuits over the whole language`, () => {
  it('is the same by BPTT, by RTRL and by central differences', () => {
    const coverage = new Coverage();
    let [learned, compared, streams] = [0, 0, 0];
    for (const one of cases(CIRCUITS, 'differentiable')) {
      const { k, built, definition, trial, bptt } = one;
      coverage.add({ ...one, trials: [trial] });
      const change = changes(bptt, one);
      expect(farthest(change, changes(new Rtrl(built, exact), one)), `circuit ${k}`).toBeLessThan(1e-10);
      if (largest(change) > 1e-4) learned++;
      for (const group of built.groups) {
        const eta = learningRate(group, 'bptt', NUMBER);
        if (eta === 0) expect(largest({ [group.name]: change[group.name] })).toBe(0);
        for (let s = k % 4; eta !== 0 && s < group.pre.length; s += 4) {
          const expected = eta * gradientOf(bptt, one, group, s);
          expect(Math.abs(change[group.name][s] - expected), `circuit ${k}, ${group.name} ${s}`).toBeLessThan(1e-6);
          compared++;
        }
      }
      // In an endless stream RTRL is BPTT of one long trial.
      if (isTimeless(one, trial)) {
        streams++;
        const stream = new Rtrl(build(definition, k, { carry: true }), exact);
        expect(farthest(change, inTwo(stream, trial)), `circuit ${k}`).toBeLessThan(1e-10);
      }
      if (k % 4 > 0) continue;
      // Credit through the feedback: SnAp that reaches everything is RTRL.
      const [snap, rtrl] = [new Snap(built, { n: 99, ...random }), new Rtrl(built, random)];
      expect(farthest(changes(snap, one), changes(rtrl, one)), `circuit ${k}`).toBeLessThan(1e-10);
    }
    expect(learned).toBeGreaterThan(0.8 * CIRCUITS);
    expect(compared).toBeGreaterThan(2 * CIRCUITS);
    expect(streams).toBeGreaterThan(CIRCUITS / 30);
    const each = HAVE.map((feature) => [feature]);
    expect(coverage.rarer(CIRCUITS / 10, each)).toEqual([]);
    expect(coverage.of('delays of its own', 'a gate')).toBeGreaterThan(CIRCUITS / 10);
  });

  it('is the same by BPTT and by RTRL where it goes by pseudo-derivatives', () => {
    const coverage = new Coverage();
    for (const one of cases(CIRCUITS / 3, 'declared')) {
      coverage.add({ ...one, trials: [one.trial] });
      const both = [one.bptt, new Rtrl(one.built, exact)].map((solver) => changes(solver, one));
      expect(farthest(both[0], both[1]), `circuit ${one.k}`).toBeLessThan(1e-10);
    }
    expect(coverage.of('pseudo-derivatives')).toBeGreaterThan(CIRCUITS / 10);
    expect(coverage.of('axons of events')).toBeGreaterThan(CIRCUITS / 30);
  });
});
