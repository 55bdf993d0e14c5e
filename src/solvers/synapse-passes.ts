import { notFinite, type Arithmetic, type RowNumbers, type RunRows } from '../arithmetic/index.ts';
import type { SynapsePart } from './parts.ts';
import { partsOfPass, type PassPart, type SynapsePass } from './synapse-pass.ts';

/** The end of a pass: what it computes is added to the gradient, or directly to the weights. */
export const adding = ({ made, gradient }: RowNumbers): RowNumbers => ({ made: made + gradient });
export const taking = ({ w, step, gradient }: RowNumbers): RowNumbers => ({ w: w + step * (0 + gradient) });

/** w += step times what the pass computes; returns the index of a weight that is no longer finite, else -1. */
type TakeUp = (step: number) => number;

/** The passes of a learner over its plastic synapses. */
export class SynapsePasses {
  /** Functions that apply changes in the pass itself, by the weights. */
  private readonly takers = new Map<Float64Array, TakeUp>();
  /** The passes that add to the gradient, and whether their changes may be applied in the pass. */
  private readonly parts: readonly { readonly add: RunRows; readonly takes: boolean }[];

  /**
   * @param made What a timestep adds to the gradient, [synapses].
   * @param weightsOf The weights of a group, if its changes may be applied in the pass that computes them.
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

  /** Runs the passes and adds their results to the gradient. `all`: also those that may apply their changes themselves. */
  add(all: boolean): void {
    for (const { add, takes } of this.parts) if (all || !takes) add();
  }

  /** The function that runs the pass and applies the changes of these weights. */
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
