import type { Ledger } from '../locality/index.ts';
import { ledgerFigure } from './figures/ledger.ts';
import { ledgerPage } from './page/ledger.ts';
import type { Report } from './render.ts';

/** Draws the report of a ledger. The same ledger gives the same bytes. */
export function renderLedger(ledger: Ledger): Report {
  const figure = ledgerFigure(ledger);
  return { html: ledgerPage(ledger, figure), figures: { [figure.name]: figure.svg } };
}
