import type { LineStyle } from './palette.ts';
import type { Panel } from './panel.ts';
import { gap } from './rows.ts';
import { escapeText, fitted, legalText, lines, textWidth } from './text.ts';

/** A figure of the report. */
export interface Figure {
  /** The file's name, without its ending. */
  readonly name: string;
  readonly title: string;
  /** What it shows, in sentences: plain text. */
  readonly caption: string;
  /** A whole SVG document. */
  readonly svg: string;
}

/** A line of the legend. */
export interface Key extends LineStyle {
  readonly label: string;
  /** Pixels; default 2. */
  readonly width?: number;
}

const margin = 12;
/** The size of a panel's title, px. */
export const titleSize = 13;
/** A title has at most two lines, so that long names are rarely cut. */
const titleLines = 2;
const titleLineHeight = 16;
const belowTitle = 6;
const legendHeight = 24;
const swatch = 34;

/**
 * Puts rows of panels and a legend on one sheet: a standalone SVG on white with generic fonts.
 * Ink is currentColor and the sheet has the class `paper`, so that a page can turn both dark.
 */
export function sheet(description: string, rows: readonly (readonly Panel[])[], keys: readonly Key[] = []): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.width ?? 0)),
  );
  const width = 2 * margin + widths.reduce((sum, each) => sum + each, 0) + gap * (columns - 1);
  const legend = layLegend(keys, width - 2 * margin);
  const parts: string[] = [legend.body];
  let top = margin + legend.height;
  const titled = rows.map((row) =>
    row.map((each) => ({
      ...each,
      titles: each.title === '' ? [] : lines(each.title, titleSize, each.width, titleLines),
    })),
  );
  const indent = indentOf(titled.flat());
  for (const row of titled) {
    const most = Math.max(...row.map(({ titles }) => titles.length));
    const space = most === 0 ? 0 : most * titleLineHeight + belowTitle;
    let left = margin;
    row.forEach((each, column) => {
      parts.push(place(each, indent, left, top, space));
      left += widths[column] + gap;
    });
    top += space + Math.max(...row.map((each) => each.height)) + gap;
  }
  return legalText(svg(width, top - gap + margin, description, parts.join('')));
}

function svg(width: number, height: number, description: string, body: string): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"` +
    ` role="img" font-family="sans-serif" font-size="12" text-anchor="middle" fill="currentColor" color="#1a1a1a">` +
    `<title>${escapeText(description)}</title><rect class="paper" width="100%" height="100%" fill="white"/>${body}</svg>\n`
  );
}

/** A panel with the lines of its title. */
interface Titled extends Panel {
  readonly titles: readonly string[];
}

/** The indent of the panel titles of a figure, px: above the vertical axes, or further left if a title is long. */
function indentOf(panels: readonly Titled[]): number {
  const rooms = panels.flatMap(({ left, width, titles }) =>
    titles.map((line) => Math.min(left, width - textWidth(line, titleSize))),
  );
  return Math.max(0, Math.min(...rooms));
}

/** A panel at its place, with the last line of its title directly above the axes. */
function place({ body, titles }: Titled, indent: number, left: number, top: number, space: number): string {
  const heading = titles.map(
    (line, i) =>
      `<text x="${left + indent}" y="${top + space - belowTitle - 3 - (titles.length - 1 - i) * titleLineHeight}"` +
      ` text-anchor="start" font-size="${titleSize}" font-weight="bold">${escapeText(line)}</text>`,
  );
  return `${heading.join('')}<g transform="translate(${left},${top + space})">${body}</g>`;
}

/** The lines of the legend from left to right, in as many rows as needed. */
function layLegend(keys: readonly Key[], room: number): { height: number; body: string } {
  let x = 0;
  let row = 0;
  const parts = keys.map(({ label, colour, dash, width = 2 }) => {
    const text = fitted(label, 13, room - swatch - 8);
    const needs = swatch + 8 + textWidth(text, 13) + 14;
    if (x > 0 && x + needs > room) {
      x = 0;
      row += 1;
    }
    const left = margin + x;
    const y = margin + row * legendHeight + 8;
    x += Math.ceil(needs);
    return (
      `<line x1="${left}" x2="${left + swatch}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="${width}"` +
      ` stroke-dasharray="${dash}"/>` +
      `<text x="${left + swatch + 8}" y="${y + 4.5}" text-anchor="start" font-size="13">${escapeText(text)}</text>`
    );
  });
  return { height: keys.length > 0 ? (row + 1) * legendHeight + 4 : 0, body: parts.join('') };
}
