export type { Counts, Events, LedgerRow } from './ledger/counts.ts';
export { perSynapse, QUANTITIES, type Fit, type Quantity } from './ledger/fits.ts';
export { LEDGER_TIMESTEPS, LEDGER_UNITS, ledger, type Ledger, type LedgerOptions } from './ledger/ledger.ts';
export type { LedgerLearner } from './ledger/learners.ts';
export { neuroBench, type NeuroBenchMetrics } from './ledger/neurobench.ts';
export { neuromorphicCosts, type NeuromorphicCosts, type NeuromorphicOptions } from './ledger/neuromorphic.ts';
export type { Certificate, Need, ReadScope, SynapseCertificate } from './certificate/certificate.ts';
export {
  LOCALITY_CLASSES,
  crossesLine,
  isLessLocal,
  type LocalityClass,
  type LocalityFamily,
} from './certificate/classes.ts';
export { certifyLearner, type AuditedLearner } from './certificate/learner.ts';
export { lavaGroup, lavaRule, type LavaRule } from './certificate/lava.ts';
export type { LoihiForm, LoihiTrace } from './certificate/loihi.ts';
export { referenceCircuit } from './certificate/reference-circuit.ts';
export { certifyDefinition, certifyRefusal, certifyRule } from './certificate/rule.ts';
export type { Counterexample } from './noninterference/counterexample.ts';
export {
  noninterference,
  type Noninterference,
  type NoninterferenceOptions,
} from './noninterference/noninterference.ts';
export { findInterference } from './noninterference/find.ts';
export { expectLocal, type ExpectLocalOptions, type Local } from './noninterference/expect-local.ts';
