import * as Plot from '@observablehq/plot';
import type { DrawnRun } from '../data/drawn.ts';
import { runawayLoss } from '../data/runaway.ts';
import { seriesOf } from '../data/series.ts';
import { mostStretches } from '../data/thin.ts';
import { sheet, type Figure } from '../drawing/figure.ts';
import { floorMarks, floorNote } from '../drawing/floors.ts';
import { lossLabel } from '../drawing/loss-label.ts';
import { logAxis } from '../drawing/log-axis.ts';
import { grouped } from '../drawing/numbers.ts';
import { keyOf } from '../drawing/palette.ts';
import { lastTrial, trialPlot } from '../drawing/trial-plot.ts';
import { logValueAxis } from '../drawing/value-axis.ts';

/** The loss of each trial, for each learner, on logarithmic axes. */
export function lossFigure(run: DrawnRun): Figure | null {
  const series = seriesOf(run, 'loss')
    .map((each) => ({ ...each, points: each.points.filter(({ value }) => value > 0) }))
    .filter(({ points }) => points.length > 0);
  const values = series.flatMap(({ points }) => points.map(({ value }) => value));
  if (values.length === 0) return null;
  const ceiling = runawayLoss(series.map(({ points }) => points[0].value));
  const { floors = [], loss } = run.header;
  const y = logValueAxis(values, ceiling);
  const plot = trialPlot({
    series,
    height: 420,
    x: logAxis(1, lastTrial(series)),
    y: y.scale,
    yMinorTicks: y.minor,
    yAxis: {
      label: lossLabel(loss),
      ticks: [...y.ticks],
      tickFormat: y.tickFormat,
    },
    below: [Plot.gridY(y.ticks, { strokeOpacity: 0.12 }), ...floorMarks(floors, y.scale)],
  });
  const without = run.learners.reduce((count, { trials }) => count + trials.loss.length, 0) - values.length;
  return {
    name: 'loss',
    title: 'Loss',
    caption:
      `Loss of every trial, with the weights during that trial: ${loss === undefined ? 'L = 1/(2T) times the sum of squared errors over' : `the mean ${loss} over`} the ` +
      `trial’s T timesteps. Both axes are logarithmic. More than ${mostStretches} trials are grouped into intervals of equal ` +
      'width on the logarithmic axis: the line is the median of an interval, the band reaches from its lowest to its highest loss.' +
      (values.some((value) => value > y.scale.domain[1])
        ? ' Losses above ten times the loss of the untrained network are drawn at the upper edge; a cross marks a learner that ended there.'
        : '') +
      (without > 0
        ? ` Trials left out, because a loss that is not positive and finite has no place on this axis: ${grouped(without)}.`
        : '') +
      floorNote(floors),
    svg: sheet(`${run.header.title}: loss per trial`, [[plot]], series.map(keyOf)),
  };
}
