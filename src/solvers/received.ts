import { carrier, messenger, type BuiltFeedback, type Messenger, type WeightsOf } from '../circuit/index.ts';
import { chanceKey } from '../random/index.ts';
import type { Memory } from './memory.ts';

/** One feedback as a reference hears it: credit is B times the error as it arrives. */
export class ReceivedFeedback {
  /** With weights B of its own, as they are now. */
  readonly feedback: BuiltFeedback;
  private readonly arriving: Float64Array;
  private readonly message: Messenger | undefined;
  /** Brings B after the readouts that it follows. */
  private readonly carry: ((b: Float64Array) => void) | undefined;

  constructor(
    entry: BuiltFeedback,
    /** Where in the error vector the output population begins. */
    private readonly offset: number,
    memory: Memory,
    weightsOf: WeightsOf,
  ) {
    const { from, weights, broadcast, carriage } = entry;
    const own = memory(weights.length, 'weights');
    own.set(weights);
    this.feedback = { ...entry, weights: own };
    this.arriving = memory(from.size, 'learning');
    this.message = broadcast && messenger(broadcast);
    this.carry = carriage && carrier(carriage, from.size, weightsOf);
  }

  /** Adds the credit of timestep t; `error` is [T+1][outputs], `outputs` how many there are in all. */
  addCredit(credit: Float64Array, error: Float64Array, outputs: number, t: number, trial: number): void {
    const { arriving, message, offset } = this;
    const { weights, broadcast } = this.feedback;
    this.carry?.(weights);
    const { delay = 0, chance = 0 } = broadcast ?? {};
    const sent = t - delay;
    const key = message ? chanceKey(chance, trial, sent) : 0;
    for (let k = 0; k < arriving.length; k++) {
      const e = sent > 0 ? error[sent * outputs + offset + k] : 0;
      arriving[k] = message && sent > 0 ? message(k, e, sent, key) : e;
    }
    let at = 0;
    for (let i = 0; i < credit.length; i++) {
      for (const e of arriving) credit[i] += weights[at++] * e;
    }
  }
}
