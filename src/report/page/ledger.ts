import { perSynapse, QUANTITIES, type Fit, type Ledger, type LedgerRow, type Quantity } from '../../locality/index.ts';
import type { Figure } from '../drawing/figure.ts';
import { grouped, linearLabel, significant } from '../drawing/numbers.ts';
import { escapeText, legalText } from '../drawing/text.ts';
import { style } from './style.ts';
import { table } from './table.ts';

/** What a quantity is called in tables. */
export const QUANTITY_NAMES: Readonly<Record<Quantity, string>> = {
  events: 'Events per update',
  reads: 'Values read per update',
  operations: 'Operations per update',
  bytes: 'Bytes kept per synapse',
};

/** The ledger as a self-contained HTML document. */
export function ledgerPage(ledger: Ledger, { title, svg, caption }: Figure): string {
  const heading = 'The ledger: what learning costs, counted';
  const uncounted = ledger.rows.some(({ reads }) => reads === null)
    ? `<p>A dash for values read or operations: these were not counted, because there are more than ${grouped(ledger.most)} reads and writes; bytes are always counted.</p>`
    : '';
  return legalText(
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">' +
      '<meta name="viewport" content="width=device-width, initial-scale=1">' +
      `<title>${heading}</title><style>${style}</style></head>\n<body>\n<h1>${heading}</h1>\n` +
      `<p>Every number was counted while the engines ran one trial, with seed ${ledger.seed}. Only the cost that learning adds is counted. ` +
      'The cost of running the circuit without learning is left out, except for events: these are all messages that reach an actor. ' +
      'Solvers send no events: they read what they need directly.</p>\n' +
      `<section id="ledger"><h2>${escapeText(title)}</h2><figure>${svg}<figcaption>${escapeText(caption)}</figcaption></figure></section>\n` +
      `<h2>Fitted exponents</h2>${fitsTable(ledger.fits)}\n<h2>Counts</h2>${countsTable(ledger.rows)}${uncounted}\n</body></html>\n`,
  );
}

function fitsTable(fits: readonly Fit[]): string {
  return table<Fit>(
    'Power laws fitted by least squares to the logarithms. The residual is the root mean square error of the fit in log10 of the count; ' +
      'the tail is the exponent between the two largest sizes.',
    [
      { head: 'Learner', cell: ({ learner }) => learner },
      { head: 'Quantity', cell: ({ quantity }) => QUANTITY_NAMES[quantity] },
      { head: 'Over', cell: ({ by }) => (by === 'units' ? 'N' : 'T') },
      { head: 'Exponent', cell: ({ exponent }) => fixed(exponent), number: true },
      { head: 'Tail', cell: ({ tail }) => fixed(tail), number: true },
      { head: 'Residual', cell: ({ residual }) => fixed(residual), number: true },
      { head: 'Sizes', cell: ({ sizes }) => sizes.join(', ') },
    ],
    fits,
  );
}

function countsTable(rows: readonly LedgerRow[]): string {
  return table<LedgerRow>(
    'The counts, per update of one synapse or, for bytes, per synapse.',
    [
      { head: 'Learner', cell: ({ learner }) => learner },
      { head: 'N', cell: ({ units }) => grouped(units), number: true },
      { head: 'T', cell: ({ timesteps }) => grouped(timesteps), number: true },
      { head: 'Synapses', cell: ({ synapses }) => grouped(synapses), number: true },
      ...QUANTITIES.map((quantity) => ({
        head: QUANTITY_NAMES[quantity],
        cell: (row: LedgerRow) => {
          const value = perSynapse(row, quantity);
          return value === null ? '–' : significant(value);
        },
        number: true,
      })),
    ],
    rows,
  );
}

function fixed(value: number): string {
  return linearLabel(Number(value.toFixed(3)) + 0);
}
