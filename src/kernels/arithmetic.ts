import { notFinite, plainArithmetic, readSteps, rowsLoop, type Arithmetic } from '../arithmetic/index.ts';
import type { HeldBySteps, RunSteps, Step } from '../circuit/index.ts';
import { arraysOf, rowsText } from './arithmetic-rows.ts';
import { arithmeticText } from './arithmetic-text.ts';
import { assemble, areLoaded } from './generator.ts';
import { LARGEST, MemoryPlan } from './memory.ts';
import { StepPlaces } from './step-places.ts';
import { canRunApart, stepsApart } from './steps-apart.ts';
import { op } from './wat.ts';

type Of<Name extends keyof Arithmetic, Result, Parameters extends readonly number[]> = Readonly<
  Record<Name, (...parameters: Parameters) => Result>
>;
type Five = [number, number, number, number, number];

type Exports = Of<'multiply' | 'multiplyBack' | 'project' | 'addOuter' | 'addRows', void, Five> &
  Of<'multiplyMatrix', void, [...Five, number]> &
  Of<'combine', void, [...Five, number]> &
  Of<'addScaled', void, [number, number, number, number]> &
  Of<'norm', number, [number, number]> &
  Of<'chances', void, [number, number, number]> &
  Of<'descend', number, [number, number, number, number]>;

const PAGE = 2 ** 16;
/** Bytes at the beginning of the memory for constants of computations. */
const CONSTANTS = PAGE;

/** A function of the address of a table; and if it runs steps, of the timestep and the score so far. */
type TableFunction = (table: number, t?: number, score?: number) => number;

let text: string | undefined;

