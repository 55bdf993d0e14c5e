import type { RunData } from '../../recording/index.ts';
import type { Figure } from '../drawing/figure.ts';
import { escapeText, legalText } from '../drawing/text.ts';
import { localPartsSection } from './local-parts.ts';
import { localitySection } from './locality.ts';
import { resultsTable } from './results-table.ts';
import { resultsOf } from './results.ts';
import { settingsTables } from './settings.ts';
import { statement } from './statement.ts';
import { style } from './style.ts';

/** The report as one HTML document that needs nothing from outside. */
export function page(run: RunData, figures: readonly Figure[]): string {
  const title = escapeText(run.header.title);
  const results = resultsOf(run);
  const { summary } = run;
  const locality = summary === null ? '' : localitySection(summary);
  const local = summary === null ? '' : localPartsSection(summary);
  const settings = summary === null ? '' : `<h2>Settings</h2>${settingsTables(summary, results)}`;
  return legalText(
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">' +
      '<meta name="viewport" content="width=device-width, initial-scale=1">' +
      `<title>${title}</title><style>${style}</style></head>\n<body>\n<h1>${title}</h1>\n` +
      `${statement(run, results)}\n${resultsTable(results)}\n` +
      `${figures.map(section).join('\n')}\n${locality}\n${local}\n${settings}\n</body></html>\n`,
  );
}

function section({ title, svg, caption, name }: Figure): string {
  return (
    `<section id="${escapeText(name)}"><h2>${escapeText(title)}</h2><figure>${svg}` +
    `<figcaption>${escapeText(caption)}</figcaption></figure></section>`
  );
}
