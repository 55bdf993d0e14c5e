import * as Plot from '@observablehq/plot';
import type { SweepData } from '../../recording/index.ts';
import { sheet, type Figure } from '../drawing/figure.ts';
import { linearLabel } from '../drawing/numbers.ts';
import { keyOf, learnerStyle } from '../drawing/palette.ts';
import { axes, minorTicks, panel, textSize, type Panel } from '../drawing/panel.ts';
import { inRows } from '../drawing/rows.ts';
import { alongside } from '../drawing/text.ts';
import { axisLabel } from './axis-label.ts';
import {
  axesOf,
  groupedBy,
  isNumeric,
  labelOf,
  mostColumns,
  mostPanels,
  panelSize,
  panelsNote,
  panelsOf,
  type Axis,
} from './layout.ts';
import { edgeNote, edgesOf } from '../drawing/edges.ts';
import { horizontalOf } from './horizontal.ts';
import type { Quantity } from './quantity.ts';
import { untrainedKey } from './untrained.ts';

const [marginLeft, marginRight] = [64, 16];

/** A result against the first numeric axis, with a line for each value of another axis: median and quartiles over the seeds. */
export function acrossFigure(sweep: SweepData, quantity: Quantity): Figure | null {
  const across = axesOf(sweep).find(isNumeric);
  return across === undefined ? null : drawAcross(sweep, quantity, across, quantity.file);
}

/** A result against the tuned axis, which shows whether its best value lies within the range. */
export function tuningFigure(sweep: SweepData, quantity: Quantity): Figure | null {
  const across = axesOf(sweep).find(({ name }) => name === sweep.description.best);
  return across === undefined || !isNumeric(across) ? null : drawAcross(sweep, quantity, across, 'tuning');
}

function drawAcross(sweep: SweepData, quantity: Quantity, across: Axis, name: string): Figure | null {
  const others = axesOf(sweep).filter(({ name: other }) => other !== across.name);
  const { line, panels } = panelsOf(sweep.cells, others);
  const drawn = panels.slice(0, mostPanels).map(({ label, cells }) => ({
    label,
    untrained: groupedBy(cells, [across])
      .map((group) => ({ at: Number(group.cells[0].values[across.name]), ...quantity.untrained(group.cells) }))
      .filter((values) => quantity.isShown(values) && values.high < Infinity)
      .sort((a, b) => a.at - b.at),
    lines: groupedBy(cells, line === undefined ? [] : [line]).map((group, order) => ({
      name: line === undefined ? group.cells[0].learner : labelOf(group.cells[0].values, [line]),
      ...learnerStyle(order),
      points: group.cells
        .map((cell) => ({ at: Number(cell.values[across.name]), ...quantity.of(cell) }))
        .filter(quantity.isShown)
        .sort((a, b) => a.at - b.at),
    })),
  }));
  const values = drawn.flatMap(({ lines, untrained }) =>
    [...lines.flatMap(({ points }) => points), ...untrained].flatMap(({ low, median, high }) =>
      [low, median, high].filter(Number.isFinite),
    ),
  );
  if (values.length === 0) return null;
  const vertical = quantity.axis(values);
  const { clamped, isInside } = edgesOf(vertical);
  const ticks = across.values.map(Number).sort((a, b) => a - b);
  const size = panelSize(drawn.length);
  const together = Math.max(...drawn.map(({ lines }) => lines.length));
  const { scale, besideEachOther } = horizontalOf(ticks, together, size.width - marginLeft - marginRight);
  const draw = ({ label, lines, untrained }: (typeof drawn)[number]): Panel =>
    panel({
      ...size,
      title: label,
      marginLeft,
      marginBottom: 46,
      marginTop: 12,
      marginRight,
      x: scale,
      y: vertical.scale,
      marks: [
        ...axes({
          x: {
            label: axisLabel(across.name),
            ticks: thinned(ticks, Math.floor(size.width / 70)),
            tickFormat: linearLabel,
            labelOffset: 40,
          },
          y: {
            label: alongside(quantity.label, textSize, size.height),
            ticks: [...vertical.ticks],
            tickFormat: vertical.tickFormat,
            labelOffset: 58,
          },
        }),
        ...minorTicks({ y: vertical.minor }),
        ...[
          { points: untrained, ...untrainedKey, dx: 0 },
          ...lines.map((each, order) => ({ ...each, dx: besideEachOther(order) })),
        ].flatMap(({ points, colour, dash, dx }) => {
          const inside = points.filter(({ median }) => isInside(median));
          const lost = points.filter(({ median }) => !isInside(median));
          return [
            Plot.ruleX(points, {
              x: 'at',
              y1: ({ low }: { low: number }) => clamped(low),
              y2: ({ high }: { high: number }) => clamped(high),
              stroke: colour,
              strokeWidth: 1.5,
              dx,
            }),
            Plot.line(inside, { x: 'at', y: 'median', stroke: colour, strokeWidth: 2, strokeDasharray: dash, dx }),
            Plot.dot(inside, { x: 'at', y: 'median', fill: colour, r: 3.5, dx }),
            Plot.dot(lost, {
              x: 'at',
              y: ({ median }: { median: number }) => clamped(median),
              stroke: colour,
              strokeWidth: 2,
              symbol: 'times',
              r: 5,
              dx,
            }),
          ];
        }),
      ],
    });
  return {
    name,
    title: `${quantity.title} against ${across.name}`,
    caption:
      `${quantity.caption} against ${across.name}: the median over the seeds, and bars from quartile to quartile. ` +
      `${edgeNote} Lines are shifted a little sideways, so that all bars can be seen.${quantity.untrainedNote}${panelsNote(panels)}`,
    svg: sheet(
      `${sweep.description.title}: ${quantity.title} against ${across.name}`,
      inRows(drawn.map(draw), mostColumns),
      [...drawn[0].lines.map(keyOf), ...(quantity.untrainedNote === '' ? [] : [untrainedKey])],
    ),
  };
}

/** At most `most` of the values, including the first. */
function thinned(values: readonly number[], most: number): number[] {
  const step = Math.ceil(values.length / most);
  return values.filter((_, i) => i % step === 0);
}
