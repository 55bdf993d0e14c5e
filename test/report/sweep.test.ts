import { describe, expect, it } from 'vitest';
import { renderSweepReport } from '../../src/report/index.ts';
import { courseOf, scoreCourseOf } from '../../src/report/sweep/course.ts';
import { runaway, untrainedLoss } from '../../src/report/sweep/untrained.ts';
import { cellsOf, untested, type Grid } from '../../src/training/index.ts';
import { bestCells, summarizeSweep, type RealizationData, type SweepData } from '../../src/recording/index.ts';
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
    firstLoss: losses.at(0) ?? NaN,
    bestLoss: level / 2,
    alignment: 0.5,
    ...{ scores: {}, tested: untested(), shown: [] },
    outputs: failed ? null : { y: { size: 2, rates: new Float64Array(12).fill(level), target: new Float64Array(12) } },
  };
}

/** A sweep whose final losses are `levelOf` each cell. */
function sample(
  grid: Grid,
  levelOf: (cell: number, seed: number) => RealizationData | null,
  {
    places = {},
    best = null,
    costs = [],
    scores = {},
    score = null,
  }: Partial<Pick<SweepData['description'], 'places' | 'best' | 'costs' | 'scores' | 'score'>> = {},
): SweepData {
  const cells = cellsOf(grid);
  const learners = cells.map(({ learner = 'rflo' }) => ({
    name: String(learner),
    trials: 40,
    feedback: 'random' as const,
  }));
  return {
    directory: 'nowhere',
    description: {
      title: 'A <map>',
      scenario: 'map.ts',
      grid,
      seeds: [1, 2, 3],
      places,
      best,
      settings: {},
      learners,
      costs,
      ...{ scores, score, floors: [] },
      identity: {},
    },
    cells: cells.map((values, i) => ({
      ...{ number: i + 1, values, learner: learners[i].name, trials: 40, feedback: 'random' },
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
    { places },
  );
  const { html, figures } = renderSweepReport(data);

  it('is well-formed, escaped and whole', () => {
    expect(Object.keys(figures)).toEqual(['map', 'final-loss', 'output', 'loss', 'alignment']);
    for (const [name, svg] of Object.entries(figures)) expect(malformation(svg), name).toBeNull();
    expect(html).toContain('A &#60;map&#62;');
    expect(html).not.toContain('<map>');
    for (const axis of ['reach', 'angle', 'delay']) expect(html).toContain(`<th scope="col">${axis}</th>`);
    expect(html).toContain(
      'Diverged: 2. In medians and quartiles, a realization that diverged counts as an infinite loss',
    );
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
    expect(Object.keys(drawn.figures)).toEqual(['final-loss', 'output', 'loss', 'alignment']);
    expect(panels(drawn.figures['final-loss'])).toEqual(['schedule = trial', 'schedule = online']);
    expect(drawn.figures['final-loss']).toMatch(/>rflo<.*>bptt</s);
    expect(drawn.figures['final-loss']).toMatch(/>Period \(timesteps\)</);
    expect(panels(drawn.figures['loss'])).toHaveLength(4);
  });

  it('shows what learners cost beside the loss they reached', () => {
    const learners = { learner: ['rflo', 'bptt', 'rtrl'], angle: [0, 90] };
    const costs = [
      { learner: 'rflo', bytes: 16, reads: 7, operations: 6 },
      { learner: 'bptt', bytes: 120, reads: 9, operations: 8 },
      { learner: 'rtrl', bytes: 900, reads: null, operations: null },
    ];
    const drawn = renderSweepReport(sample(learners, (cell, seed) => realization(seed, 0.1 * cell), { costs }));
    const cost = drawn.figures['cost'];
    expect(cost).toMatch(/>rflo<.*>bptt<.*>rtrl</s);
    expect(cost).toMatch(
      /Bytes kept to learn, for one synapse.*Values read, for one update.*Operations, for one update/s,
    );
    // A dot for each of the six cells, in the two panels that RTRL was not counted for, four.
    expect(cost.match(/<circle/g)).toHaveLength(6 + 4 + 4);
    expect(Object.keys(renderSweepReport(sample(learners, () => null, { costs })).figures)).toEqual([]);
  });

  it('draws what is there of a sweep that has hardly begun', () => {
    const begun = renderSweepReport(sample(grid, () => null));
    expect(begun.figures).toEqual({});
    expect(begun.html).toContain('Not finished: 0 of 36 realizations have ended.');
    const one = renderSweepReport(sample({ learner: ['rflo'] }, (_, seed) => (seed === 2 ? realization(2, 1) : null)));
    expect(Object.keys(one.figures)).toEqual(['output', 'loss', 'alignment']);
    const failed = renderSweepReport(sample(grid, (_, seed) => realization(seed, 1, 'failed')));
    expect(failed.html).toContain('Failed for another reason: 36. These are left out');
  });

  it('leaves out panels beyond the most, and says so', () => {
    const many = { a: [1, 2], b: [1, 2], c: Array.from({ length: 30 }, (_, i) => i) };
    const { html: page, figures: drawn } = renderSweepReport(sample(many, (_, seed) => realization(seed, 1)));
    expect(panels(drawn['map'])).toHaveLength(24);
    expect(page).toContain('The first 24 of 30 panels.');
  });
});

describe('a sweep with an axis that everything else is tuned over', () => {
  const grid = { period: [200, 800], learner: ['rflo', 'bptt'], rate: [0.01, 0.03, 0.1] };
  // Best: rflo 0.03 (a tie with 0.1, the first wins) and 0.1 at 800 (0.01 fails, 0.03 mostly diverges); bptt 0.01 in both.
  const losses = [0.5, 0.2, 0.2, 0.1, 0.4, 0.3, NaN, Infinity, 0.7, 0.05, 0.06, Infinity];
  const tuned = (best: string | null) =>
    sample(
      grid,
      (cell, seed) => {
        const loss = losses[cell - 1];
        if (Number.isNaN(loss)) return realization(seed, 1, 'failed');
        return loss === Infinity && seed > 1
          ? realization(seed, 1, 'diverged', 9)
          : realization(seed, Math.min(loss, 1));
      },
      { best },
    );
  const data = tuned('rate');
  const { html, figures } = renderSweepReport(data);

  it('has of each combination of the others the cell of the lowest median final loss, the first of several', () => {
    expect(bestCells(data).map(({ number }) => number)).toEqual([2, 4, 9, 10]);
    expect(summarizeSweep(data).cells.flatMap(({ cell, best }) => (best ? [cell] : []))).toEqual([2, 4, 9, 10]);
    expect(bestCells(tuned(null))).toHaveLength(12);
    const diverged = sample(grid, (_, seed) => realization(seed, 1, 'diverged'), { best: 'rate' });
    expect(bestCells(diverged).map(({ number }) => number)).toEqual([1, 4, 7, 10]);
    expect(bestCells(sample(grid, () => null, { best: 'rate' })).map(({ number }) => number)).toEqual([1, 4, 7, 10]);
  });

  it('shows the best alone, says in one table which won, and keeps all in the table of cells', () => {
    expect(Object.keys(figures)).toEqual(['final-loss', 'output', 'loss', 'alignment', 'tuning']);
    expect(html.split(' Each cell at its own best rate.</figcaption>')).toHaveLength(5);
    const table = html.slice(html.indexOf('<h2>Best rates</h2>'), html.indexOf('<section id="final-loss">'));
    expect(table).toContain('its own best rate of 0.01, 0.03, 0.1: the one with the lowest median final loss.');
    const won = [...table.matchAll(/<th scope="row">(\w+)<\/th><td>(\d+)<\/td><td class="number">([^<]*)<\/td>/g)];
    expect(won.map((row) => row.slice(1).join(' '))).toEqual([
      ...['rflo 200 0.03', 'bptt 200 0.01', 'rflo 800 0.1', 'bptt 800 0.01'],
    ]);
    expect(panels(figures['loss'])).toEqual(['period = 200', 'period = 800']);
    expect(panels(figures['output'])).toHaveLength(4);
    expect(panels(figures['final-loss'])).toEqual([]);
    expect(panels(figures['tuning'])).toEqual(['period = 200', 'period = 800']);
    expect(figures['tuning']).toMatch(/>Learning rate</);
    expect(html.match(/>best</g)).toHaveLength(4);
    expect(html.match(/<th scope="row">\d+</g)?.length).toBeGreaterThanOrEqual(12);
    for (const [name, svg] of Object.entries(figures)) expect(malformation(svg), name).toBeNull();
  });

  it('has no panel of feedback alignment where the error comes back another way; of losses it has all', () => {
    const some = sample({ period: [200, 400, 800], learner: ['rflo', 'bptt'] }, (cell, seed) => ({
      ...realization(seed, 1),
      ...(cell <= 2 && { alignments: new Float64Array(40).fill(NaN) }),
    }));
    const drawn = renderSweepReport(some).figures;
    expect(panels(drawn['alignment'])).toEqual(['period = 400', 'period = 800']);
    expect(panels(drawn['loss'])).toEqual(['period = 200', 'period = 400', 'period = 800']);
  });

  it('has such a table also where one value won everywhere, or nothing else varies', () => {
    const flat = sample(grid, (_, seed) => realization(seed, 1), { best: 'rate' });
    expect(renderSweepReport(flat).html).toContain('<td>800</td><td class="number">0.01</td>');
    const alone = sample({ rate: [1, 2] }, (cell, seed) => realization(seed, 1 / cell), { best: 'rate' });
    expect(renderSweepReport(alone).html).toContain('<th scope="row">rflo</th><td class="number">2</td>');
  });

  it('frames a named cell at its best value, too', () => {
    const axes = { reach: [1, 2], angle: [0, 90], rate: [0.1, 0.2] };
    const places = { RFLO: { reach: 1, angle: 90, rate: 0.1 } };
    const mapped = sample(axes, (cell, seed) => realization(seed, cell % 2 === 0 ? 0.1 : 0.2), {
      best: 'rate',
      places,
    });
    expect(renderSweepReport(mapped).figures['map'].match(/>RFLO</g)).toHaveLength(1);
  });
});

describe('the figure of final losses', () => {
  it('has the untrained network beside the learners, each network once', () => {
    const learners = { period: [200, 800], learner: ['rflo', 'bptt'] };
    const first = [1, 2, 4];
    const data = sample(learners, (_, seed) => ({ ...realization(seed, 0.1), firstLoss: first[seed - 1] }));
    expect(untrainedLoss(data.cells)).toEqual({ low: 1.5, median: 2, high: 3 });
    const { figures, html } = renderSweepReport(data);
    expect(figures['final-loss']).toContain('>untrained<');
    expect(figures['final-loss'].match(/stroke="#8c8c8c"/g)?.length).toBeGreaterThanOrEqual(3);
    expect(html).toContain('Grey: the untrained network');
    expect(html).toContain('2.00\n[1.50, 3.00]');
  });

  it('is not stretched by what has run away', () => {
    const data = sample({ period: [200, 800], learner: ['rflo', 'bptt'] }, (cell, seed) => ({
      ...realization(seed, cell === 4 ? 1e47 : 0.1),
      firstLoss: 0.5,
    }));
    expect(runaway(data.cells)).toBe(5);
    const { figures } = renderSweepReport(data);
    for (const name of ['final-loss', 'loss']) expect(figures[name], name).not.toMatch(/10[⁰¹²³⁴⁵⁶⁷⁸⁹]/);
    expect(figures['final-loss']).toMatch(/stroke-width="2" stroke="#D55E00"[^>]*aria-label="dot"><path/);
    expect(runaway(sample({ period: [1] }, () => null).cells)).toBe(Infinity);
  });

  it('has bars and crosses of several learners beside each other, within the panel', () => {
    const data = sample({ period: [100, 200, 400], learner: ['rflo', 'bptt', 'rtrl'] }, (cell, seed) =>
      realization(seed, 1, cell > 6 ? 'diverged' : 'trials'),
    );
    const svg = renderSweepReport(data).figures['final-loss'];
    const crosses = [
      ...svg.matchAll(/<g (?:transform="translate\(([-\d.]+),0\)" )?[^>]*"dot"><path d="M-5[^>]*translate\(([\d.]+),/g),
    ];
    const places = crosses.map(([, moved = '0', x]) => Number(moved) + Number(x));
    expect(places).toHaveLength(3);
    expect(places[1] - places[0]).toBeGreaterThanOrEqual(10);
    expect(places[2] - places[1]).toBeCloseTo(places[1] - places[0], 6);
    expect(places[2] + 5).toBeLessThan(860);
  });

  it('is a list where no axis is one of numbers', () => {
    const words = { variant: ['as it is', 'with <Dale>'], learner: ['rflo', 'bptt'] };
    const levels = [0.1, 0.2, Infinity, 0.3];
    const { figures, html } = renderSweepReport(
      sample(words, (cell, seed) =>
        realization(seed, Math.min(1, levels[cell - 1]), cell === 3 ? 'diverged' : 'trials'),
      ),
    );
    expect(Object.keys(figures)).toEqual(['final-loss', 'output', 'loss', 'alignment']);
    expect(malformation(figures['final-loss'])).toBeNull();
    for (const text of ['as it is', 'with &lt;Dale&gt;', '>rflo<', '>bptt<', '>untrained<'])
      expect(figures['final-loss']).toContain(text);
    expect(figures['final-loss'].match(/<circle/g)).toHaveLength(3);
    expect(html).toContain('Final loss by variant');
  });

  it('gives each its own panel where there would be too many lines', () => {
    const many = { variant: Array.from({ length: 9 }, (_, i) => `number ${i}`) };
    const { figures } = renderSweepReport(sample(many, (_, seed) => realization(seed, 1)));
    expect(panels(figures['loss'])).toHaveLength(9);
  });
});

describe('the figure of outputs', () => {
  it('shows the seed with the middle final loss, and nothing of what diverged', () => {
    const levels = [0.3, 0.1, 0.2];
    const one = { learner: ['rflo', 'bptt'] };
    const { figures, html } = renderSweepReport(
      sample(one, (cell, seed) =>
        cell === 2 && seed > 1 ? realization(seed, 1, 'diverged') : realization(seed, levels[seed - 1]),
      ),
    );
    expect(panels(figures['output'])).toEqual(['rflo']);
    expect(html).toContain('in the order of the panels, the seeds are 3.');
  });
});

it('leaves a gap in a target where nothing is asked', () => {
  const y = { size: 1, rates: new Float64Array(6).fill(0.5), target: Float64Array.of(1, 1, NaN, NaN, 1, 1) };
  const output = renderSweepReport(
    sample({ learner: ['rflo'] }, (_, seed) => ({ ...realization(seed, 1), outputs: { y } })),
  ).figures['output'];
  expect(output).not.toContain('NaN');
  expect(/stroke="#b4b4b4"[^>]*"line"[^>]*><path d="([^"]*)"/.exec(output)?.[1].match(/M/g)).toHaveLength(2);
});

describe('a sweep of a task with a test', () => {
  const scores = {
    answered: { label: 'Fraction <answered>', better: 'higher' },
    error: { label: 'Normalised error', better: 'lower' },
  } as const;
  const outputs = { y: { size: 1, rates: new Float64Array(6).fill(0.5), target: new Float64Array(6) } };
  /** A realization tested after trials 10, 20, 30 and 40; the last is `answered`, and the error one less that. */
  const scored = (seed: number, answered: number, ended: RealizationData['ended'] = 'trials'): RealizationData => {
    const failed = ended === 'failed' || ended === 'diverged';
    return {
      ...realization(seed, 0.1, ended),
      scores: failed
        ? { answered: ended === 'diverged' ? -Infinity : NaN, error: ended === 'diverged' ? Infinity : NaN }
        : { answered, error: 1 - answered },
      tested: {
        trials: Float64Array.of(10, 20, 30, 40),
        scores: {
          answered: Float64Array.of(0, 0.1, 0.2, answered),
          error: Float64Array.of(1, 0.9, 0.8, 1 - answered),
        },
      },
      shown: failed ? [] : ['delay 150', 'delay 200, unseen'].map((label) => ({ label, outputs })),
    };
  };
  const grid = { spread: [10, 50], learner: ['rflo', 'bptt'], rate: [0.01, 0.1] };
  const fractions = [0.2, 0.4, 0.9, 0.7, 0.1, 0.05, 0.8, NaN];
  const swept = (score: string | null, best: string | null = 'rate') =>
    sample(
      grid,
      (cell, seed) => scored(seed, fractions[cell - 1], Number.isNaN(fractions[cell - 1]) ? 'diverged' : 'trials'),
      { scores, score, best },
    );
  const { figures, html } = renderSweepReport(swept('answered'));

  it('labels a small panel without the unit where that would reach beyond it', () => {
    const answered = { label: 'Test images that were answered (fraction of all)', better: 'higher' } as const;
    const three = { spread: [10, 30, 50], learner: ['rflo', 'bptt'], rate: [0.01, 0.1] };
    const { figures: small } = renderSweepReport(
      sample(three, (_, seed) => scored(seed, 0.5), { scores: { answered }, score: 'answered', best: 'rate' }),
    );
    expect(small['score-answered']).toContain('>Test images that were answered (fraction of all)<');
    expect(small['tuning']).toContain('>Test images that were answered<');
  });

  it('shows each score at the end and over training, the one it is compared by first', () => {
    expect(Object.keys(figures)).toEqual([
      ...['score-answered', 'final-loss', 'score-error', 'output'],
      ...['score-answered-over-trials', 'score-error-over-trials', 'loss', 'alignment', 'tuning'],
    ]);
    for (const [name, svg] of Object.entries(figures)) expect(malformation(svg), name).toBeNull();
    for (const name of ['score-answered', 'score-answered-over-trials', 'tuning']) {
      expect(figures[name]).toContain('>Fraction &lt;answered&gt;<');
    }
    expect(figures['score-answered']).not.toContain('untrained');
    expect(figures['final-loss']).toContain('>untrained<');
    expect(html).toContain('its own best rate of 0.01, 0.1: the one with the highest median answered.');
    expect(html).toContain('0.400\n[0.400, 0.400]');
    expect(html).toContain('<th scope="col" class="number">error</th>');
  });

  it('is best where the score it is compared by is, or the loss', () => {
    const best = (data: SweepData) => bestCells(data).map(({ number }) => number);
    expect(best(swept('answered'))).toEqual([2, 3, 5, 7]);
    expect(best(swept('error'))).toEqual([2, 3, 5, 7]);
    expect(best(swept(null))).toEqual([1, 3, 5, 7]);
    expect(renderSweepReport(swept('error')).html).toContain('the one with the lowest median error.');
    expect(Object.keys(renderSweepReport(swept(null)).figures).slice(0, 3)).toEqual([
      ...['final-loss', 'score-answered', 'score-error'],
    ]);
  });

  it('is best, where scores are equal, where the final loss is lowest', () => {
    const answered = { label: 'Answered', better: 'higher' as const };
    const equal = sample(
      { rate: [0.01, 0.03, 0.1, 0.3] },
      (cell, seed) => ({
        ...realization(seed, [0.4, 0.2, 0.3, 0.1][cell - 1]),
        scores: { answered: cell === 4 ? 0.9 : 1 },
      }),
      { best: 'rate', scores: { answered }, score: 'answered' },
    );
    expect(bestCells(equal).map(({ number }) => number)).toEqual([2]);
  });

  it('puts what diverged at the edge that is bad', () => {
    const { figures: drawn } = renderSweepReport(swept('answered', null));
    const crosses = (svg: string) =>
      [
        ...svg.matchAll(
          /stroke-width="2" stroke="#[0-9A-F]{6}"[^>]*aria-label="dot">(<path[^>]*translate\([\d.]+,([\d.]+)\)[^>]*>)/g,
        ),
      ].map(([, , y]) => Number(y));
    const [low] = crosses(drawn['score-answered']);
    const [high] = crosses(drawn['score-error']);
    expect(low).toBeGreaterThan(150);
    expect(high).toBeLessThan(50);
  });

  it('shows what the outputs answer in the trials of the test, a row for each cell', () => {
    const titles = panels(figures['output']);
    expect(titles).toHaveLength(8);
    expect(titles.slice(0, 2)).toEqual(['spread = 10, rflo: delay 150', 'spread = 10, rflo: delay 200, unseen']);
    expect(html).toContain('in trials of the test after learning, with learning switched off');
  });

  it('shows the outputs of the seed with the middle score', () => {
    const answered = [0.9, 0.1, 0.5];
    const one = sample({ learner: ['rflo'] }, (_, seed) => ({ ...scored(seed, answered[seed - 1]), finalLoss: seed }), {
      ...{ scores, score: 'answered' },
    });
    expect(renderSweepReport(one).html).toContain('the seed with the middle answered');
    expect(renderSweepReport(one).html).toContain('in the order of the panels, the seeds are 3, 3.');
  });

  it('has maps and lists of scores as of losses', () => {
    const axes = { spread: [10, 50], gain: [1, 2] };
    const mapped = renderSweepReport(
      sample(axes, (cell, seed) => scored(seed, 0.25 * (cell - 1), cell === 4 ? 'diverged' : 'trials'), {
        ...{ scores, score: 'answered' },
      }),
    );
    expect(mapped.figures['map']).toMatch(/>Score .{1,6}answered.{1,6}</);
    for (const text of ['0', '0.25', '0.5']) expect(mapped.figures['map']).toContain(`>${text}<`);
    expect(mapped.figures['map'].match(/stroke="#1a1a1a"[^>]*><path/g)).toHaveLength(1);
    const words = { delays: ['150 to 250', '200'], learner: ['rflo', 'bptt'] };
    const listed = renderSweepReport(sample(words, (cell, seed) => scored(seed, 0.2 * cell), { scores }));
    expect(Object.keys(listed.figures).slice(0, 3)).toEqual(['final-loss', 'score-answered', 'score-error']);
    expect(listed.figures['score-answered'].match(/<circle/g)).toHaveLength(4);
    expect(listed.html).toContain('by delays: the median over the seeds');
  });

  it('has axes of scores that what ran away does not stretch', () => {
    const away = (seed: number, cell: number) => {
      const one = scored(seed, 0.5);
      const course = cell === 2 ? Float64Array.of(1, 1e9, 1e100, 1e300) : one.tested.scores['error'];
      const tested = { ...one.tested, scores: { ...one.tested.scores, error: course } };
      return { ...one, scores: { ...one.scores, error: course[3] }, tested };
    };
    const drawn = renderSweepReport(
      sample({ spread: [1, 2, 3] }, (cell, seed) => away(seed, cell), { scores }),
    ).figures;
    for (const name of ['score-error', 'score-error-over-trials']) {
      expect(drawn[name], name).not.toMatch(/>10[⁰¹²³⁴⁵⁶⁷⁸⁹]+<|e\d/);
    }
  });

  it('has no course of scores that were read at the end alone', () => {
    const end = (seed: number) => ({
      ...scored(seed, 0.5),
      tested: { trials: Float64Array.of(40), scores: { answered: Float64Array.of(0.5), error: Float64Array.of(0.5) } },
    });
    const drawn = renderSweepReport(sample({ spread: [1, 2] }, (_, seed) => end(seed), { scores }));
    expect(Object.keys(drawn.figures)).toEqual([
      'final-loss',
      'score-answered',
      'score-error',
      'output',
      'loss',
      'alignment',
    ]);
  });

  it('follows scores over training: what ended early keeps its last, what diverged counts as the worst, what broke not at all', () => {
    const early = { ...scored(1, 0.6), losses: new Float64Array(12) };
    const until = (one: RealizationData, trials: number) => ({
      ...one,
      losses: new Float64Array(trials),
      tested: {
        trials: one.tested.trials.filter((trial) => trial <= trials),
        scores: { answered: one.tested.scores['answered'].slice(0, Math.floor(trials / 10)) },
      },
    });
    const medians = (...all: RealizationData[]) =>
      scoreCourseOf(all, 'answered', -Infinity).map(({ median }) => median);
    expect(medians(scored(1, 0.6))).toEqual([0, 0.1, 0.2, 0.6]);
    expect(medians(scored(1, 0.6), until(early, 12))).toEqual([0, 0.05, 0.1, 0.3]);
    expect(medians(scored(1, 0.6), until(scored(2, 0.6, 'diverged'), 25))).toEqual([0, 0.1, -Infinity, -Infinity]);
    expect(medians(scored(1, 0.6), until(scored(2, 0.6, 'failed'), 25))).toEqual([0, 0.1, 0.2, 0.6]);
    expect(scoreCourseOf([scored(1, 1), null], 'answered', -Infinity).map(({ trial }) => trial)).toEqual([
      10, 20, 30, 40,
    ]);
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
