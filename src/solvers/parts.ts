import type { BuiltGroup } from '../circuit/index.ts';

/** Some numbers of the state: a row of `ago` timesteps before, from `first` on. */
export interface StatePart {
  readonly population: string;
  readonly row: string;
  readonly ago: number;
  readonly first: number;
  readonly size: number;
  /** The derivative of each number with respect to its value a timestep before, if that never changes: for a leaky unit 1 - 1/tau. */
  readonly retention?: number;
}

/** A group's part of an array over all plastic synapses: its synapses are contiguous from `first` on, in the group's order. */
export interface SynapsePart {
  readonly group: BuiltGroup;
  readonly first: number;
}
