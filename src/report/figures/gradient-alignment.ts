import * as Plot from '@observablehq/plot';
import type { DrawnRun } from '../data/drawn.ts';
import { readingsOf, type Series } from '../data/series.ts';
import { sheet, type Figure } from '../drawing/figure.ts';
import { logAxis, type LogAxis } from '../drawing/log-axis.ts';
import { linearLabel } from '../drawing/numbers.ts';
import { keyOf } from '../drawing/palette.ts';
import type { Panel } from '../drawing/panel.ts';
import { firstTrial, lastTrial, trialPlot } from '../drawing/trial-plot.ts';

const mostGroups = 4;

/** Cosine between each learner's weight update in a trial and exact gradient descent, over trials: for all weights, then for each group. */
export function gradientAlignmentFigure(run: DrawnRun): Figure | null {
  const [probe, groups] = Object.entries(run.header.gradientAlignment ?? {}).at(0) ?? ['', []];
  // With a single group, its panel would be the same as that of all weights.
  const shown = groups.length > 1 ? groups.slice(0, mostGroups) : [];
  const columns = ['all weights', ...shown].map((title, column) => ({ title, series: readingsOf(run, probe, column) }));
  const [{ series: all }] = columns;
  const every = columns.flatMap(({ series }) => series);
  if (every.every(({ points }) => points.length === 0)) return null;
  const x = logAxis(firstTrial(every), lastTrial(every));
  const least = every.flatMap(({ points }) => points).reduce((low, { value }) => Math.min(low, value), 0);
  const bottom = Math.max(-1, Math.floor((least - 0.02) * 5) / 5);
  return {
    name: 'gradient-alignment',
    title: 'Gradient alignment',
    caption:
      "Cosine between a learner's weight update in a trial and the update of exact gradient descent (BPTT) at the same weights, on the " +
      'same trial. At 1 the update points down the gradient, at 0 it is orthogonal to it, and below 0 a small enough step increases the loss. ' +
      'Over all weights that learn, and for each synapse group.' +
      (groups.length > mostGroups ? ` The first ${mostGroups} of ${groups.length} groups.` : '') +
      ' Long runs are summarised as in the figure of the loss.',
    svg: sheet(
      `${run.header.title}: gradient alignment over trials`,
      columns.map(({ title, series }, i) => [plot(title, series, x, bottom, i === 0 ? 300 : 220)]),
      all.map(keyOf),
    ),
  };
}

function plot(title: string, series: readonly Series[], x: LogAxis, bottom: number, height: number): Panel {
  return trialPlot({
    title,
    series: series.filter(({ points }) => points.length > 0),
    height,
    x,
    y: { type: 'linear', domain: [bottom, 1] },
    yAxis: { label: 'Gradient alignment (cosine)', ticks: 6, tickFormat: linearLabel },
    below: [Plot.gridY({ ticks: 6, strokeOpacity: 0.12 }), Plot.ruleY([0], { strokeOpacity: 0.6 })],
  });
}
