/** Bytes before the losses: how many trials are done. Eight, for float64 begins at multiples of eight. */
const HEAD = 8;
const BYTES_A_TRIAL = 16;

/**
 * The course of a realization in memory that threads share: what others see of it while it goes on, and what is left of it where its
 * thread ends in the midst of it.
 */
export class SharedCourse {
  /** Memory for at most so many trials. */
  static memory(trials: number): SharedArrayBuffer {
    return new SharedArrayBuffer(HEAD + BYTES_A_TRIAL * trials);
  }

  private readonly done: Int32Array;
  private readonly values: Float64Array;

  constructor(memory: SharedArrayBuffer) {
    this.done = new Int32Array(memory, 0, 1);
    this.values = new Float64Array(memory, HEAD);
  }

  /** Trials done. */
  get trials(): number {
    return Atomics.load(this.done, 0);
  }

  /** The next trial is done. Its numbers are there before it counts. */
  add(loss: number, alignment: number): void {
    const { trials } = this;
    this.values[2 * trials] = loss;
    this.values[2 * trials + 1] = alignment;
    Atomics.store(this.done, 0, trials + 1);
  }

  get losses(): Float64Array {
    return Float64Array.from({ length: this.trials }, (_, trial) => this.values[2 * trial]);
  }

  get alignment(): Float64Array {
    return Float64Array.from({ length: this.trials }, (_, trial) => this.values[2 * trial + 1]);
  }
}
