import * as Plot from '@observablehq/plot';
import { linearLabel } from './numbers.ts';
import { axes, panel, textSize, type Panel } from './panel.ts';
import { fitted, textWidth } from './text.ts';

/** Dark is low, bright is high: viridis, whose order is also visible to colour-blind readers and in grey print. */
const scheme = 'viridis';
const nothing = '#b8b8b8';
const margins = { marginLeft: 66, marginBottom: 46, marginTop: 4, marginRight: 8 };

/** A cell of a value map. */
export interface MapCell {
  readonly column: string;
  readonly row: string;
  /** An infinite value is crossed out, NaN is grey. */
  readonly value: number;
  /** A name to mark it with. */
  readonly place?: string | undefined;
}

export interface ValueMapOptions {
  readonly title: string;
  readonly cells: readonly MapCell[];
  readonly columns: { readonly label: string; readonly values: readonly string[] };
  /** The first is at the bottom. */
  readonly rows: { readonly label: string; readonly values: readonly string[] };
  readonly scale: ColourScale;
}

/** From values to colours. */
export interface ColourScale {
  readonly type: 'log' | 'linear';
  /** The values of the darkest and the brightest colour; above 0 if the scale is logarithmic. */
  readonly domain: readonly [number, number];
}

/** Values over two axes as coloured cells, with the number in each if there is room. */
export function valueMap({ title, cells, columns, rows, scale }: ValueMapOptions): Panel {
  const [width, height] = [side(columns.values, 76, 360), side(rows.values, 44, 300)];
  const roomy = width >= 54 && height >= 30;
  // Room for the longest row name, and the label of the axis next to it.
  const named = Math.max(...rows.values.map((name) => textWidth(name, textSize)));
  const marginLeft = Math.max(margins.marginLeft, Math.ceil(named) + 30);
  const known = cells.filter(({ value }) => Number.isFinite(value));
  const marked = cells.filter(({ place }) => place !== undefined);
  const at = { x: 'column', y: 'row' } as const;
  return panel({
    title,
    ...{ ...margins, marginLeft },
    width: width * columns.values.length + marginLeft + margins.marginRight,
    height: height * rows.values.length + margins.marginTop + margins.marginBottom,
    x: { type: 'band', domain: [...columns.values], padding: 0 },
    y: { type: 'band', domain: [...rows.values].reverse(), padding: 0 },
    color: { type: scale.type, scheme, domain: [...scale.domain] },
    marks: [
      ...axes({
        x: { label: columns.label, labelOffset: 40, fontSize: textSize },
        y: { label: rows.label, labelOffset: marginLeft - 6, fontSize: textSize },
      }),
      Plot.cell(cells, { ...at, fill: nothing }),
      Plot.cell(known, { ...at, fill: 'value' }),
      Plot.dot(
        cells.filter(({ value }) => Math.abs(value) === Infinity),
        { ...at, symbol: 'times', r: 7, stroke: '#1a1a1a', strokeWidth: 2 },
      ),
      ...(roomy
        ? [
            // In a marked cell, above its name.
            ...[true, false].map((isMarked) =>
              Plot.text(
                known.filter(({ place }) => (place !== undefined) === isMarked),
                {
                  ...at,
                  text: ({ value }: MapCell) => twoDigits(value),
                  dy: isMarked ? -8 : 0,
                  fontSize: 11,
                  fill: ({ value }: MapCell) => (isBright(value, scale) ? 'black' : 'white'),
                },
              ),
            ),
          ]
        : []),
      Plot.cell(marked, { ...at, inset: 2, stroke: 'white', strokeWidth: 5, fill: 'none' }),
      Plot.cell(marked, { ...at, inset: 2, stroke: '#D55E00', strokeWidth: 2.5, fill: 'none' }),
      Plot.text(marked, {
        ...at,
        text: ({ place = '' }: MapCell) => fitted(place, 11, Math.max(width, 60)),
        dy: height / 2 - 12,
        fontSize: 11,
        fontWeight: 'bold',
        fill: '#1a1a1a',
        stroke: 'white',
        strokeWidth: 3,
      }),
    ],
  });
}

/** The colour scale, as tall as the map with these rows next to it. */
export function valueBar(
  { type, domain: [low, high] }: ColourScale,
  label: string,
  rows: readonly string[],
  ticks: readonly number[],
  tickFormat: (value: number) => string,
): Panel {
  const steps = 48;
  const edge = (i: number) => (type === 'log' ? low * (high / low) ** (i / steps) : low + (high - low) * (i / steps));
  const strips = Array.from({ length: steps }, (_, i) => ({ from: edge(i), to: edge(i + 1), middle: edge(i + 0.5) }));
  const height = side(rows, 44, 300) * rows.length;
  return panel({
    ...margins,
    marginLeft: 12,
    marginRight: 66,
    width: 14 + 12 + 66,
    height: height + margins.marginTop + margins.marginBottom,
    x: { type: 'linear', domain: [0, 1], axis: null },
    y: { type, domain: [low, high] },
    color: { type, scheme, domain: [low, high] },
    marks: [
      Plot.rect(strips, { x1: 0, x2: 1, y1: 'from', y2: 'to', fill: 'middle', stroke: 'middle' }),
      Plot.axisY({
        ticks: [...ticks],
        anchor: 'right',
        label,
        labelArrow: 'none',
        labelAnchor: 'center',
        labelOffset: 60,
        fontSize: textSize,
        tickSize: 4,
        tickFormat,
      }),
    ],
  });
}

/** 0.17, 42, 3.1e-4. */
function twoDigits(value: number): string {
  const rounded = Number(value.toPrecision(2));
  const size = Math.abs(value);
  return value === 0 || (size >= 1e-3 && size < 1000) ? linearLabel(rounded) : value.toExponential(1);
}

/** The size of a cell along one side, px: `most`, or less if there are many cells. */
function side(values: readonly string[], most: number, room: number): number {
  return Math.max(16, Math.min(most, Math.floor(room / values.length)));
}

function isBright(value: number, { type, domain: [low, high] }: ColourScale): boolean {
  if (type === 'linear') return value - low > 0.6 * (high - low);
  return Math.log(value / low) > 0.6 * Math.log(high / low);
}
