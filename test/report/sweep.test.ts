import { describe, expect, it } from 'vitest';
import { renderSweepReport } from '../../src/report/index.ts';
import { courseOf } from '../../src/report/sweep/course.ts';
import { cellsOf, type Grid } from '../../src/training/index.ts';
import type { RealizationData, SweepData } from '../../src/recording/index.ts';
import { malformation } from './well-formed.ts';
import { noise } from './sample-run.ts';

/** A realization of made-up numbers around a level. */
function realization(
  seed: number,
  level: number,
  ended: RealizationData['ended'] = 'trials',
  trials = 40,
): RealizationData {
  const losses = Float64Array.from({ length: trials }, (_, i) => level * (1 + 0.2 * noise(i + seed)) * (1 - i / 80));
  const failed = ended === 'failed' || ended === 'diverged';
  return {
    ...{ seed, ended, losses, error: failed ? 'neuron h <3> (trial 4): its rate became NaN' : null },
    alignments: losses.map((_, i) => i / 50),
    finalLoss: ended === 'diverged' ? Infinity : ended === 'failed' ? NaN : level,
    bestLoss: level / 2,
    alignment: 0.5,
  };
}

/** A sweep whose final losses are `levelOf` each cell. */
function sample(
  grid: Grid,
  levelOf: (cell: number, seed: number) => RealizationData | null,
  places: SweepData['description']['places'] = {},
  costs: SweepData['description']['costs'] = [],
): SweepData {
  const cells = cellsOf(grid);
  const learners = cells.map(({ learner = 'rflo' }) => ({ name: String(learner), trials: 40 }));
  return {
    directory: 'nowhere',
    description: {
      title: 'A <map>',
      scenario: 'map.ts',
      grid,
      seeds: [1, 2, 3],
      places,
      settings: {},
      learners,
      costs,
      identity: {},
    },
    cells: cells.map((values, i) => ({
      ...{ number: i + 1, values, learner: learners[i].name, trials: 40 },
      realizations: [1, 2, 3].map((seed) => levelOf(i + 1, seed)),
    })),
  };
}

const panels = (svg = '') => [...svg.matchAll(/<text [^>]*font-weight="bold">([^<]*)</g)].map(([, title]) => title);

