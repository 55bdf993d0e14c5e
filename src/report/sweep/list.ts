import * as Plot from '@observablehq/plot';
import type { SweepData } from '../../recording/index.ts';
import { sheet, type Figure } from '../drawing/figure.ts';
import { keyOf, learnerStyle } from '../drawing/palette.ts';
import { axes, minorTicks, panel, textSize } from '../drawing/panel.ts';
import { textWidth } from '../drawing/text.ts';
import { axesOf, groupedBy, isNumeric } from './layout.ts';
import { edgeNote, edgesOf } from '../drawing/edges.ts';
import type { Quantity } from './quantity.ts';
import { untrainedKey } from './untrained.ts';

/** The most rows that a figure has. */
const mostRows = 60;

const rowHeight = 26;

/** The height of marks that span a whole row. */
const itsRow = {
  y1: ({ row }: { row: number }) => row - 0.4,
  y2: ({ row }: { row: number }) => row + 0.4,
};

/** A result if no axis is numeric: a row for each combination, with all learners in one row. Median and quartiles over the seeds. */
export function listFigure(sweep: SweepData, quantity: Quantity): Figure | null {
  const varying = axesOf(sweep);
  const listed = varying.filter(({ name }) => name !== 'learner');
  if (listed.length === 0 || listed.some(isNumeric)) return null;
  const learners = varying.find(({ name }) => name === 'learner')?.values ?? [];
  const rows = groupedBy(sweep.cells, listed);
  const drawn = rows.slice(0, mostRows).map(({ label, cells }, row) => ({
    label: listed.length === 1 ? String(cells[0].values[listed[0].name]) : label,
    untrained: { row, ...quantity.untrained(cells) },
    points: cells.map((cell) => {
      const order = Math.max(0, learners.indexOf(cell.values['learner']));
      const at = row + (order - (Math.max(1, learners.length) - 1) / 2) * (0.6 / Math.max(1, learners.length));
      return { at, order, colour: learnerStyle(order).colour, ...quantity.of(cell) };
    }),
  }));
  const points = drawn.flatMap((each) => each.points).filter(quantity.isShown);
  const untrained = drawn
    .map((each) => each.untrained)
    .filter((values) => quantity.isShown(values) && values.high < Infinity);
  const values = [...points, ...untrained].flatMap(({ low, median, high }) =>
    [low, median, high].filter(Number.isFinite),
  );
  if (values.length === 0) return null;
  const horizontal = quantity.axis(values);
  const { clamped, isInside } = edgesOf(horizontal);
  const marginLeft = 24 + Math.max(...drawn.map(({ label }) => textWidth(label, textSize)));
  const body = panel({
    width: marginLeft + 560,
    height: 64 + rowHeight * drawn.length,
    marginLeft,
    marginBottom: 46,
    marginTop: 8,
    marginRight: 16,
    x: horizontal.scale,
    y: { domain: [drawn.length - 0.5, -0.5] },
    marks: [
      ...axes({
        x: {
          label: quantity.label,
          ticks: [...horizontal.ticks],
          tickFormat: horizontal.tickFormat,
          labelOffset: 40,
        },
        y: { label: null, ticks: drawn.map((_, row) => row), tickFormat: (row: number) => drawn[row].label },
      }),
      ...minorTicks({ x: horizontal.minor }),
      Plot.rect(untrained, {
        x1: 'low',
        x2: 'high',
        ...itsRow,
        fill: untrainedKey.colour,
        fillOpacity: 0.25,
      }),
      Plot.ruleX(untrained, {
        x: 'median',
        ...itsRow,
        stroke: untrainedKey.colour,
        strokeWidth: 2,
      }),
      Plot.ruleY(points, {
        y: 'at',
        x1: ({ low }: { low: number }) => clamped(low),
        x2: ({ high }: { high: number }) => clamped(high),
        stroke: 'colour',
        strokeWidth: 2,
      }),
      Plot.dot(
        points.filter(({ median }) => isInside(median)),
        { x: 'median', y: 'at', fill: 'colour', r: 4 },
      ),
      Plot.dot(
        points.filter(({ median }) => !isInside(median)),
        {
          x: ({ median }: { median: number }) => clamped(median),
          y: 'at',
          stroke: 'colour',
          strokeWidth: 2,
          symbol: 'times',
          r: 5,
        },
      ),
    ],
  });
  const names = learners.map((name, order) => keyOf({ name: String(name), ...learnerStyle(order), dash: 'none' }));
  const over = listed.map(({ name }) => name).join(' and ');
  return {
    name: quantity.file,
    title: `${quantity.title} by ${over}`,
    caption:
      `${quantity.caption} by ${over}: the median over the seeds, and a bar from quartile to quartile. ` +
      `${edgeNote}${quantity.untrainedNote}` +
      (rows.length > mostRows ? ` The first ${mostRows} of ${rows.length} rows.` : ''),
    svg: sheet(
      `${sweep.description.title}: ${quantity.title} by ${over}`,
      [[body]],
      [...names, ...(quantity.untrainedNote === '' ? [] : [untrainedKey])],
    ),
  };
}
