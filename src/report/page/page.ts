import type { RunData } from '../../recording/index.ts';
import type { Figure } from '../drawing/figure.ts';
import { figureSection, htmlDocument } from './document.ts';
import { localPartsSection } from './local-parts.ts';
import { localitySection } from './locality.ts';
import { resultsTable } from './results-table.ts';
import { resultsOf } from './results.ts';
import { settingsTables } from './settings.ts';
import { statement } from './statement.ts';

/** A run alone does not compare learners. */
const oneRealization =
  'One seed, one learning rate; <code>rxflo sweep</code> compares learners over several seeds, each at its best rate.';

/** The report of a run as one HTML document. */
export function page(run: RunData, figures: readonly Figure[]): string {
  const results = resultsOf(run);
  const { summary } = run;
  const locality = summary === null ? '' : localitySection(summary);
  const local = summary === null ? '' : localPartsSection(summary);
  const settings = summary === null ? '' : `<h2>Settings</h2>${settingsTables(summary, results)}`;
  return htmlDocument(
    run.header.title,
    `${statement(run, results)}\n${resultsTable(results, run.header.loss)}\n<p>${oneRealization}</p>\n` +
      `${figures.map(figureSection).join('\n')}\n${locality}\n${local}\n${settings}`,
  );
}
