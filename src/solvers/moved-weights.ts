import { found, type BuiltGroup } from '../circuit/index.ts';
import type { SynapsePart } from './parts.ts';

/** Weights that are others for a while, and then what they were, to the bit. */
export class MovedWeights {
  private unmoved: readonly Float64Array[] | undefined;

  constructor(
    private readonly groups: readonly SynapsePart[],
    private readonly weights: ReadonlyMap<BuiltGroup, Float64Array>,
  ) {}

  /** Each is larger by so much, [synapses]. */
  move(by: Float64Array): void {
    this.unmoved ??= this.groups.map(({ group }) => found(this.weights, group).slice());
    for (const { group, first } of this.groups) {
      const w = found(this.weights, group);
      for (let k = 0; k < w.length; k++) w[k] += by[first + k];
    }
  }

  back(): void {
    this.unmoved?.forEach((was, g) => {
      found(this.weights, this.groups[g].group).set(was);
    });
    this.unmoved = undefined;
  }
}
