import { messenger, type BuiltFeedback, type Messenger } from '../circuit/index.ts';
import { chanceKey } from '../random/index.ts';

/** One feedback as a reference hears it: credit is B times the error as it arrives. */
export class ReceivedFeedback {
  private readonly arriving: Float64Array;
  private readonly message: Messenger | undefined;

  constructor(
    readonly entry: BuiltFeedback,
    /** B as it is now, [to.size][from.size], row-major. */
    private readonly weights: Float64Array,
    /** Where in the error vector the output population begins. */
    private readonly offset: number,
  ) {
    this.arriving = new Float64Array(entry.from.size);
    this.message = entry.broadcast && messenger(entry.broadcast);
  }

  /** Adds the credit of timestep t; `error` is [T+1][outputs], `outputs` how many there are in all. */
  addCredit(credit: Float64Array, error: Float64Array, outputs: number, t: number, trial: number): void {
    const { arriving, weights, message, offset } = this;
    const { delay = 0, chance = 0 } = this.entry.broadcast ?? {};
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
