import * as Plot from '@observablehq/plot';
import type { Grid } from '../data/grid.ts';
import { cells, shades } from './cells.ts';
import { linearLabel } from './numbers.ts';
import { axes, panel, textSize, type Panel } from './panel.ts';

const margins = { marginLeft: 48, marginBottom: 42, marginTop: 4, marginRight: 8 };
const bar = { marginLeft: 12, width: 14, marginRight: 62 };

/** Left and right of a heatmap's cells, px. */
export const besideHeatmap = margins.marginLeft + margins.marginRight;

/** The width of the colour scale, px. */
export const barWidth = bar.marginLeft + bar.width + bar.marginRight;

export interface HeatmapOptions {
  readonly title: string;
  readonly grid: Grid;
  /** The value of the deepest red; the deepest blue is its negative. */
  readonly limit: number;
  readonly rows: HeatmapSide;
  readonly columns: HeatmapSide;
}

/** One side of a heatmap. */
export interface HeatmapSide {
  readonly label: string;
  /** The number of the first row or column: 0 for units, 1 for timesteps. */
  readonly first: 0 | 1;
  /** Pixels. */
  readonly size: number;
}

/** A matrix as coloured cells, its first row at the top. White is zero, red positive, blue negative. */
export function heatmap({ title, grid, limit, rows, columns }: HeatmapOptions): Panel {
  const across = grid.shape[1] * grid.block[1];
  const down = grid.shape[0] * grid.block[0];
  return panel({
    title,
    ...margins,
    width: columns.size + besideHeatmap,
    height: rows.size + margins.marginTop + margins.marginBottom,
    x: { type: 'linear', domain: [columns.first - 0.5, columns.first + across - 0.5] },
    y: { type: 'linear', domain: [rows.first + down - 0.5, rows.first - 0.5] },
    marks: [
      cells(grid, limit),
      Plot.frame({ stroke: 'currentColor', strokeOpacity: 0.5 }),
      ...axes({
        x: { label: columns.label, ticks: wholeTicks(across, columns, 45), tickFormat: linearLabel, labelOffset: 38 },
        y: { label: rows.label, ticks: wholeTicks(down, rows, 28), tickFormat: linearLabel, labelOffset: 43 },
      }),
    ],
  });
}

/** The colour scale, as tall as the heatmaps next to it. */
export function colourBar(limit: number, label: string, height: number): Panel {
  const steps = 2 * shades + 1;
  const values = Float64Array.from({ length: steps }, (_, i) => limit * (1 - i / shades));
  const side = { ...margins, ...bar };
  return panel({
    ...side,
    width: barWidth,
    height: height + side.marginTop + side.marginBottom,
    y: { type: 'linear', domain: [-limit, limit] },
    marks: [
      cells({ shape: [steps, 1], block: [1, 1], values }, limit),
      Plot.frame({ stroke: 'currentColor', strokeOpacity: 0.5 }),
      Plot.axisY({
        anchor: 'right',
        label,
        labelArrow: 'none',
        labelAnchor: 'center',
        labelOffset: 56,
        fontSize: textSize,
        tickSize: 4,
        ticks: [-limit, 0, limit],
        tickFormat: (value: number) => linearLabel(Number(value.toPrecision(2))),
      }),
    ],
  });
}

/** Whole numbers to label a side of `count` rows or columns with, at least `apart` pixels from one another. */
function wholeTicks(count: number, { first, size }: HeatmapSide, apart: number): number[] {
  const most = Math.max(1, size / apart);
  const step = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000].find((each) => count / each <= most) ?? count;
  const last = first + count - 1;
  const round = Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step).filter((tick) => tick >= first);
  return first === 1 && step > 2 ? [1, ...round] : round;
}
