import type { BuiltCircuit, BuiltGroup } from './built.ts';
import {
  carryingGroups,
  descends,
  heardBy,
  isCredited,
  learningRate,
  refuseAlso,
  refuseRelearned,
  refuseSending,
} from './credit.ts';
import type { LearningOptions } from './engine.ts';
import { takeUpOf, type TakeUp } from './take-up.ts';
import type { Heard } from './timestep/draft.ts';

/** A synapse group that a reference changes. */
export interface DescendingGroup {
  readonly group: BuiltGroup;
  /** Its learning rate at first. */
  readonly rate: number;
  /** How changes are applied to its weights; undefined: they are added. */
  readonly takeUp: TakeUp | undefined;
}

/** How a reference learns a circuit, however it computes the gradient. */
export interface Descent {
  /** How it uses the circuit's errors. */
  readonly heard: Heard;
  /** The groups that credit runs through. */
  readonly carrying: readonly BuiltGroup[];
  readonly plastic: readonly DescendingGroup[];
}

/**
 * @param solver What the reference is called in errors.
 * @param feedback The feedback that credit comes through.
 *
 * @throws InputError if no gradient runs through the circuit, or a rule has no learning rate.
 */
export function descentOf(
  circuit: BuiltCircuit,
  solver: string,
  { feedback: kind, batch = 1 }: Pick<LearningOptions, 'feedback' | 'batch'>,
  feedback = heardBy(circuit, kind),
): Descent {
  refuseRelearned(feedback, solver);
  refuseSending(circuit, solver);
  refuseAlso(circuit.groups, solver);
  return {
    heard: { feedback, signalled: (population) => isCredited(circuit, kind, population), derivatives: true },
    carrying: carryingGroups(circuit, kind),
    plastic: circuit.groups
      .filter((group) => descends(group, solver))
      .map((group) => {
        return { group, rate: learningRate(group, solver), takeUp: takeUpOf(group, { batch, byRules: false }) };
      }),
  };
}
