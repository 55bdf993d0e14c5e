import type { LocalFunction } from '../local/index.ts';

/** A sum over the outputs of a population, as a graph of what each adds. */
export interface OutputSum {
  readonly name: string;
  readonly adds: LocalFunction;
}

/** A loss, read. It never changes; only `loss` makes one. */
export interface Loss {
  readonly name: string;
  /** What all outputs see; each may use those before it. */
  readonly sums: readonly OutputSum[];
  /** What one output adds to the loss. Reads `y`, `top`, `target` and the sums. */
  readonly loss: LocalFunction;
  /** Its error, -d loss/dy. */
  readonly error: LocalFunction;
}
