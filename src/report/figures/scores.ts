import type { NamedScore } from '../../recording/index.ts';
import type { DrawnRun } from '../data/drawn.ts';
import { scoreBounds } from '../data/runaway.ts';
import { readingsOf, type Series } from '../data/series.ts';
import { sheet, type Figure } from '../drawing/figure.ts';
import { logAxis, type LogAxis } from '../drawing/log-axis.ts';
import { keyOf } from '../drawing/palette.ts';
import { textSize, type Panel } from '../drawing/panel.ts';
import { scoreAxis } from '../drawing/score-axis.ts';
import { fitted } from '../drawing/text.ts';
import { firstTrial, lastTrial, trialPlot } from '../drawing/trial-plot.ts';

/** The height of a panel, px. */
const height = 320;

/** The scores of the task's test over trials, as read by the run's first probe of them, each in its own panel. */
export function scoresFigure(run: DrawnRun): Figure | null {
  const { scores, probes } = run.header.test ?? { scores: [], probes: [] };
  const [probe] = probes;
  const panels = scores
    .map((score, column) => ({ score, series: readingsOf(run, probe, column) }))
    .map((each) => ({ ...each, series: each.series.filter(({ points }) => points.length > 0) }))
    .filter(({ series }) => series.length > 0);
  if (panels.length === 0) return null;
  const every = panels.flatMap(({ series }) => series);
  const x = logAxis(firstTrial(every), lastTrial(every));
  return {
    name: 'scores',
    title: 'Scores of the test',
    caption:
      "The scores of the task's test against the number of trials before the test. Test trials are run without learning. If a value stops being finite in " +
      'one of them, there is no point. Bad scores, more than ten times as far from 0 as the first or the best score, are drawn at the edge. Long runs are summarised as in ' +
      'the figure of the loss.',
    svg: sheet(
      `${run.header.title}: scores over trials`,
      panels.map(({ score, series }) => [plot(score, series, x)]),
      panels[0].series.map(keyOf),
    ),
  };
}

function plot(score: NamedScore, series: readonly Series[], x: LogAxis): Panel {
  const values = series.flatMap(({ points }) => points.map(({ value }) => value));
  const first = series.map(({ points }) => points[0].value);
  const [low, high] = scoreBounds(score.better, first, values);
  const axis = scoreAxis(
    score,
    values.filter((value) => value >= low && value <= high),
  );
  return trialPlot({
    title: `${score.name} (${score.better} is better)`,
    ...{ series, height, x, y: axis.scale, yMinorTicks: axis.minor },
    yAxis: { label: fitted(score.label, textSize, height), ticks: [...axis.ticks], tickFormat: axis.tickFormat },
  });
}
