import { Lanes } from './lanes.ts';
import type { Layout } from './layout.ts';
import { f64, GLOBALS, i32, op, type Expression, type Type } from './wat.ts';
import { memo, Writer } from './writer.ts';

/** The address of the first frame. */
export const FIRST: Expression = op('global.get', '$first');

/** The exported functions. */
const SEEN = /^(?:begin|room|sense_\d+|carry|signal|learn|advance|finish|once)$/;

/** A kernel in the making: the functions written so far, and where everything is in its memory. */
export class Kernel {
  private readonly functions = new Map<string, string>();
  /** The arithmetic in each function. */
  readonly lanes = memo((writer: Writer) => new Lanes(writer, this.layout.precision, this.layout.memory));

  constructor(readonly layout: Layout) {}

  /** Writes a function. Its parameters are addresses, unless their types are given; it returns a number of 32 bits. */
  write(
    name: string,
    parameters: number | readonly Type[],
    body: (writer: Writer, ...parameters: readonly Expression[]) => unknown,
  ): void {
    const types = typeof parameters === 'number' ? new Array<Type>(parameters).fill('i32') : parameters;
    const writer = new Writer(types);
    const value = body(writer, ...types.map((_, k) => writer.parameter(k)));
    this.functions.set(name, writer.end(name, typeof value === 'string' ? { type: 'i32', value } : undefined));
  }

  /** The module's text; what runs trials (run.ts) is exported. `first`: the address of the first frame. */
  text(first: number): string {
    const exports = [...this.functions.keys()].flatMap((name) =>
      SEEN.test(name) ? [op('export', `"${name}"`, op('func', `$${name}`))] : [],
    );
    const variables = Object.entries(GLOBALS).map(([name, type]) =>
      op('global', `$${name}`, op('export', `"${name}"`), op('mut', type), op(`${type}.const`, 0)),
    );
    const constant = op('global', `$first`, 'i32', i32.constant(first));
    return op(
      'module',
      op('import', '"rxflo"', '"memory"', op('memory', 1)),
      op('import', '"rxflo"', '"follow"', op('func', '$follow', op('param', 'i32'))),
      constant,
      ...variables,
      ...this.functions.values(),
      ...exports,
    );
  }

  /** Notes that weights have changed in another way than axon by axon. */
  wrote(writer: Writer): void {
    const [none, { written }] = [i32.constant(0), this.layout];
    writer.do(op('f64.store', `offset=${written}`, none, f64.add(f64.load(none, written), f64.constant(1))));
  }

  /** Adds what a function has found to the fault, which is NaN as soon as something is not finite. */
  addFault(lanes: Lanes, found: Expression): void {
    const { fault } = this.layout;
    lanes.store(i32.constant(0), fault, lanes.add(lanes.load(i32.constant(0), fault), found));
  }

  /** Whether something has stopped being finite. */
  get faulty(): Expression {
    return op('v128.any_true', op('v128.load', `offset=${this.layout.fault}`, i32.constant(0)));
  }

  /** Returns 1 from the function if something has stopped being finite. */
  returnIfFaulty(writer: Writer): void {
    writer.when(this.faulty, () => {
      writer.do(op('return', i32.constant(1)));
    });
  }
}
