import type { BuiltCircuit, Engine } from '../../circuit/index.ts';
import { delta, rflo } from '../../rules/index.ts';
import { smallCircuit, smallTrial } from './circuits.ts';
import type { Counterexample } from './counterexample.ts';
import { noninterference } from './noninterference.ts';

/**
 * Looks for the smallest circuit in which a learner is not local: an update changes when something is changed that its synapse is not
 * entitled to. The circuits begin with one recurrent unit and grow; they learn by RFLO and the delta rule.
 *
 * @example
 * findInterference((circuit) => new Rtrl(circuit, { schedule: 'trial', feedback: 'random' }))?.message
 * // synapse 0→0 of `recurrent` changed when the weight of 0→1 was changed
 */
export function findInterference(
  open: (circuit: BuiltCircuit) => Engine,
  { circuits = 10, seed = 1 }: { readonly circuits?: number; readonly seed?: number } = {},
): Counterexample | undefined {
  const rules = { hidden: rflo(), readout: delta() };
  for (let n = 0; n < circuits; n++) {
    const circuit = smallCircuit(n, seed, rules);
    const { counterexample } = noninterference(open(circuit), smallTrial(circuit, timestepsOf(n), seed + n), { seed });
    if (counterexample) return counterexample;
  }
  return undefined;
}

/** The length of the trial of circuit number n: dependencies on the past take a few timesteps to show. */
export function timestepsOf(n: number): number {
  return 2 + Math.min(n, 3);
}