/** The arithmetic of a solver that keeps about `numbers` numbers, if the kernels are loaded and there is enough memory; otherwise undefined. */
export function kernelArithmetic(numbers: number): KernelArithmetic | undefined {
  if (!areLoaded()) return undefined;
  try {
    return new KernelArithmetic(numbers);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * The arithmetic as SIMD kernels, with the bits of the plain one. It is fast on its own arrays, which lie in one memory; when that is full, it hands
 * out ordinary arrays, and computes with these by ordinary loops.
 */
export class KernelArithmetic implements Arithmetic {
  private readonly memory: WebAssembly.Memory;
  private readonly buffer: ArrayBuffer;
  private readonly exports: Exports;
  private readonly constants = new MemoryPlan();
  /** Functions besides the exports, each taking the address of a table, by their text without a name. */
  private readonly functions = new Map<string, number>();
  private readonly addresses = new WeakMap<Float64Array, number>();
  private used = CONSTANTS;

  constructor(numbers: number) {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(Math.min(CONSTANTS + 8 * numbers, LARGEST) / PAGE) });
    this.memory = memory;
    const { exports } = new WebAssembly.Instance(assemble((text ??= arithmeticText())), { rxflo: { memory } });
    this.buffer = memory.buffer;
    // The exports and their types follow from the text, which TypeScript does not read.
    this.exports = exports as unknown as Exports;
  }

  array(length: number): Float64Array {
    const first = this.used;
    // Each array begins on a cache line, with one number to spare: the last number of a row is loaded together with the next.
    const next = first + 64 * Math.ceil(length / 8);
    if (length === 0 || next >= this.buffer.byteLength) return plainArithmetic.array(length);
    this.used = next;
    return new Float64Array(this.buffer, first, length);
  }

  readonly multiply: Arithmetic['multiply'] = (w, x, xAt, into, intoAt, rows, columns) => {
    const [matrix, from, to] = [this.addressOf(w), this.addressOf(x), this.addressOf(into)];
    if (matrix && from && to) this.exports.multiply(matrix, from + 8 * xAt, to + 8 * intoAt, rows, columns);
    else plainArithmetic.multiply(w, x, xAt, into, intoAt, rows, columns);
  };

  readonly multiplyBack: Arithmetic['multiplyBack'] = (w, v, into, rows, columns) => {
    const [matrix, from, to] = [this.addressOf(w), this.addressOf(v), this.addressOf(into)];
    if (matrix && from && to) this.exports.multiplyBack(matrix, from, to, rows, columns);
    else plainArithmetic.multiplyBack(w, v, into, rows, columns);
  };

  readonly multiplyMatrix: Arithmetic['multiplyMatrix'] = (w, x, xAt, into, rows, columns, width) => {
    const [matrix, from, to] = [this.addressOf(w), this.addressOf(x), this.addressOf(into)];
    if (matrix && from && to) this.exports.multiplyMatrix(matrix, from + 8 * xAt, to, rows, columns, width);
    else plainArithmetic.multiplyMatrix(w, x, xAt, into, rows, columns, width);
  };

  readonly project: Arithmetic['project'] = (w, x, into, rows, columns) => {
    const [matrix, from, to] = [this.addressOf(w), this.addressOf(x), this.addressOf(into)];
    if (matrix && from && to) this.exports.project(matrix, from, to, rows, columns);
    else plainArithmetic.project(w, x, into, rows, columns);
  };

  readonly addOuter: Arithmetic['addOuter'] = (into, intoAt, v, x, xAt, rows, columns) => {
    const [to, factors, from] = [this.addressOf(into), this.addressOf(v), this.addressOf(x)];
    if (to && factors && from) this.exports.addOuter(to + 8 * intoAt, factors, from + 8 * xAt, rows, columns);
    else plainArithmetic.addOuter(into, intoAt, v, x, xAt, rows, columns);
  };

  readonly addRows: Arithmetic['addRows'] = (into, intoAt, v, vAt, x, xAt, rows, columns) => {
    const [to, factors, from] = [this.addressOf(into), this.addressOf(v), this.addressOf(x)];
    if (to && factors && from) this.exports.addRows(to + 8 * intoAt, factors + 8 * vAt, from + 8 * xAt, rows, columns);
    else plainArithmetic.addRows(into, intoAt, v, vAt, x, xAt, rows, columns);
  };

  readonly combine: Arithmetic['combine'] = (into, a, x, b, y, yAt) => {
    const [to, one, other] = [this.addressOf(into), this.addressOf(x), this.addressOf(y)];
    if (to && one && other) this.exports.combine(to, a, one, b, other + 8 * yAt, into.length);
    else plainArithmetic.combine(into, a, x, b, y, yAt);
  };

  readonly addScaled: Arithmetic['addScaled'] = (into, intoAt, a, x) => {
    const [to, from] = [this.addressOf(into), this.addressOf(x)];
    if (to && from) this.exports.addScaled(to + 8 * intoAt, a, from, x.length);
    else plainArithmetic.addScaled(into, intoAt, a, x);
  };

  readonly norm: Arithmetic['norm'] = (x) => {
    const from = this.addressOf(x);
    return from ? this.exports.norm(from, x.length) : plainArithmetic.norm(x);
  };

  readonly descend: Arithmetic['descend'] = (w, step, g) => {
    const [weights, gradient] = [this.addressOf(w), this.addressOf(g)];
    if (!weights || !gradient) return plainArithmetic.descend(w, step, g);
    return this.exports.descend(weights, step, gradient, w.length) === 0 ? -1 : notFinite(w);
  };

  readonly chances: Arithmetic['chances'] = (key, into) => {
    const to = this.addressOf(into);
    if (to) this.exports.chances(key, to, into.length);
    else plainArithmetic.chances(key, into);
  };

  /** Runs these steps as one function, up to the first that cannot be; undefined if not even the first can. */
  firstOf(steps: readonly Step[], held: HeldBySteps): RunSteps | undefined {
    const first = steps.findIndex((step) => !canRunApart(step, (weights) => held.matrixOf(weights) !== undefined));
    const some = first < 0 ? steps : steps.slice(0, first);
    if (some.length === 0) return undefined;
    const apart = stepsApart('nameless', some, this.constants);
    const name = this.nameOf(apart.text);
    const addresses = this.table(apart.places.length);
    if (!addresses || this.constants.size > CONSTANTS) return undefined;
    const places = new StepPlaces(apart.places, held, addresses, this);
    let run: TableFunction | undefined;
    const table = addresses.byteOffset;
    return {
      count: some.length,
      begin: () => {
        places.begin();
      },
      run: (t, score) => {
        if (t < apart.longest || !places.prepare()) return NaN;
        return (run ??= this.assembled(name))(table, t, score);
      },
    };
  }

  readonly byRow: Arithmetic['byRow'] = (steps, arrays) => {
    const all = arraysOf(arrays);
    const table = all.every((array) => this.addressOf(array) > 0) ? this.table(all.length) : undefined;
    const name = table && this.nameOf(rowsText('nameless', readSteps(steps, arrays), arrays, this.constants));
    if (name === undefined || this.constants.size > CONSTANTS) return rowsLoop(steps, arrays);
    table?.set(all.map((array) => this.addressOf(array)));
    const address = table?.byteOffset ?? 0;
    let run: TableFunction | undefined;
    return () => (run ??= this.assembled(name))(address);
  };

  /** Room for some addresses or counts. */
  private table(length: number): Int32Array | undefined {
    const address = this.addressOf(this.array(Math.ceil(length / 2)));
    return address > 0 ? new Int32Array(this.buffer, address, length) : undefined;
  }

  private nameOf(text: string): string {
    const known = this.functions.get(text) ?? this.functions.size;
    this.functions.set(text, known);
    return `function_${known}`;
  }

  /** Assembles all known functions. */
  private assembled(name: string): TableFunction {
    const functions = [...this.functions].map(([text, k]) => text.replace('$nameless', `$function_${k}`));
    const exports = functions.map((_, k) => op('export', `"function_${k}"`, op('func', `$function_${k}`)));
    const text = op('module', op('import', '"rxflo"', '"memory"', op('memory', 1)), ...functions, ...exports);
    const { memory } = this;
    const instance = new WebAssembly.Instance(assemble(text), { rxflo: { memory } });
    this.constants.fill(this.buffer, CONSTANTS);
    return (instance.exports as Record<string, TableFunction>)[name];
  }

  /** The address of an array in the shared memory; 0 if it lies elsewhere. Cached, because asking an array takes as long as computing some neurons. */
  addressOf(array: Float64Array): number {
    const known = this.addresses.get(array);
    if (known !== undefined) return known;
    const address = array.buffer === this.buffer ? array.byteOffset : 0;
    this.addresses.set(array, address);
    return address;
  }
}
