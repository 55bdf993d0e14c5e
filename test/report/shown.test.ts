import { describe, expect, it } from 'vitest';
import type { Numbers2D, RunData } from '../../src/recording/index.ts';
import { drawnOnce } from '../../src/report/data/drawn.ts';
import { shownFigures } from '../../src/report/figures/shown.ts';
import { refusal } from '../refusal.ts';
import { matrix, sampleRun } from './sample-run.ts';
import { malformation } from './well-formed.ts';

/** A run in which each learner's probe `v` read this before and after learning. */
function runWith(readings: readonly (readonly [before: Numbers2D, after: Numbers2D])[], probe: object = {}): RunData {
  const run = sampleRun({ learners: readings.map((_, n) => `learner ${n}`) });
  const learners = run.learners.map((learner, n) => {
    const [before, after] = readings[n].map((one) => new Map([['v', one]]));
    return { ...learner, shown: { before, after } };
  });
  return { ...run, learners, summary: run.summary && { ...run.summary, probes: { v: probe } } };
}

const drawn = (run: RunData) => shownFigures(drawnOnce(run));
const two = matrix(3, 2);

describe('figures of probes that are shown', () => {
  it.each([
    [{ neurons: { toString: 1 }, value: { toString: 1 } }, '‘?’ of population ?'],
    [{ neurons: 'h', value: 'v', only: [{ toString: 1 }, null] }, '‘v’ of population h'],
    [{ synapses: 'xy', value: 'w', only: [[0, { toString: 1 }]] }, '‘w’ of the synapses xy'],
    [{ error: [{ toString: 1 }] }, 'the error of ?'],
  ])('are drawn whatever the summary has as a probe: %j', (probe, sentence) => {
    const [figure] = drawn(runWith([[two, two]], probe));
    expect(malformation(figure.svg)).toBeNull();
    expect(figure.caption).toContain(sentence);
  });

  it('make no labels for columns that are not drawn as lines: of a hostile run there may be any number', () => {
    const labelled = Object.assign([0], { at: () => expect.unreachable('a label was made') });
    const [figure] = drawn(runWith([[matrix(3, 7), matrix(3, 7)]], { neurons: 'h', value: 'v', only: labelled }));
    expect(malformation(figure.svg)).toBeNull();
  });

  it.each([
    ['before and after', [[two, matrix(3, 3)]]],
    ['among learners', [[two, two], [matrix(3, 1), matrix(3, 1)]]], // prettier-ignore
  ] as const)('are refused where the widths of a probe differ %s', (_, readings) => {
    expect(refusal(() => drawn(runWith(readings)))).toMatch(
      /probe 'v' of 'learner \d': has \d columns, but 2 for 'learner 0'/,
    );
  });
});
