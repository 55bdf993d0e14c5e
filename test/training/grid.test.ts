import { describe, expect, it } from 'vitest';
import {
  cellOverrides,
  cellsOf,
  checkGrid,
  hasDiverged,
  quickOf,
  scenario,
  seedsOf,
  type Grid,
  type QuickDefinition,
  type SweepDefinition,
} from '../../src/training/index.ts';
import { blame, NotFinite, RunError } from '../../src/errors/index.ts';
import { refusal } from '../refusal.ts';
import { noise, threeMatrices } from '../support/networks.ts';

const options = { units: 4, kind: 'plain', fast: true, feedback: 90 };

describe('a grid', () => {
  it('has a cell for each combination, the last axis changing fastest', () => {
    expect(cellsOf({ units: [2, 3], learner: ['rflo', 'bptt'] })).toEqual([
      { units: 2, learner: 'rflo' },
      { units: 2, learner: 'bptt' },
      { units: 3, learner: 'rflo' },
      { units: 3, learner: 'bptt' },
    ]);
  });

  it.each<[unknown, RegExp]>([
    [{}, /^grid: has no axis/],
    [{ unit: [1] }, /^grid unit: unknown option; expected 'units', 'kind', .* 'learner'/],
    [{ units: [] }, /^grid units: has no values/],
    [{ units: 3 }, /^grid units: has no values/],
    [{ units: [3, 5, 3] }, /^grid units: 3 is listed twice/],
    [{ units: [3, '5'] }, /^grid units: expected a finite number, got '5'/],
    [{ units: [3, NaN] }, /^grid units: expected a finite number, got NaN/],
    [{ kind: [3] }, /^grid kind: expected text, got 3/],
    [{ fast: ['true'] }, /^grid fast: expected true or false, got 'true'/],
    [{ learner: [7] }, /^grid learner: expected text, got 7/],
    [{ units: Array.from({ length: 400 }, (_, i) => i), feedback: Array.from({ length: 400 }, (_, i) => i) }, /cells/],
  ])('%o is refused', (grid, message) => {
    expect(
      refusal(() => {
        checkGrid(grid as Grid, options);
      }),
    ).toMatch(message);
  });

  it('says what a cell changes: an option before what else has its name', () => {
    const cell = { units: 3, learner: 'rflo', schedule: 'online' };
    const expected = { settings: { units: 3 }, learners: ['rflo'], schedule: 'online' };
    expect(cellOverrides(cell, options)).toEqual(expected);
    expect(cellOverrides({ feedback: 45 }, options)).toEqual({ settings: { feedback: 45 } });
    expect(cellOverrides({ feedback: 'symmetric' }, {})).toEqual({ settings: {}, feedback: 'symmetric' });
    expect(refusal(() => cellOverrides({ schedule: 'late' }, {}))).toMatch(
      /^grid schedule: expected 'trial' or 'online', got 'late'/,
    );
  });
});

describe('seeds', () => {
  it('are counted, or given', () => {
    expect(seedsOf(3)).toEqual([1, 2, 3]);
    expect(seedsOf([8, 2])).toEqual([8, 2]);
    for (const wrong of [0, -1, 1.5, NaN, 1e9])
      expect(refusal(() => seedsOf(wrong))).toMatch(/^seeds: .* whole number/);
    expect(refusal(() => seedsOf([2, 2]))).toMatch(/twice/);
  });
});

