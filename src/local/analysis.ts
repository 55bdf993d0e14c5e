import type { Formula, Letters } from './formula/formula.ts';
import { sumOf, type Operations } from './graph/cost.ts';
import type { Read } from './graph/graph.ts';
import type { Surrogates } from './graph/surrogates.ts';
import type { LocalFunction } from './local-function.ts';

/** The cost of a rule at each synapse, or of a neuron model at each neuron, in every timestep. */
export interface Cost {
  /** How often each operation is done. An expression that is written twice in one function counts once; both sides of a choice count. */
  readonly operations: Operations;
  /** All operations together. */
  readonly total: number;
  /** Bytes kept from timestep to timestep, in float64: a synapse's weight and state, a neuron's rate. */
  readonly bytes: number;
}

/** What is known of a rule or a neuron model from the text of its functions. */
export class Analysis {
  static {
    Object.freeze(this.prototype); // as that of LocalFunction
  }

  // Private, so that printing a rule or a circuit does not print these.
  readonly #functions: readonly LocalFunction[];
  readonly #kept: number;
  readonly #letters: Letters;
  #reads: readonly Pick<Read, 'path' | 'scope'>[] | undefined;

  constructor(
    functions: readonly LocalFunction[],
    /** How many numbers are kept from timestep to timestep. */
    kept: number,
    letters: Letters,
  ) {
    this.#functions = Object.freeze([...functions]);
    this.#kept = kept;
    this.#letters = letters;
    Object.freeze(this);
  }

  get functions(): readonly LocalFunction[] {
    return this.#functions;
  }

  /** One of the functions, by its name. */
  function(name: string): LocalFunction | undefined {
    return this.#functions.find((local) => local.name === name);
  }

  /** The same with the function of this name replaced. */
  with(replaced: LocalFunction): Analysis {
    const functions = this.#functions.map((local) => (local.name === replaced.name ? replaced : local));
    return new Analysis(functions, this.#kept, this.#letters);
  }

  /** Every number of the view that any of the functions reads, each once. */
  get reads(): readonly Pick<Read, 'path' | 'scope'>[] {
    if (!this.#reads) {
      const all = this.#functions.flatMap(({ reads }) => reads);
      const each = new Map(all.map(({ path, scope }) => [path, Object.freeze({ path, scope })]));
      this.#reads = Object.freeze([...each.values()]);
    }
    return this.#reads;
  }

  /** The spikes and detached values that the functions' derivatives run through or stop at, counted. */
  get surrogates(): Surrogates {
    const counts = this.#functions.map(({ surrogates }) => surrogates);
    return {
      spikes: counts.reduce((sum, { spikes }) => sum + spikes, 0),
      detached: counts.reduce((sum, { detached }) => sum + detached, 0),
    };
  }

  /** An equation for each function, with the letters of Murray (2019) where it has one. */
  get formulas(): readonly Formula[] {
    return this.#functions.flatMap((local) => local.formulas(this.#letters));
  }

  /** What is computed `after` a change is not part of every timestep, and is not counted. */
  get cost(): Cost {
    const each = this.#functions.filter(({ name }) => name !== 'after');
    const operations = sumOf(each.map((local) => local.operations));
    const total = Object.values(operations).reduce((sum, count) => sum + count, 0);
    return { operations, total, bytes: 8 * this.#kept };
  }
}
