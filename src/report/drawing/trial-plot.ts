import * as Plot from '@observablehq/plot';
import type { Series } from '../data/series.ts';
import { thin } from '../data/thin.ts';
import type { LogAxis } from './log-axis.ts';
import { grouped } from './numbers.ts';
import { axes, minorTicks, panel, type Panel } from './panel.ts';

/** Up to this many trials, each is a dot on its line, as a run of one trial has no line; of more, the last is. */
const fewTrials = 30;

export interface TrialPlotOptions {
  /** Above the axes; by default none. */
  readonly title?: string;
  readonly series: readonly Series[];
  readonly height: number;
  readonly x: LogAxis;
  readonly y: Plot.ScaleOptions;
  readonly yMinorTicks?: readonly number[];
  readonly yAxis: Plot.AxisYOptions;
  /** Drawn below the lines. */
  readonly below?: readonly Plot.Markish[];
}

/** A value over trials, on a logarithmic axis of trials: per learner the median of each stretch of trials, and its range as a band. */
export function trialPlot({
  title,
  series,
  height,
  x,
  y,
  yMinorTicks = [],
  yAxis,
  below = [],
}: TrialPlotOptions): Panel {
  const thinned = series.map((each) => ({ ...each, stretches: thin(each.points) }));
  return panel({
    ...(title !== undefined && { title }),
    width: 860,
    height,
    marginLeft: 64,
    marginBottom: 46,
    marginTop: 8,
    marginRight: 24,
    x: { type: 'log', domain: [...x.domain] },
    y,
    marks: [
      ...below,
      ...axes({
        x: { label: 'Trial (number)', ticks: [...x.ticks], tickFormat: grouped, labelOffset: 40 },
        y: { labelOffset: 58, ...yAxis },
      }),
      ...minorTicks({ x: x.minorTicks, y: yMinorTicks }),
      ...thinned.map(({ stretches, colour }) =>
        Plot.areaY(stretches, { x: 'trial', y1: 'low', y2: 'high', fill: colour, fillOpacity: 0.18 }),
      ),
      ...thinned.map(({ stretches, colour, dash }) =>
        Plot.line(stretches, { x: 'trial', y: 'median', stroke: colour, strokeWidth: 2, strokeDasharray: dash }),
      ),
      ...series.map(({ points, colour }) =>
        Plot.dot(points.length > fewTrials ? points.slice(-1) : points, { x: 'trial', y: 'value', fill: colour, r: 3 }),
      ),
    ],
  });
}

/** The first trial of any of the series. */
export function firstTrial(series: readonly Series[]): number {
  return series.reduce((first, { points }) => Math.min(first, points.at(0)?.trial ?? first), Infinity);
}

/** The last trial of any of the series. */
export function lastTrial(series: readonly Series[]): number {
  return Math.max(1, ...series.map(({ points }) => points.at(-1)?.trial ?? 1));
}
