import * as Plot from '@observablehq/plot';
import type { Grid } from '../data/grid.ts';

/** Red is positive, blue is negative, and white is zero: ColorBrewer's RdBu, which colour-blind readers can distinguish. */
const scheme = 'BuRd';
/** Shades on either side of zero: finer than the eye can see, and few enough to draw all cells of a shade as one path. */
export const shades = 32;
/** For a missing synapse, or a value that is not finite. */
const nothing = '#b8b8b8';

/** Draws the cells of each shade as one path of horizontal strokes: one rectangle per cell would make a file ten times the size. */
export function cells({ shape: [rows, columns], values }: Grid, limit: number): Plot.Markish {
  const colour = Plot.scale({ color: { type: 'diverging', scheme, domain: [-limit, limit] } });
  const paths = new Map<number | null, string>();
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns;) {
      const shade = shadeOf(values[row * columns + column], limit);
      let end = column + 1;
      while (end < columns && shadeOf(values[row * columns + end], limit) === shade) end += 1;
      paths.set(shade, `${paths.get(shade) ?? ''}M${column} ${row}h${end - column}`);
      column = end;
    }
  }
  return (_index, _scales, _channels, { width, height, marginLeft, marginTop, marginRight, marginBottom }, context) => {
    const { document } = context;
    const group = document.createElementNS('http://www.w3.org/2000/svg', 'g');
    const across = (width - marginLeft - marginRight) / columns;
    const down = (height - marginTop - marginBottom) / rows;
    group.setAttribute('transform', `translate(${marginLeft},${marginTop + down / 2}) scale(${across},${down})`);
    group.setAttribute('shape-rendering', 'crispEdges');
    group.setAttribute('fill', 'none');
    for (const [shade, path] of paths) {
      const element = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      element.setAttribute('d', path);
      element.setAttribute('stroke', shade === null ? nothing : hex(String(colour.apply((shade / shades) * limit))));
      group.append(element);
    }
    return group;
  };
}

/** The nearest shade, -shades..shades; null for a value that is not finite. */
function shadeOf(value: number, limit: number): number | null {
  if (!Number.isFinite(value)) return null;
  return Math.max(-shades, Math.min(shades, Math.round((value / limit) * shades))) + 0;
}

/** rgb(228, 130, 104) as #e48268. */
function hex(rgb: string): string {
  const parts = rgb.match(/\d+/g) ?? [];
  return `#${parts.map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`;
}
