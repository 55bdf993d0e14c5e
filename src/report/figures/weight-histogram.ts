import * as Plot from '@observablehq/plot';
import type { DrawnRun } from '../data/drawn.ts';
import { histogram } from '../data/histogram.ts';
import { mostGroups, weightGroups, type WeightGroup } from '../data/weight-groups.ts';
import { sheet, type Figure, type Key } from '../drawing/figure.ts';
import { linearLabel } from '../drawing/numbers.ts';
import { learnerStyle } from '../drawing/palette.ts';
import { axes, panel, type Panel } from '../drawing/panel.ts';
import { columnsOf, inRows, panelWidth } from '../drawing/rows.ts';

const mostColumns = 3;
const before: Key = { label: 'before learning', colour: '#8a8a8a', dash: 'none', width: 3 };

/** Histogram of the weights of each synapse group, before and after learning. */
export function weightHistogramFigure(run: DrawnRun): Figure | null {
  const groups = weightGroups(run);
  if (groups.length === 0) return null;
  const shown = groups.slice(0, mostGroups);
  const after = run.learners
    .map(({ label, weights }, order) => ({
      label: `after ${label}`,
      ...learnerStyle(order),
      has: weights.after.size > 0,
    }))
    .filter(({ has }) => has);
  return {
    name: 'weight-histogram',
    title: 'Distribution of weights',
    caption:
      'Histogram of the weights of each synapse group, with bins of equal width.' +
      (groups.length > mostGroups ? ` The first ${mostGroups} of ${groups.length} synapse groups.` : ''),
    svg: sheet(
      `${run.header.title}: distribution of weights before and after learning`,
      inRows(
        shown.map((group) => groupPanel(group, panelWidth(columnsOf(shown.length, mostColumns)))),
        mostColumns,
      ),
      [before, ...after],
    ),
  };
}

function groupPanel({ name, panels }: WeightGroup, width: number): Panel {
  const finite = panels.map(({ value, ...rest }) => ({ ...rest, values: value.values.filter(Number.isFinite) }));
  const least = finite.reduce((low, { values }) => values.reduce((a, b) => Math.min(a, b), low), Infinity);
  const most = finite.reduce((high, { values }) => values.reduce((a, b) => Math.max(a, b), high), -Infinity);
  const range = least < most ? ([least, most] as const) : ([(least || 0) - 0.5, (least || 0) + 0.5] as const);
  const synapses = Math.max(1, ...finite.map(({ values }) => values.length));
  const bins = Math.max(8, Math.min(40, Math.round(3 * Math.cbrt(synapses))));
  const lines = finite.map(({ values, when, order }) => ({
    steps: [{ from: range[0], count: 0 }, ...histogram(values, range, bins)],
    ...(when === 'before' ? before : { ...learnerStyle(order), width: 1.75 }),
  }));
  const highest = Math.max(1, ...lines.flatMap(({ steps }) => steps.map(({ count }) => count)));
  return panel({
    title: name,
    width,
    height: 230,
    marginLeft: 58,
    marginBottom: 44,
    marginTop: 6,
    marginRight: 14,
    x: { domain: [...range] },
    y: { domain: [0, highest] },
    marks: [
      ...axes({
        x: { label: 'Weight (dimensionless)', ticks: 6, tickFormat: linearLabel, labelOffset: 39 },
        y: { label: 'Synapses (number)', ticks: Math.min(5, highest), tickFormat: linearLabel, labelOffset: 52 },
      }),
      ...lines.map(({ steps, colour, dash, width = 2 }) =>
        Plot.line(steps, {
          x: 'from',
          y: 'count',
          curve: 'step-after',
          stroke: colour,
          strokeDasharray: dash,
          strokeWidth: width,
        }),
      ),
    ],
  });
}
