import { i32, op, type Expression, type Global, type Type } from './wat.ts';

/** A value that changes. */
export interface Variable {
  readonly value: Expression;
  set(value: Expression): void;
}

/** A pointer that runs over memory. */
export interface Sweep {
  readonly from: Expression;
  /** The first address that is not visited. */
  readonly until: Expression;
  /** Bytes from one visit to the next. */
  readonly step: number;
}

/** The texts that read the locals of a function. Reading locals is the most frequent text of a module, so each is stored once, in one piece. */
const locals: Expression[] = [];

function local(index: number): Expression {
  return (locals[index] ??= ['(local.get ', index, ')'].join(''));
}

/** Where values are shared: those computed so far, and where they are computed; absent: where they are first requested. */
interface Shared {
  readonly values: Map<Expression, Expression>;
  readonly ahead?: string[];
}

/** Writes one WebAssembly function, statement after statement. */
export class Writer {
  private readonly locals: Type[] = [];
  private body: string[] = [];
  private labels = 0;
  private shared: Shared | undefined;

  constructor(private readonly parameters: readonly Type[] = []) {}

  parameter(index: number): Expression {
    return local(index);
  }

  /** Computes a value here, once; what is returned may be used from here on, any number of times. */
  keep(type: Type, value: Expression): Expression {
    return this.variable(type, value).value;
  }

  /** Runs `write`, and computes each value that it requests by `once` only once. */
  sharing<T>(write: () => T): T {
    return this.share({ values: new Map() }, write);
  }

  /** The same, computed before everything that is written. */
  sharingAhead<T>(write: () => T): T {
    const { body } = this;
    const ahead: string[] = [];
    this.body = [];
    const written = this.share({ values: new Map(), ahead }, write);
    body.push(...ahead, ...this.body);
    this.body = body;
    return written;
  }

  /** A value that is the same whenever it is computed. */
  once(type: Type, value: Expression): Expression {
    if (!this.shared) return value;
    const { values, ahead = this.body } = this.shared;
    const known = values.get(value);
    if (known !== undefined) return known;
    const index = this.local(type);
    ahead.push(op('local.set', index, value));
    const kept = op('local.get', index);
    values.set(value, kept);
    return kept;
  }

  variable(type: Type, value: Expression): Variable {
    const index = this.local(type);
    const set = (next: Expression) => {
      this.do(op('local.set', index, next));
    };
    set(value);
    return { value: local(index), set };
  }

  /** The current value of a variable of the module. */
  get(name: Global): Expression {
    return op('global.get', `$${name}`);
  }

  set(name: Global, value: Expression): void {
    this.do(op('global.set', `$${name}`, value));
  }

  do(statement: Expression): void {
    this.body.push(statement);
  }

  call(name: string, ...operands: readonly Expression[]): void {
    this.do(op('call', `$${name}`, ...operands));
  }

  /** Runs `yes` if a condition is met, and otherwise `no`. */
  when(condition: Expression, yes: () => void, no: () => void = () => undefined): void {
    const [met, unmet] = [yes, no].map((write) => this.gather(write));
    const otherwise = unmet.length > 0 ? [op('else', ...unmet)] : [];
    if (met.length + unmet.length > 0) this.do(op('if', condition, op('then', ...met), ...otherwise));
  }

  /** Visits address after address. */
  sweep({ from, until, step }: Sweep, visit: (pointer: Expression) => void): void {
    const pointer = this.variable('i32', from);
    const end = this.keep('i32', until);
    const label = `$round${++this.labels}`;
    const more = i32.less(pointer.value, end);
    const round = this.gather(() => {
      visit(pointer.value);
      pointer.set(i32.add(pointer.value, i32.constant(step)));
      this.do(op('br_if', label, more));
    });
    this.do(op('if', more, op('then', op('loop', label, ...round))));
  }

  /** Visits the places of a sweep in groups of these sizes, the largest first; the last size is 1, or divides the remainder. */
  inGroups(
    { from, until, step }: Sweep,
    counts: readonly number[],
    visit: (count: number, pointer: Expression) => void,
  ): void {
    let first = from;
    for (const count of counts) {
      const over = i32.remainder(i32.subtract(until, first), i32.constant(count * step));
      const end = count === 1 ? until : this.keep('i32', i32.subtract(until, over));
      this.sweep({ from: first, until: end, step: count * step }, (pointer) => {
        visit(count, pointer);
      });
      first = end;
    }
  }

  /** The function's text; `result` is what it returns. */
  end(name: string, result?: { readonly type: Type; readonly value: Expression }): string {
    const parameters = this.parameters.map((type) => op('param', type));
    const locals = this.locals.map((type) => op('local', type));
    const given = result ? [op('result', result.type)] : [];
    return op('func', `$${name}`, ...parameters, ...given, ...locals, ...this.body, ...(result ? [result.value] : []));
  }

  private local(type: Type): number {
    return this.parameters.length + this.locals.push(type) - 1;
  }

  private share<T>(shared: Shared, write: () => T): T {
    const outer = this.shared;
    this.shared = shared;
    const written = write();
    this.shared = outer;
    return written;
  }

  /** Collects what `write` writes, separately. */
  private gather(write: () => void): readonly string[] {
    const { body, shared } = this;
    [this.body, this.shared] = [[], shared?.ahead && shared];
    write();
    const gathered = this.body;
    [this.body, this.shared] = [body, shared];
    return gathered;
  }
}

/** pointer + bytes. */
export function moved(pointer: Expression, bytes: number): Expression {
  return bytes === 0 ? pointer : i32.add(pointer, i32.constant(bytes));
}

/** Computes the value of a key once, however often it is requested. */
export function memo<K, V>(write: (key: K) => V): (key: K) => V {
  const written = new Map<K, V>();
  return (key) => {
    const known = written.get(key);
    if (known !== undefined) return known;
    const made = write(key);
    written.set(key, made);
    return made;
  };
}
