import { notFinite, type Arithmetic, type RowNumbers, type RunRows } from '../arithmetic/index.ts';
import type { SynapsePart } from './parts.ts';
import { partsOfPass, type PassPart, type SynapsePass } from './synapse-pass.ts';

/** What a pass ends with: what it makes goes into the gradient, or into the weights at once. */
export const adding = ({ made, gradient }: RowNumbers): RowNumbers => ({ made: made + gradient });
export const taking = ({ w, step, gradient }: RowNumbers): RowNumbers => ({ w: w + step * (0 + gradient) });

/** w += step times what the pass makes; returns a weight that is not finite any more, else -1. */
type TakeUp = (step: number) => number;

/** The passes of a learner over its plastic synapses. */
export class SynapsePasses {
  /** What takes up changes in the pass itself, by the weights. */
  private readonly takers = new Map<Float64Array, TakeUp>();
  /** Those that add what they make, and whether their changes may be taken up in the pass. */
  private readonly parts: readonly { readonly add: RunRows; readonly takes: boolean }[];

  /**
   * @param made What a timestep adds to the gradient, [synapses].
   * @param weightsOf The weights of a group, if its changes may be taken up in the pass that makes them.
   */
  constructor(
    passes: readonly SynapsePass[],
    groups: readonly SynapsePart[],
    made: Float64Array,
    weightsOf: (part: SynapsePart) => Float64Array | undefined,
    private readonly arithmetic: Arithmetic,
  ) {
    const all = passes.flatMap((pass) => partsOfPass(pass, arithmetic));
    this.parts = all.map((part) => {
      const group = groups.find(({ first, group: { pre } }) => first === part.first && pre.length === part.length);
      const isAlone = !all.some((other) => other !== part && overlaps(part, other));
      const w = group && part.isMatrix && isAlone ? weightsOf(group) : undefined;
      if (w) this.takers.set(w, this.takerOf(part, w));
      const adder = () =>
        part.runner([adding], { matrix: { made: made.subarray(part.first, part.first + part.length) } });
      return { add: w ? late(adder) : adder(), takes: w !== undefined };
    });
  }

  /** Runs the passes, so that what they make is in the gradient. `all`: those, too, that may take up their changes themselves. */
  add(all: boolean): void {
    for (const { add, takes } of this.parts) if (all || !takes) add();
  }

  /** What runs the pass that takes up the changes of these weights. */
  taker(weights: Float64Array): TakeUp | undefined {
    return this.takers.get(weights);
  }

  private takerOf(part: PassPart, w: Float64Array): TakeUp {
    const step = this.arithmetic.array(1);
    const run = part.runner([taking], { matrix: { w }, one: { step }, checked: 'w' });
    return (by) => {
      step[0] = by;
      return run() === 0 ? -1 : notFinite(w);
    };
  }
}

function overlaps(one: PassPart, other: PassPart): boolean {
  return one.first < other.first + other.length && other.first < one.first + one.length;
}

/** Makes it when it first runs. */
function late(make: () => RunRows): RunRows {
  let run: RunRows | undefined;
  return () => (run ??= make())();
}
