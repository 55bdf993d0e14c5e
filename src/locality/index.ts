export type { Counterexample } from './noninterference/counterexample.ts';
export {
  noninterference,
  type Noninterference,
  type NoninterferenceOptions,
} from './noninterference/noninterference.ts';
export { findInterference } from './noninterference/find.ts';
export { expectLocal, type ExpectLocalOptions, type Local } from './noninterference/expect-local.ts';