describe('the report of a sweep', () => {
  const grid = { reach: [1, 2], angle: [0, 45, 90], delay: [0, 5] };
  const places = { RFLO: { reach: 1, angle: 90, delay: 0 } };
  const data = sample(
    grid,
    (cell, seed) =>
      cell === 12 ? realization(seed, 1, seed < 3 ? 'diverged' : 'trials', 20) : realization(seed, 0.01 * cell),
    places,
  );
  const { html, figures } = renderSweepReport(data);

  it('is well-formed, escaped and whole', () => {
    expect(Object.keys(figures)).toEqual(['map', 'final-loss', 'loss', 'alignment']);
    for (const [name, svg] of Object.entries(figures)) expect(malformation(svg), name).toBeNull();
    expect(html).toContain('A &#60;map&#62;');
    expect(html).not.toContain('<map>');
    for (const axis of ['reach', 'angle', 'delay']) expect(html).toContain(`<th scope="col">${axis}</th>`);
    expect(html).toContain('2 diverged: they count as an infinite loss');
    expect(html).toContain('neuron h &#60;3&#62;');
    expect(renderSweepReport(data).html).toBe(html);
  });

  it('shows three axes as maps side by side, with what diverged and the named place', () => {
    expect(panels(figures['map'])).toEqual(['delay = 0', 'delay = 5']);
    expect(figures['map'].match(/>RFLO</g)).toHaveLength(1);
    expect(figures['map']).toMatch(/>reach<.*>angle</s);
    expect(html).toContain('Framed: RFLO.');
    const crosses = (svg: string) => svg.match(/stroke="#1a1a1a"[^>]*><path/g)?.length ?? 0;
    expect(crosses(figures['map'])).toBe(1);
    const without = renderSweepReport(sample(grid, (cell, seed) => realization(seed, 0.01 * cell)));
    expect(crosses(without.figures['map'])).toBe(0);
    expect(panels(without.figures['map'])).toEqual(['delay = 0', 'delay = 5']);
  });

  it('shows the final loss against the first axis of numbers, with a panel and a line for the others', () => {
    const learners = { period: [200, 1600], learner: ['rflo', 'bptt'], schedule: ['trial', 'online'] };
    const drawn = renderSweepReport(sample(learners, (cell, seed) => realization(seed, 0.1 * cell)));
    expect(Object.keys(drawn.figures)).toEqual(['final-loss', 'loss', 'alignment']);
    expect(panels(drawn.figures['final-loss'])).toEqual(['schedule = trial', 'schedule = online']);
    expect(drawn.figures['final-loss']).toMatch(/>rflo<.*>bptt</s);
    expect(drawn.figures['final-loss']).toMatch(/>period</);
    expect(panels(drawn.figures['loss'])).toHaveLength(4);
  });

  it('shows what learners cost beside the loss they reached', () => {
    const learners = { learner: ['rflo', 'bptt', 'rtrl'], angle: [0, 90] };
    const costs = [
      { learner: 'rflo', bytes: 16, reads: 7, operations: 6 },
      { learner: 'bptt', bytes: 120, reads: 9, operations: 8 },
      { learner: 'rtrl', bytes: 900, reads: null, operations: null },
    ];
    const drawn = renderSweepReport(sample(learners, (cell, seed) => realization(seed, 0.1 * cell), {}, costs));
    const cost = drawn.figures['cost'];
    expect(cost).toMatch(/>rflo<.*>bptt<.*>rtrl</s);
    expect(cost).toMatch(
      /Bytes kept to learn, for one synapse.*Values read, for one update.*Operations, for one update/s,
    );
    // A dot for each of the six cells, in the two panels that RTRL was not counted for, four.
    expect(cost.match(/<circle/g)).toHaveLength(6 + 4 + 4);
    expect(Object.keys(renderSweepReport(sample(learners, () => null, {}, costs)).figures)).toEqual([]);
  });

  it('draws what is there of a sweep that has hardly begun', () => {
    const begun = renderSweepReport(sample(grid, () => null));
    expect(begun.figures).toEqual({});
    expect(begun.html).toContain('Not finished: 0 of 36 realizations have ended.');
    const one = renderSweepReport(sample({ learner: ['rflo'] }, (_, seed) => (seed === 2 ? realization(2, 1) : null)));
    expect(Object.keys(one.figures)).toEqual(['loss', 'alignment']);
    const failed = renderSweepReport(sample(grid, (_, seed) => realization(seed, 1, 'failed')));
    expect(failed.html).toContain('36 failed otherwise: they are left out');
  });

  it('leaves out panels beyond the most, and says so', () => {
    const many = { a: [1, 2], b: [1, 2], c: Array.from({ length: 30 }, (_, i) => i) };
    const { html: page, figures: drawn } = renderSweepReport(sample(many, (_, seed) => realization(seed, 1)));
    expect(panels(drawn['map'])).toHaveLength(24);
    expect(page).toContain('The first 24 of 30 panels.');
  });
});

describe('the course of a cell', () => {
  const losses = { values: (one: RealizationData) => one.losses, diverged: Infinity };
  const flat = (level: number, trials: number, ended: RealizationData['ended'] = 'trials') => ({
    ...realization(1, level, ended),
    losses: new Float64Array(trials).fill(level),
  });

  it('has median and quartiles over the realizations, of every trial where there are few', () => {
    const course = courseOf([flat(1, 3), flat(2, 3), flat(4, 3), null], losses);
    expect(course).toHaveLength(3);
    for (const { low, median, high } of course) expect({ low, median, high }).toEqual({ low: 1.5, median: 2, high: 3 });
    expect(course.map(({ trial }) => Math.round(trial))).toEqual([1, 2, 3]);
  });

  it('keeps the last loss of what ended early, counts what diverged as infinite, and leaves out what broke', () => {
    const ends = (one: RealizationData) => courseOf([flat(1, 4), one], losses).map(({ high }) => high);
    expect(ends(flat(3, 2, 'loss'))).toEqual([2.5, 2.5, 2.5, 2.5]);
    expect(ends(flat(3, 2, 'diverged'))).toEqual([2.5, 2.5, Infinity, Infinity]);
    expect(ends(flat(3, 2, 'failed'))).toEqual([1, 1, 1, 1]);
  });

  it('is thinned where there are many trials, and misses none', () => {
    const course = courseOf([flat(1, 20_000)], losses);
    expect(course.length).toBeLessThanOrEqual(122);
    expect(course[0].trial).toBe(1);
    expect(course.at(-1)?.trial).toBeGreaterThan(18_000);
  });
});
