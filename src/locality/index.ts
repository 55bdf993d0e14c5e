export type { Counts, Events, LedgerRow } from './ledger/counts.ts';
export { perSynapse, QUANTITIES, type Fit, type Quantity } from './ledger/fits.ts';
export { LEDGER_TIMESTEPS, LEDGER_UNITS, ledger, type Ledger, type LedgerOptions } from './ledger/ledger.ts';
export { neuromorphicCosts, type NeuromorphicCosts, type NeuromorphicOptions } from './ledger/neuromorphic.ts';
export type { Counterexample } from './noninterference/counterexample.ts';
export {
  noninterference,
  type Noninterference,
  type NoninterferenceOptions,
} from './noninterference/noninterference.ts';
export { findInterference } from './noninterference/find.ts';
export { expectLocal, type ExpectLocalOptions, type Local } from './noninterference/expect-local.ts';
