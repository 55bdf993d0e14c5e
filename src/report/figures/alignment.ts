import * as Plot from '@observablehq/plot';
import { usesFeedbackWeights } from '../../recording/index.ts';
import type { DrawnRun } from '../data/drawn.ts';
import { feedbackWeights } from '../data/chance.ts';
import { seriesOf } from '../data/series.ts';
import { sheet, type Figure } from '../drawing/figure.ts';
import { logAxis } from '../drawing/log-axis.ts';
import { grouped, linearLabel } from '../drawing/numbers.ts';
import { keyOf } from '../drawing/palette.ts';
import { lastTrial, trialPlot } from '../drawing/trial-plot.ts';

const chance = { label: 'chance', colour: 'currentColor', dash: '2 3', width: 1.5 };

/** Cosine between the feedback weights and the transposed readout, over trials, with the value expected by chance. */
export function alignmentFigure(run: DrawnRun): Figure | null {
  const apart = run.learners.filter(({ name }) => {
    const known = run.summary?.learners.find(({ learner }) => learner === name);
    return known !== undefined && !usesFeedbackWeights(known);
  });
  const every = seriesOf(run, 'alignment').filter(({ name }) => !apart.some(({ label }) => label === name));
  const series = every.filter(({ points }) => points.length > 0);
  if (series.length === 0) return null;
  const entries = run.summary === null ? 0 : feedbackWeights(run.summary);
  const spread = entries > 0 ? Math.min(1, 1.96 / Math.sqrt(entries)) : 0;
  const least = series
    .flatMap(({ points }) => points.map(({ value }) => value))
    .reduce((low, value) => Math.min(low, value), -spread);
  const bottom = Math.max(-1, Math.floor((least - 0.02) * 5) / 5);
  const x = logAxis(1, lastTrial(series));
  const plot = trialPlot({
    series,
    height: 320,
    x,
    y: { type: 'linear', domain: [bottom, 1] },
    yAxis: { label: 'Feedback alignment (cosine)', ticks: 6, tickFormat: linearLabel },
    below: [
      Plot.rect([{}], {
        x1: x.domain[0],
        x2: x.domain[1],
        y1: Math.max(bottom, -spread),
        y2: spread,
        fill: 'currentColor',
        fillOpacity: 0.08,
      }),
      Plot.gridY({ ticks: 6, strokeOpacity: 0.12 }),
      Plot.ruleY([0], { stroke: chance.colour, strokeWidth: chance.width, strokeDasharray: chance.dash }),
    ],
  });
  const without = every.filter(({ points }) => points.length === 0).map(({ name }) => name);
  return {
    name: 'alignment',
    title: 'Feedback alignment',
    caption:
      'Cosine between the fixed feedback weights and the transposed readout weights after each trial. At 1 the feedback sends the ' +
      'error back as the exact gradient does; 0 is the mean for random weights (dotted).' +
      (spread > 0
        ? ` Grey: the range that contains 95 % of the cosines of ${grouped(entries)} random weights, ±${spread.toPrecision(2)}.`
        : '') +
      ' Long runs are summarised as in the figure of the loss.' +
      (apart.length > 0
        ? ` Not drawn, because their error does not come back through these weights: ${apart.map(({ label }) => label).join(', ')}.`
        : '') +
      (without.length > 0 ? ` Without an alignment: ${without.join(', ')}.` : ''),
    svg: sheet(`${run.header.title}: feedback alignment over trials`, [[plot]], [...series.map(keyOf), chance]),
  };
}
