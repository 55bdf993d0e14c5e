import { exceedsCells, largest, mostCells, nearlyLargest, shrink } from '../data/grid.ts';
import type { Shown } from '../data/side-by-side.ts';
import type { Numbers2D } from '../../recording/index.ts';
import { barWidth, besideHeatmap, colourBar, heatmap, type HeatmapOptions } from './heatmap.ts';
import type { Panel } from './panel.ts';
import { columnsOf, figureWidth, gap, inRows, panelWidth } from './rows.ts';

export interface HeatmapRowsOptions extends Pick<HeatmapOptions, 'rows' | 'columns'> {
  /** What the matrices show: the beginning of every panel's title. */
  readonly name: string;
  readonly panels: readonly Shown<Numbers2D>[];
  /** The name of a value, with its unit. */
  readonly label: string;
}

/** The most heatmaps in a row. */
const mostColumns = 4;

/** The width of the cells of each of `panels` heatmaps, px, if the longest row and the colour scale fill a figure. */
export function roomFor(panels: number): number {
  return panelWidth(columnsOf(panels, mostColumns), figureWidth - barWidth - gap) - besideHeatmap;
}

/** Matrices of one shape next to each other on one colour scale, which is drawn at the end of the first row. */
export function heatmapRows({ name, panels, label, rows, columns }: HeatmapRowsOptions): Panel[][] {
  const grids = panels.map(({ title, value }) => ({ title: `${name}, ${title}`, grid: shrink(value) }));
  const limit = limitOf(grids.map(({ grid }) => grid));
  const [down, across] = grids[0].grid.shape;
  const sides = {
    rows: { ...rows, size: snapped(rows.size, down) },
    columns: { ...columns, size: snapped(columns.size, across) },
  };
  const drawn = grids.map((each) => heatmap({ ...each, limit, ...sides }));
  const [first, ...others] = inRows(drawn, mostColumns);
  return [[...first, colourBar(limit, label, sides.rows.size)], ...others];
}

/** The part of a caption that explains the colours of such rows, and what they leave out. */
export function heatmapNote(rows: readonly Pick<HeatmapRowsOptions, 'panels'>[]): string {
  const averaged = rows.some(({ panels }) => panels.some(({ value }) => exceedsCells(value)));
  return (
    'Red is positive, blue negative, white zero. At most 1 in 100 values lie beyond the ends of the scale; ' +
    'they have the deepest shades.' +
    (averaged ? ` Neighbouring cells are averaged, so that a side has at most ${mostCells} cells.` : '')
  );
}

function limitOf(grids: readonly Numbers2D[]): number {
  return nearlyLargest(grids) || largest(grids) || 1;
}

/** A size near `size` at which every cell is a whole number of pixels, if there is one. */
function snapped(size: number, cells: number): number {
  const whole = cells * Math.floor(size / cells);
  return whole >= 0.8 * size ? whole : size;
}
