export type { Counts, Events, LedgerRow } from './ledger/counts.ts';
export { perSynapse, QUANTITIES, type Fit, type Quantity } from './ledger/fits.ts';
export { LEDGER_TIMESTEPS, LEDGER_UNITS, ledger, type Ledger, type LedgerOptions } from './ledger/ledger.ts';
export { neuromorphicCosts, type NeuromorphicCosts, type NeuromorphicOptions } from './ledger/neuromorphic.ts';
