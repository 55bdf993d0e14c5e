import type { SweepCellData, SweepData } from '../../recording/index.ts';
import { sheet, type Figure } from '../drawing/figure.ts';
import { inRows } from '../drawing/rows.ts';
import { valueBar, valueMap, type MapCell } from '../drawing/value-map.ts';
import { axisLabel } from './axis-label.ts';
import { axesOf, groupedBy, isNumeric, mostColumns, mostPanels, panelsNote, type Axis } from './layout.ts';
import type { Quantity } from './quantity.ts';

/** Not options of the scenario, but how it is learned: these axes are shown as panels. */
const HOW = ['learner', 'feedback', 'schedule'];

/**
 * A result over two axes, with panels along all others: columns along the first numeric axis, rows along the second; without a second
 * numeric axis, rows along the first other option.
 */
export function mapFigure(sweep: SweepData, quantity: Quantity): Figure | null {
  const varying = axesOf(sweep);
  const columns = varying.find(isNumeric);
  const others = varying.filter((axis) => axis !== columns && !HOW.includes(axis.name));
  const rows = others.find(isNumeric) ?? others.at(0);
  if (columns === undefined || rows === undefined) return null;
  const panels = groupedBy(
    sweep.cells,
    varying.filter((axis) => axis !== columns && axis !== rows),
  );
  const shown = panels.slice(0, mostPanels).map(({ label, cells }) => ({
    label,
    cells: cells.map((cell): MapCell => ({
      column: String(cell.values[columns.name]),
      row: String(cell.values[rows.name]),
      value: quantity.of(cell).median,
      place: placeOf(sweep, cell),
    })),
  }));
  const values = shown
    .flatMap(({ cells }) => cells.map(({ value }) => value))
    .filter((value) => Number.isFinite(value) && quantity.isShown({ low: value, median: value, high: value }));
  if (values.length === 0) return null;
  const { scale, ticks, tickFormat } = quantity.axis(values);
  const side = ({ name, values }: Axis) => ({ label: axisLabel(name), values: values.map(String) });
  const drawn = shown.map(({ label, cells }) =>
    valueMap({ title: label, cells, columns: side(columns), rows: side(rows), scale }),
  );
  const [first, ...below] = inRows(drawn, mostColumns);
  const bar = valueBar(scale, quantity.title, rows.values.map(String), ticks, tickFormat);
  const places = shown.flatMap(({ cells }) => cells.flatMap(({ place }) => place ?? []));
  return {
    name: 'map',
    title: `${quantity.title} over ${columns.name} and ${rows.name}`,
    caption:
      `${quantity.caption}: the median over the seeds, on a ${scale.type === 'log' ? 'logarithmic' : 'linear'} colour scale: dark is low. ` +
      'A cross: most seeds diverged. ' +
      `Grey: no result yet.${places.length > 0 ? ` Framed: ${places.join(', ')}.` : ''}${panelsNote(panels)}`,
    svg: sheet(`${sweep.description.title}: ${quantity.title} over ${columns.name} and ${rows.name}`, [
      [...first, bar],
      ...below,
    ]),
  };
}

/** The name of the cell, if it has one. */
function placeOf({ description: { places, grid } }: SweepData, { values }: SweepCellData): string | undefined {
  return Object.keys(places).find((name) => Object.keys(grid).every((axis) => places[name][axis] === values[axis]));
}
