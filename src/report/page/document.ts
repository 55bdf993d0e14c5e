import type { Figure } from '../drawing/figure.ts';
import { escapeText, legalText } from '../drawing/text.ts';
import { style } from './style.ts';

/** A self-contained HTML document. */
export function htmlDocument(title: string, body: string): string {
  const escaped = escapeText(title);
  return legalText(
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">' +
      '<meta name="viewport" content="width=device-width, initial-scale=1">' +
      `<title>${escaped}</title><style>${style}</style></head>\n<body>\n<h1>${escaped}</h1>\n${body}\n</body></html>\n`,
  );
}

/** A figure with its heading and caption. */
export function figureSection({ title, svg, caption, name }: Figure): string {
  return (
    `<section id="${escapeText(name)}"><h2>${escapeText(title)}</h2><figure>${svg}` +
    `<figcaption>${escapeText(caption)}</figcaption></figure></section>`
  );
}

/** A paragraph set off as a warning. */
export function warning(text: string): string {
  return `<p class="warning">${escapeText(text)}</p>`;
}
