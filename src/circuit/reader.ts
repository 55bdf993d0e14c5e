/** Reads the current values of something published. */
export interface Reader {
  /** How many numbers one reading has. */
  readonly length: number;
  /** Writes the reading into `into`, from `offset` on. */
  read(into: Float64Array, offset: number): void;
}
