import { onlyFields } from '../errors/index.ts';
import { build } from './build.ts';
import { feedbackOf } from './carriage.ts';
import { catalogueOf, type HeldThing } from './catalogue.ts';
import type { Circuit } from './circuit.ts';
import type { LearningOptions } from './engine.ts';
import { synapseVariables, takeUpOf } from './take-up.ts';
import { timestepOf } from './timestep/timestep-of.ts';

/** How the circuit learns. */
export interface HoldsOptions extends Partial<Pick<LearningOptions, 'feedback' | 'batch'>> {
  /** Draws the connections. Default 1. */
  readonly seed?: number;
  /** True: trials carry on, and neurons' numbers are kept. Default false. */
  readonly carry?: boolean;
}

/**
 * All that a circuit holds while it learns by its own rules: the owner, who has it, how many numbers, how far back they are read, and whether
 * they are kept from trial to trial. Both engines hold this; `reader`, probes, checkpoints, noninterference and the ledger are derived from it.
 *
 * @throws InputError if the circuit, an option or the seed is wrong.
 *
 * @example
 * console.table(holds(circuit({ ... })));
 */
export function holds(circuit: Circuit, options: HoldsOptions = {}): readonly HeldThing[] {
  onlyFields('holds', options, ['feedback', 'batch', 'seed', 'carry']);
  const { feedback = 'random', batch = 1, seed = 1, carry = false } = options;
  const built = build(circuit, seed, { carry });
  const heard = feedbackOf(built, feedback);
  const timestep = timestepOf(built, { feedback: heard, signalled: () => true });
  const things = catalogueOf(built, timestep, {
    feedback: heard,
    variables: (group) => group.rule && synapseVariables(group, takeUpOf(group, { batch, byRules: true })),
  });
  return things
    .filter(({ isConstant = false }) => !isConstant)
    .map(({ owner, name, scope, shape, back, kept }) => ({
      ...{ owner, name, scope, shape, back },
      ...(kept && { kept }),
    }));
}