describe('a scenario with a sweep of its own', () => {
  const withSweep = (sweep: SweepDefinition<{ units: number }>) =>
    scenario({
      title: 'Swept',
      options: { units: 4 },
      circuit: ({ units }) => threeMatrices({ units, rate: 0.1 }),
      task: ({ units }) => noise(units),
      compare: ['rflo'],
      sweep,
    });

  it('has it checked, with its seeds and its places', () => {
    const grid = { units: [2, 3], learner: ['rflo', 'bptt'] };
    const places = { ours: { units: 3, learner: 'rflo' } };
    const whole = { grid, seeds: [4, 7], costs: true, places, best: 'units', score: 'answered', testEvery: 5 } as const;
    expect(withSweep(whole).sweep).toEqual(whole);
    const usual = { seeds: [1, 2, 3, 4, 5], costs: false, places: {}, best: null, score: null, testEvery: null };
    expect(withSweep({ grid }).sweep).toEqual({ grid, ...usual });
  });

  it.each<[SweepDefinition<{ units: number }>, RegExp]>([
    [{ grid: {} }, /^grid: has no axis/],
    [{ grid: { units: [2, 2] } }, /^grid units: 2 is listed twice/],
    [{ grid: { units: [2] }, seeds: 0 }, /^seeds: 0/],
    [{ grid: { units: [2] }, best: 'learner' }, /^sweep\.best: unknown axis 'learner' of the grid; expected 'units'/],
    [
      { grid: { units: [2] }, places: { ours: { units: 5 } } },
      /^sweep\.places\.ours\.units: expected a value of the grid's axis \(2\), got 5/,
    ],
    [
      { grid: { units: [2] }, places: { ours: {} } },
      /^sweep\.places\.ours\.units: expected a value of the grid's axis \(2\), got undefined/,
    ],
    [
      { grid: { units: [2] }, places: { ours: { units: 2, learner: 'rflo' } } },
      /^sweep\.places\.ours\.learner: unknown field/,
    ],
    [
      JSON.parse('{ "grid": { "units": [2] }, "seed": 3 }') as SweepDefinition<{ units: number }>,
      /^sweep\.seed: unknown field/,
    ],
  ])('%o is refused', (sweep, message) => {
    expect(refusal(() => withSweep(sweep))).toMatch(message);
  });
});

describe('a scenario with a quick size', () => {
  const withQuick = (quick: QuickDefinition<{ units: number }>) =>
    scenario({
      title: 'Quick',
      options: { units: 4 },
      circuit: ({ units }) => threeMatrices({ units, rate: 0.1 }),
      task: ({ units }) => noise(units),
      compare: ['rflo'],
      quick,
    });

  it('has it checked; what is left out stays as it is', () => {
    const quick = { trials: 5, seeds: 2, grid: { units: [2] }, settings: { units: 3 } };
    expect(withQuick(quick).quick).toEqual({ ...quick, seeds: [1, 2] });
    expect(withQuick({}).quick).toEqual({ settings: {} });
    expect(quickOf(withQuick({ trials: 7 })).trials).toBe(7);
    expect(refusal(() => quickOf({ quick: null }))).toMatch(/^quick: this scenario has no quick size; leave it out/);
  });

  it.each<[QuickDefinition<{ units: number }>, RegExp]>([
    [{ trials: 0 }, /^quick\.trials: 0 is not a whole number above 0/],
    [{ trials: 1.5 }, /^quick\.trials: 1\.5/],
    [{ seeds: 0 }, /^seeds: 0/],
    [{ grid: {} }, /^grid: has no axis/],
    [{ grid: { units: [2, 2] } }, /^grid units: 2 is listed twice/],
    [JSON.parse('{ "settings": { "unit": 2 } }') as object, /^quick\.settings unit: unknown option; expected 'units'/],
    [
      JSON.parse('{ "settings": { "units": "2" } }') as object,
      /^quick\.settings units: expected a finite number, such as the default 4, got '2'/,
    ],
    [JSON.parse('{ "seed": 2 }') as object, /^quick\.seed: unknown field/],
  ])('%o is refused', (quick, message) => {
    expect(refusal(() => withQuick(quick))).toMatch(message);
  });
});

describe('the learners of a scenario', () => {
  const chosen = scenario({
    title: 'Chosen',
    options: { exact: false, none: false },
    circuit: () => threeMatrices({ units: 3, rate: 0.1 }),
    task: () => noise(3),
    compare: ({ exact, none }) => (none ? [] : exact ? ['bptt'] : ['rflo', { learner: 'rflo', schedule: 'online' }]),
  });

  it('may depend on its options', () => {
    const names = (settings: Record<string, boolean>) => chosen.plan({ settings }).learners.map(({ name }) => name);
    expect(names({})).toEqual(['rflo', 'rflo-online']);
    expect(names({ exact: true })).toEqual(['bptt']);
    expect(refusal(() => names({ none: true }))).toMatch(/^compare: expected a list of learners/);
  });
});

describe('a failure', () => {
  it.each([
    [blame('neuron h 3', new NotFinite('its rate', NaN), { timestep: 5 }).at({ trial: 2 }), true],
    [blame('neuron h 3', new Error('its rate became NaN')), false],
    [new RunError('task.input', 'channel 1 (x 0) is NaN', { kind: 'input' }), false],
    [new NotFinite('its rate', NaN), false],
  ])('%s: has diverged, %s', (error, diverged) => {
    expect(hasDiverged(error)).toBe(diverged);
  });
});
