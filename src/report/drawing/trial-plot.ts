import * as Plot from '@observablehq/plot';
import type { Series } from '../data/series.ts';
import { thin } from '../data/thin.ts';
import { edgesOf } from './edges.ts';
import type { LogAxis } from './log-axis.ts';
import { grouped } from './numbers.ts';
import { axes, minorTicks, panel, type Panel } from './panel.ts';
import { figureWidth } from './rows.ts';
import type { ValueAxis } from './value-axis.ts';

/** Up to this number of trials, each is also a dot, because a run of one trial has no line; with more, only the last is. */
const fewTrials = 30;

export interface TrialPlotOptions {
  /** Above the axes; by default none. */
  readonly title?: string;
  readonly series: readonly Series[];
  readonly height: number;
  readonly x: LogAxis;
  readonly y: ValueAxis['scale'];
  readonly yMinorTicks?: readonly number[];
  readonly yAxis: Plot.AxisYOptions;
  /** Drawn below the lines. */
  readonly below?: readonly Plot.Markish[];
}

/** A value over trials, on a logarithmic axis of trials: for each learner the median of each stretch of trials, with its range as a band. */
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
  const { clamped, isInside } = edgesOf({ scale: y });
  // Values beyond the axis are drawn at its edge.
  const held = series.map((each) => ({
    ...each,
    points: each.points.map(({ trial, value }) => ({ trial, value: clamped(value), isInside: isInside(value) })),
  }));
  const thinned = held.map((each) => ({ ...each, stretches: thin(each.points) }));
  return panel({
    ...(title !== undefined && { title }),
    width: figureWidth,
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
      ...held.flatMap(({ points, colour }) => {
        const marked = points.length > fewTrials ? points.slice(-1) : points;
        return [
          Plot.dot(
            marked.filter((point) => point.isInside),
            { x: 'trial', y: 'value', fill: colour, r: 3 },
          ),
          Plot.dot(
            marked.filter((point) => !point.isInside),
            { x: 'trial', y: 'value', stroke: colour, strokeWidth: 2, symbol: 'times', r: 5 },
          ),
        ];
      }),
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
