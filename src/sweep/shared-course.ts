/** Bytes before the losses: they hold the number of trials done. Eight, since float64 is aligned to eight bytes. */
const HEAD = 8;
const BYTES_A_TRIAL = 16;

/**
 * The course of a realization in memory shared by threads: what others see of it while it runs, and what is left of it if its thread ends
 * before it does.
 */
export class SharedCourse {
  /** Memory for at most this many trials. */
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

  /** Adds a trial that is done. Its numbers are written before it counts. */
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
