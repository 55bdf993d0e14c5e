import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** A figure with several panels next to each other, as a self-contained page and as an SVG file. */

/** The colours of Okabe & Ito (2008) that are dark enough for a line on white. */
export const COLOURS = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000'] as const;

export interface Sheet {
  readonly title: string;
  /** What it shows, in sentences. */
  readonly caption: string;
  readonly panels: readonly (Plot.PlotOptions & { readonly heading: string })[];
  /** The meanings of the colours. */
  readonly keys?: readonly string[];
  /** Default COLOURS. */
  readonly keyColours?: readonly string[];
  /** The size of a panel, px. Default 360 by 300. */
  readonly width?: number;
  readonly height?: number;
}

const HEADING = 30;
const KEYS = 26;

/** The sheet as a whole SVG document. */
export function drawn({ title, panels, keys = [], keyColours = COLOURS, width = 360, height = 300 }: Sheet): string {
  const top = keys.length > 0 ? KEYS : 0;
  const parts = panels.map(({ heading, ...options }, k) => {
    const { document } = parseHTML('<html><body></body></html>');
    const plot = Plot.plot({ width, height, marginLeft: 60, marginBottom: 44, marginTop: 28, ...options, document });
    const body = plot.outerHTML.replace('<svg ', `<svg x="${k * width}" y="${top + HEADING}" `);
    const named = `<text x="${k * width + 12}" y="${top + 20}" font-weight="bold" font-size="13">${escaped(heading)}</text>`;
    return `${named}${body}`;
  });
  let left = 12;
  const legend = keys.map((label, k) => {
    const x = left;
    left += 40 + 7 * label.length;
    return (
      `<line x1="${x}" x2="${x + 20}" y1="16" y2="16" stroke="${keyColours[k]}" stroke-width="3"/>` +
      `<text x="${x + 26}" y="20" font-size="12">${escaped(label)}</text>`
    );
  });
  const [w, h] = [Math.max(width * panels.length, left), top + HEADING + height];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img" ` +
    `font-family="sans-serif" fill="currentColor" color="#1a1a1a"><title>${escaped(title)}</title>` +
    `<rect width="100%" height="100%" fill="white"/>${legend.join('')}${parts.join('')}</svg>\n`
  );
}

/** Writes `path`.svg and `path`.html. */
export function write(path: string, sheet: Sheet): void {
  const svg = drawn(sheet);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.svg`, svg);
  const head = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(sheet.title)}</title>`;
  const style = '<style>body{font-family:sans-serif;margin:2em;max-width:80em}svg{max-width:100%;height:auto}</style>';
  const text = `<h1>${escaped(sheet.title)}</h1><p>${escaped(sheet.caption)}</p>`;
  writeFileSync(`${path}.html`, `${head}${style}<body>${text}${svg}</body></html>\n`);
  console.log(`${path}.html and ${path}.svg`);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
