import type { Ledger } from '../locality/index.ts';
import { ledgerFiles, writeTogether } from '../recording/index.ts';
import { renderLedger } from './render-ledger.ts';

/**
 * Writes a ledger into a directory, which is created if needed: `report.html`, `ledger.svg`, `ledger.json` and `ledger.csv`, all or none.
 *
 * @returns Their paths, the report first.
 * @throws InputError if they cannot be written there, RunError if the disk is full or fails.
 */
export function writeLedger(ledger: Ledger, directory: string): string[] {
  const { html, figures } = renderLedger(ledger);
  return writeTogether(directory, [
    { name: 'report.html', parts: [html] },
    ...Object.entries(figures).map(([name, svg]) => ({ name: `${name}.svg`, parts: [svg] })),
    ...ledgerFiles(ledger),
  ]);
}
