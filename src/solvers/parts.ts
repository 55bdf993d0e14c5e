import type { BuiltGroup } from '../circuit/index.ts';

/** Some numbers of the state: a row of `ago` timesteps before, from `first` on. */
export interface StatePart {
  readonly population: string;
  readonly row: string;
  readonly ago: number;
  readonly first: number;
  readonly size: number;
  /** The derivative of each number by itself a timestep before, where that never changes: of a leaky unit 1 - 1/tau. */
  readonly retention?: number;
}

/** What a learner adds up over plastic synapses: those of a group are together, from `first` on, in the group's order. */
export interface SynapsePart {
  readonly group: BuiltGroup;
  readonly first: number;
}
