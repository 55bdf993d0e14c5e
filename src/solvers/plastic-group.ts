import type { BuiltGroup, TakeUp, TakeUpLoop } from '../circuit/index.ts';

/** A synapse group that a solver changes, with its gradient: -T dL/dw, [synapses]. */
export interface PlasticGroup {
  readonly group: BuiltGroup;
  /** Its learning rate, as it is now. */
  rate: number;
  readonly weights: Float64Array;
  readonly gradient: Float64Array;
  /** How the weights take up changes, and what the synapses keep for it; absent: the weights grow by them. */
  readonly takeUp?: TakeUp & { readonly run: TakeUpLoop; readonly kept: Readonly<Record<string, Float64Array>> };
}
