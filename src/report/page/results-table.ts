import { FINAL_TRIALS } from '../../analysis/index.ts';
import { grouped, significant } from '../drawing/numbers.ts';
import { engineNamed, type Result } from './results.ts';
import { table } from './table.ts';

/** What a caption says about alignments. */
export const alignmentNote =
  'Alignment: the cosine between the feedback weights and the transposed readout; a dash if the error does not come back through them.';

/** The results, one row per learner. */
export function resultsTable(results: readonly Result[], loss?: string): string {
  const measured = (value: number | null): string => (value === null ? '–' : significant(value));
  const scores = [...new Set(results.flatMap((result) => Object.keys(result.scores)))];
  return table<Result>(
    `Results. Losses are ${loss === undefined ? 'half mean squared errors' : `the mean ${loss} over the timesteps of a trial`}; the final loss is the mean over ${FINAL_TRIALS}.` +
      (results.some(({ alignment }) => alignment !== null) ? ` ${alignmentNote}` : '') +
      (scores.length > 0 ? ` Scores (${scores.join(', ')}): from the test after learning.` : ''),
    [
      { head: 'Learner', cell: ({ learner }) => learner },
      { head: 'Engine', cell: engineNamed },
      { head: 'Trials', cell: ({ trials }) => grouped(trials), number: true },
      { head: 'First loss', cell: ({ firstLoss }) => measured(firstLoss), number: true },
      { head: 'Last loss', cell: ({ lastLoss }) => measured(lastLoss), number: true },
      { head: 'Final loss', cell: ({ finalLoss }) => measured(finalLoss), number: true },
      { head: 'Alignment', cell: ({ alignment }) => measured(alignment), number: true },
      ...(results.some(({ gradientAlignment }) => gradientAlignment !== null)
        ? [{ head: 'Gradient alignment', cell: (result: Result) => measured(result.gradientAlignment), number: true }]
        : []),
      ...scores.map((name) => ({
        head: name,
        cell: ({ scores: own }: Result) => {
          const value = Object.hasOwn(own, name) ? own[name] : null;
          return value === 'diverged' ? value : measured(value);
        },
        number: true,
      })),
      { head: 'ms per trial', cell: ({ millisecondsPerTrial: time }) => measured(time), number: true },
      { head: 'Ended', cell: ({ ended }) => ended },
    ],
    results,
  );
}
