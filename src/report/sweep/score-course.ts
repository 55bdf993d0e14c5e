import { worst } from '../../training/index.ts';
import type { SweepData } from '../../recording/index.ts';
import type { Figure } from '../drawing/figure.ts';
import { courseFigure } from './course-figure.ts';
import { scoreCourseOf } from './course.ts';
import { scoreOf } from './quantity.ts';

/** A score of every cell against trials: median and quartiles over its seeds. Null if it was read only at the end. */
export function scoreCourseFigure(sweep: SweepData, name: string): Figure | null {
  const score = sweep.description.scores[name];
  const { file, title, label, axis } = scoreOf(sweep, name);
  const isFollowed = sweep.cells.some(({ realizations }) =>
    realizations.some((one) => (one?.tested.trials.length ?? 0) > 1),
  );
  if (!isFollowed) return null;
  const drawn = courseFigure(
    sweep,
    ({ realizations }) => scoreCourseOf(realizations, name, worst(score)),
    ({ median }) => Number.isFinite(median),
    (points) => ({
      ...axis(points.flatMap(({ low, median, high }) => [low, median, high].filter(Number.isFinite))),
      label,
    }),
    `${title} against trials`,
  );
  if (drawn === null) return null;
  return {
    name: `${file}-over-trials`,
    title: `${title} over trials`,
    caption:
      `${label}, in the test, against the number of trials before it (${score.better} is better). ${drawn.note} ` +
      'A seed that diverged counts as infinitely bad from there on; the line ends when most seeds have diverged.',
    svg: drawn.svg,
  };
}
