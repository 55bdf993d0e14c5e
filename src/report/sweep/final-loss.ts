import * as Plot from '@observablehq/plot';
import { FINAL_TRIALS } from '../../analysis/index.ts';
import { cellStatistics, type SweepData } from '../../recording/index.ts';
import { wrap } from '../data/side-by-side.ts';
import { sheet, type Figure } from '../drawing/figure.ts';
import { linearLabel } from '../drawing/numbers.ts';
import { keyOf, learnerStyle } from '../drawing/palette.ts';
import { axes, minorTicks, panel, type Panel } from '../drawing/panel.ts';
import { axesOf, groupedBy, isNumeric, labelOf, lineAxis, mostPanels, panelsNote, type Axis } from './layout.ts';
import { lossAxis } from './loss-axis.ts';
import { runaway, untrainedKey, untrainedLoss, untrainedNote } from './untrained.ts';

/** From this ratio of its ends on, an axis of positive values is logarithmic. */
const wide = 8;

/** Final loss against the first numeric axis, a line for each value of another: median and quartiles over the seeds. */
export function finalLossFigure(sweep: SweepData): Figure | null {
  const across = axesOf(sweep).find(isNumeric);
  return across === undefined ? null : finalLossAcross(sweep, across, 'final-loss');
}

/** Final loss against the axis that everything else is tuned over: whether its best value lies within its range. */
export function tuningFigure(sweep: SweepData): Figure | null {
  const across = axesOf(sweep).find(({ name }) => name === sweep.description.best);
  return across === undefined || !isNumeric(across) ? null : finalLossAcross(sweep, across, 'tuning');
}

function finalLossAcross(sweep: SweepData, across: Axis, name: string): Figure | null {
  const others = axesOf(sweep).filter(({ name: other }) => other !== across.name);
  const line = lineAxis(others);
  const panels = groupedBy(
    sweep.cells,
    others.filter((axis) => axis !== line),
  );
  const drawn = panels.slice(0, mostPanels).map(({ label, cells }) => ({
    label,
    untrained: groupedBy(cells, [across])
      .map((group) => ({ at: Number(group.cells[0].values[across.name]), ...untrainedLoss(group.cells) }))
      .filter(({ low, high }) => low > 0 && high < Infinity)
      .sort((a, b) => a.at - b.at),
    lines: groupedBy(cells, line === undefined ? [] : [line]).map((group, order) => ({
      name: line === undefined ? group.cells[0].learner : labelOf(group.cells[0].values, [line]),
      ...learnerStyle(order),
      points: group.cells
        .map((cell) => ({ at: Number(cell.values[across.name]), ...cellStatistics(cell).finalLoss }))
        .filter(({ median, low }) => low > 0 && !Number.isNaN(median))
        .sort((a, b) => a.at - b.at),
    })),
  }));
  const losses = drawn.flatMap(({ lines, untrained }) =>
    [...lines.flatMap(({ points }) => points), ...untrained].flatMap(({ low, median, high }) =>
      [low, median, high].filter(Number.isFinite),
    ),
  );
  if (losses.length === 0) return null;
  const vertical = lossAxis(losses, runaway(sweep.cells));
  const [, top] = vertical.domain;
  const values = across.values.map(Number).sort((a, b) => a - b);
  const isWide = values[0] > 0 && values[values.length - 1] / values[0] >= wide;
  const pad = 0.04 * (values[values.length - 1] - values[0]);
  const domain = isWide
    ? [values[0] / 1.15, values[values.length - 1] * 1.15]
    : [values[0] - pad, values[values.length - 1] + pad];
  const single = drawn.length === 1;
  const draw = ({ label, lines, untrained }: (typeof drawn)[number]): Panel =>
    panel({
      ...(single ? { width: 860, height: 420 } : { width: 290, height: 240 }),
      title: label,
      marginLeft: 64,
      marginBottom: 46,
      marginTop: 12,
      marginRight: 16,
      x: { type: isWide ? 'log' : 'linear', domain },
      y: vertical.scale,
      marks: [
        ...axes({
          x: { label: across.name, ticks: thinned(values, single ? 12 : 5), tickFormat: linearLabel, labelOffset: 40 },
          y: {
            label: 'Final loss (half mean squared error)',
            ticks: [...vertical.ticks],
            tickFormat: vertical.tickFormat,
            labelOffset: 58,
          },
        }),
        ...minorTicks({ y: vertical.minor }),
        ...[{ points: untrained, ...untrainedKey }, ...lines].flatMap(({ points, colour, dash }) => {
          const finite = points.filter(({ median }) => median <= top);
          const lost = points.filter(({ median }) => median > top);
          return [
            Plot.ruleX(points, {
              x: 'at',
              y1: ({ low }: { low: number }) => Math.min(low, top),
              y2: ({ high }: { high: number }) => Math.min(high, top),
              stroke: colour,
              strokeWidth: 1.5,
            }),
            Plot.line(finite, { x: 'at', y: 'median', stroke: colour, strokeWidth: 2, strokeDasharray: dash }),
            Plot.dot(finite, { x: 'at', y: 'median', fill: colour, r: 3.5 }),
            Plot.dot(lost, { x: 'at', y: top, stroke: colour, strokeWidth: 2, symbol: 'times', r: 5 }),
          ];
        }),
      ],
    });
  return {
    name,
    title: `Final loss against ${across.name}`,
    caption:
      `Mean loss of the last ${FINAL_TRIALS} trials (of all, where there are fewer) against ${across.name}: the median over the seeds, ` +
      'and bars from quartile to quartile. A seed that diverged counts as an infinite loss: a cross at the upper edge is a ' +
      `median among those or beyond the axis, and a bar may reach up to it.${untrainedNote}${panelsNote(panels)}`,
    svg: sheet(`${sweep.description.title}: final loss against ${across.name}`, wrap(drawn.map(draw), 3), [
      ...drawn[0].lines.map(keyOf),
      untrainedKey,
    ]),
  };
}

/** At most so many values, the first among them. */
function thinned(values: readonly number[], most: number): number[] {
  const step = Math.ceil(values.length / most);
  return values.filter((_, i) => i % step === 0);
}
