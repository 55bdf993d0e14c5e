import type { Arithmetic } from '../arithmetic/index.ts';
import { found, type BuiltGroup } from '../circuit/index.ts';
import type { SynapsePart } from './parts.ts';

/** Weights that are changed for a while and then restored bit for bit. */
export class MovedWeights {
  private unmoved: readonly Float64Array[] | undefined;
  private isMoved = false;

  constructor(
    private readonly groups: readonly SynapsePart[],
    private readonly weights: ReadonlyMap<BuiltGroup, Float64Array>,
    private readonly arithmetic: Arithmetic,
  ) {}

  /** w += by, [synapses]. */
  move(by: Float64Array): void {
    const unmoved = (this.unmoved ??= this.groups.map(({ group }) => new Float64Array(group.pre.length)));
    this.groups.forEach(({ group, first }, g) => {
      const w = found(this.weights, group);
      if (!this.isMoved) unmoved[g].set(w);
      this.arithmetic.addScaled(w, 0, 1, by.subarray(first, first + w.length));
    });
    this.isMoved = true;
  }

  back(): void {
    if (!this.isMoved) return;
    this.unmoved?.forEach((was, g) => {
      found(this.weights, this.groups[g].group).set(was);
    });
    this.isMoved = false;
  }
}
