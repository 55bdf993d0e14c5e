import { once } from '../../local/index.ts';
import type { BuiltCircuit, BuiltFeedback, BuiltPopulation } from '../built.ts';
import type { Heard } from './draft.ts';
import { Timestep } from './timestep.ts';

/** A timestep that was written down, and for whom. */
interface Written {
  readonly feedback: readonly BuiltFeedback[];
  readonly signalled: readonly BuiltPopulation[];
  readonly derivatives: boolean;
  readonly timestep: Timestep;
}

const writtenFor = once((_circuit: BuiltCircuit): Written[] => []);

/**
 * The timestep of a circuit. It never changes, so it is written down once for all that hear errors in the same way. Only where numbers may change
 * from trial to trial everyone has a timestep of their own, for it holds what these are now.
 */
export function timestepOf(circuit: BuiltCircuit, heard: Heard): Timestep {
  const { feedback, derivatives = false } = heard;
  const signalled = circuit.order.filter(heard.signalled);
  const written = writtenFor(circuit);
  const known = written.find(
    (one) => one.derivatives === derivatives && areSame(one.feedback, feedback) && areSame(one.signalled, signalled),
  );
  if (known) return known.timestep;
  const timestep = new Timestep(circuit, heard);
  if (timestep.tuned.size === 0) written.push({ feedback, signalled, derivatives, timestep });
  return timestep;
}

function areSame<T>(some: readonly T[], others: readonly T[]): boolean {
  return some.length === others.length && some.every((one, k) => one === others[k]);
}
