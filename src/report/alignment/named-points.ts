import * as Plot from '@observablehq/plot';
import { axes, panel, textSize, type Panel } from '../drawing/panel.ts';

/** An axis that points are placed along. */
export interface PointAxis {
  readonly type: 'log' | 'linear';
  readonly domain: readonly [number, number];
  readonly label: string;
  readonly ticks?: readonly number[];
  readonly tickFormat?: (value: number) => string;
}

export interface NamedPoint {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly colour: string;
  /** Drawn as a ring: the value is at most this. */
  readonly isOpen?: boolean;
}

/** Pixels. */
const size = { width: 520, height: 400, marginLeft: 64, marginBottom: 46, marginTop: 16, marginRight: 120 };
const [RADIUS, GAP, LINE] = [5, 9, 13];
const FONT = textSize - 1;

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Points with their names, placed so that no name covers another name or point; a line leads from a point to a name that is not next to it. */
export function namedPoints(title: string, x: PointAxis, y: PointAxis, points: readonly NamedPoint[]): Panel {
  const across = place(x, size.marginLeft, size.width - size.marginRight);
  const down = place(y, size.height - size.marginBottom, size.marginTop);
  const at = points.map((point) => ({ point, px: across.pixel(point.x), py: down.pixel(point.y) }));
  const taken: Box[] = at.map(({ px, py }) => around(px, py, RADIUS));
  // From the bottom up: if many points lie on the axis, their names are stacked above it.
  const labels = at
    .toSorted((one, other) => other.py - one.py || other.px - one.px)
    .map(({ point, px, py }) => {
      const own = around(px, py, RADIUS);
      const rows = Array.from({ length: 2 * points.length }, (_, k) => (k % 2 === 0 ? -k / 2 : (k + 1) / 2) * LINE);
      const boxes = rows.map((off) => nameBox(point.name, px + GAP, py + off));
      const isFree = (box: Box) =>
        box.top >= 0 &&
        box.bottom <= size.height - size.marginBottom + LINE / 2 &&
        taken.every((other) => isSame(other, own) || !overlap(box, other));
      const box = boxes.find(isFree) ?? boxes[0];
      taken.push(box);
      const middle = (box.top + box.bottom) / 2;
      return { name: point.name, x1: point.x, y1: point.y, x2: across.value(box.left - 1), y2: down.value(middle) };
    });
  const dots = (isOpen: boolean) => points.filter((point) => (point.isOpen ?? false) === isOpen);
  return panel({
    ...size,
    title,
    x: { type: x.type, domain: [...x.domain] },
    y: { type: y.type, domain: [...y.domain] },
    marks: [
      ...axes({ x: { ...tickOptions(x), labelOffset: 40 }, y: { ...tickOptions(y), labelOffset: 58 } }),
      Plot.link(
        labels.filter(({ y1, y2 }) => Math.abs(down.pixel(y1) - down.pixel(y2)) > 1),
        { x1: 'x1', y1: 'y1', x2: 'x2', y2: 'y2', stroke: 'currentColor', strokeOpacity: 0.35 },
      ),
      Plot.dot(dots(false), { x: 'x', y: 'y', fill: 'colour', r: RADIUS }),
      Plot.dot(dots(true), { x: 'x', y: 'y', stroke: 'colour', strokeWidth: 2, fill: 'white', r: RADIUS - 1 }),
      Plot.text(labels, {
        ...{ x: 'x2', y: 'y2', text: 'name', textAnchor: 'start', dx: 1 },
        ...{ fontSize: FONT, fill: 'currentColor' },
      }),
    ],
  });
}

function tickOptions({ label, ticks, tickFormat }: PointAxis) {
  return { label, ...(ticks && { ticks: [...ticks] }), ...(tickFormat && { tickFormat }) };
}

/** Maps values to positions between two pixels, and back. */
function place({ type, domain }: PointAxis, from: number, to: number) {
  const [scale, back] = type === 'log' ? [Math.log, Math.exp] : [(v: number) => v, (v: number) => v];
  const [low, high] = domain.map(scale);
  return {
    pixel: (value: number) => from + ((scale(value) - low) / (high - low)) * (to - from),
    value: (pixel: number) => back(low + ((pixel - from) / (to - from)) * (high - low)),
  };
}

function around(px: number, py: number, by: number): Box {
  return { left: px - by, right: px + by, top: py - by, bottom: py + by };
}

function nameBox(name: string, left: number, middle: number): Box {
  return { left, right: left + 0.6 * FONT * name.length, top: middle - LINE / 2 + 1, bottom: middle + LINE / 2 - 1 };
}

function isSame(one: Box, other: Box): boolean {
  return one.left === other.left && one.top === other.top;
}

function overlap(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
