import type { Ledger, LedgerRow } from '../locality/index.ts';
import { csvTable, type CsvCell } from './csv.ts';
import type { FileParts } from './files.ts';

const HEAD = [
  ...['learner', 'units', 'timesteps', 'synapses', 'updates'],
  ...['axon_events', 'gate_events', 'publication_events', 'scalar_events', 'error_events', 'transported_weights'],
  ...['reads', 'writes', 'operations', 'bytes'],
];

/** The files of a ledger: `ledger.json`, all of it, and `ledger.csv`, the counts. */
export function ledgerFiles(ledger: Ledger): FileParts[] {
  return [
    { name: 'ledger.json', parts: [`${JSON.stringify(ledger, null, 2)}\n`] },
    { name: 'ledger.csv', parts: csvTable(HEAD, ledger.rows.map(cells)) },
  ];
}

/** The counts of a whole trial; NaN for those that were not counted. */
function cells({ events, ...row }: LedgerRow): CsvCell[] {
  const sent = [
    ...[events?.axons, events?.gates, events?.publications],
    ...[events?.scalars, events?.errors, events?.transported],
  ];
  return [
    ...[row.learner, row.units, row.timesteps, row.synapses, row.updates],
    ...[...sent, row.reads, row.writes, row.operations, row.bytes].map((count) => count ?? NaN),
  ];
}
