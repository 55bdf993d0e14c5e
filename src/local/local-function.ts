import { derivative } from './derivative/derivative.ts';
import { formula, pseudoDerivative, type Formula, type Letters } from './formula/formula.ts';
import type { Names } from './formula/write.ts';
import { numberFunction, recordFunction, valuesOf, type Result, type Results } from './graph/code.ts';
import { operationsOf, type Operations } from './graph/cost.ts';
import { nodesOf, type Graph, type Read, type Value } from './graph/graph.ts';
import { surrogatesOf, type Surrogates } from './graph/surrogates.ts';
import type { View } from './graph/view.ts';
import { frozen } from './made.ts';

/** A local function as it was read from its text: the checked expression graph, and what follows from that alone. */
export class LocalFunction {
  static {
    // It can be reached from any rule, and a change here would change the functions of all rules.
    Object.freeze(this.prototype);
  }

  // Private, so that printing what holds a local function does not print its graph.
  readonly #graph: Graph;
  readonly #results: Results;
  readonly #written: Results;
  readonly #isDerivative: boolean;
  #reads: readonly Read[] | undefined;
  #number: ((view: View) => number) | undefined;
  #record: ((view: View) => Readonly<Record<string, number>>) | undefined;
  /** By what was requested, because every circuit, and every group in it, requests them again. */
  readonly #derivatives = new Map<string, LocalFunction>();

  constructor(
    readonly name: string,
    graph: Graph,
    results: Results,
    /** How formulas show it, if it is computed in another form so that nothing overflows. */
    written = results,
    /** True: it is the derivative of another, and no derivative is taken of it. */
    isDerivative = false,
  ) {
    this.#isDerivative = isDerivative;
    this.#graph = graph;
    this.#results = fixed(results);
    this.#written = fixed(written);
    Object.freeze(this);
  }

  /** Its result: one number's graph, or one for each named number. */
  get results(): Results {
    return this.#results;
  }

  /** The graphs of the named numbers that it gives. */
  get namedResults(): readonly Result[] {
    if ('kind' in this.#results) throw new Error(`${this.name} gives a number without a name`);
    return this.#results;
  }

  /** The graph of the one number that it gives. */
  get value(): Value {
    const [value, ...others] = valuesOf(this.#results);
    if (others.length > 0) throw new Error(`${this.name} gives more than one number`);
    return value;
  }

  /** The graph of one of the named numbers that it gives. */
  named(name: string): Value {
    const found = this.namedResults.find((result) => result.name === name);
    if (!found) throw new Error(`${this.name} gives no ${name}`);
    return found.value;
  }

  /** Every number of the view that its value depends on, each once, in the order of the text, without those that only the psi of a spike reads. */
  get reads(): readonly Read[] {
    this.#reads ??= Object.freeze(nodesOf(valuesOf(this.#results)).filter((node) => node.kind === 'read'));
    return this.#reads;
  }

  /** The spikes and detached values that its derivatives run through or stop at, counted. A derivative has none itself. */
  get surrogates(): Surrogates {
    const { spikes, detached } = this.#surrogates(this.#results);
    return { spikes: spikes.length, detached: detached.length };
  }

  /** The operations of one call. */
  get operations(): Operations {
    return operationsOf(valuesOf(this.#results));
  }

  /** An equation for each number that it gives, then one for the pseudo-derivative of each spike that its derivatives run through. */
  formulas(letters: Letters): readonly Formula[] {
    const written = 'kind' in this.#written ? [{ name: undefined, value: this.#written }] : this.#written;
    const { spikes } = this.#surrogates(this.#written);
    const names: Names = { letterOf: (read) => letters.read(this.name, read), spikes };
    return [
      ...written.map(({ name, value }) => formula(letters.result(this.name, name), value, names)),
      ...spikes.map((spike) => pseudoDerivative(spike, names)),
    ];
  }

  /** The graph compiled, the same function every time. It gives the same bits as the function itself. */
  compile(): (view: View) => number | Readonly<Record<string, number>> {
    return 'kind' in this.#results ? this.compileNumber() : this.compileRecord();
  }

  /** The graph of the one number that it gives, compiled. */
  compileNumber(): (view: View) => number {
    return (this.#number ??= numberFunction(this.name, this.value));
  }

  /** The graph of the named numbers that it gives, compiled. */
  compileRecord(): (view: View) => Readonly<Record<string, number>> {
    return (this.#record ??= recordFunction(this.name, this.namedResults));
  }

  /** The derivative of the one number that it gives, or of the one named `of`, with respect to one that it reads; the same object every time. */
  derivative(name: string, by: string, of?: string): LocalFunction {
    const key = JSON.stringify([name, by, of]);
    const known = this.#derivatives.get(key);
    if (known) return known;
    const value = of === undefined ? this.value : this.named(of);
    const { computed, written } = derivative(this.#graph, value, by);
    const made = new LocalFunction(name, this.#graph, computed, written, true);
    this.#derivatives.set(key, made);
    return made;
  }

  #surrogates(results: Results): ReturnType<typeof surrogatesOf> {
    return surrogatesOf(this.#isDerivative ? [] : valuesOf(results));
  }
}

function fixed(results: Results): Results {
  return 'kind' in results ? results : frozen(results.map(({ name, value }) => ({ name, value })));
}
