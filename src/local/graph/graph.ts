import type { FunctionName } from './library.ts';
import type { Scope } from './view.ts';

export type ArithmeticOperator = '+' | '-' | '*' | '/';
export type ComparisonOperator = '<' | '<=' | '>' | '>=' | '===' | '!==';

interface Constant {
  readonly kind: 'constant';
  readonly id: number;
  readonly value: number;
}

/** One number of the view. */
export interface Read {
  readonly kind: 'read';
  readonly id: number;
  /** Its place in the view: `w`, `pre.rate`. */
  readonly path: string;
  readonly scope: Scope;
}

interface Negation {
  readonly kind: 'negate';
  readonly id: number;
  readonly of: Value;
}

/** 1 if a number is 0 or more, else 0. Its derivative is that of the number, times `psi`. */
export interface Spike {
  readonly kind: 'spike';
  readonly id: number;
  readonly of: Value;
  /** The declared pseudo-derivative. It is not an operand: the value of a spike does not depend on it. */
  readonly psi: Value;
}

/** A number whose derivative counts as 0. */
export interface Detached {
  readonly kind: 'detach';
  readonly id: number;
  readonly of: Value;
}

export interface Arithmetic {
  readonly kind: 'arithmetic';
  readonly id: number;
  readonly operator: ArithmeticOperator;
  readonly left: Value;
  readonly right: Value;
}

export interface Call {
  readonly kind: 'call';
  readonly id: number;
  readonly name: FunctionName;
  readonly args: readonly Value[];
}

interface Choice {
  readonly kind: 'choose';
  readonly id: number;
  readonly test: Condition;
  readonly yes: Value;
  readonly no: Value;
}

interface Comparison {
  readonly kind: 'compare';
  readonly id: number;
  readonly operator: ComparisonOperator;
  readonly left: Value;
  readonly right: Value;
}

interface Logic {
  readonly kind: 'and' | 'or';
  readonly id: number;
  readonly left: Condition;
  readonly right: Condition;
}

interface Not {
  readonly kind: 'not';
  readonly id: number;
  readonly of: Condition;
}

/** A node that is a number. */
export type Value = Constant | Read | Negation | Arithmetic | Call | Choice | Spike | Detached;
/** A node that is true or false. */
export type Condition = Comparison | Logic | Not;
export type Node = Value | Condition;

/**
 * Makes the nodes of expression graphs. Nodes never change, and the same expression is the same node, however often it is written:
 * its `id` is its place in the order in which nodes were first made, operands before what uses them.
 * Nothing is rearranged or left out here: a graph computes what its text says, operation by operation.
 */
export class Graph {
  #made = 0;
  readonly #constants = new Map<string, Constant>();
  readonly #reads = new Map<string, Read>();
  readonly #negations = new Map<string, Negation>();
  readonly #arithmetic = new Map<string, Arithmetic>();
  readonly #calls = new Map<string, Call>();
  readonly #choices = new Map<string, Choice>();
  readonly #comparisons = new Map<string, Comparison>();
  readonly #logic = new Map<string, Logic>();
  readonly #nots = new Map<string, Not>();
  readonly #spikes = new Map<string, Spike>();
  readonly #detached = new Map<string, Detached>();

  constant(value: number): Constant {
    const key = Object.is(value, -0) ? '-0' : String(value);
    return this.#keep(this.#constants, key, (id) => ({ kind: 'constant', id, value }));
  }

  read(path: string, scope: Scope): Read {
    return this.#keep(this.#reads, path, (id) => ({ kind: 'read', id, path, scope }));
  }

  negate(of: Value): Negation {
    return this.#keep(this.#negations, String(of.id), (id) => ({ kind: 'negate', id, of }));
  }

  spike(of: Value, psi: Value): Spike {
    return this.#keep(this.#spikes, `${of.id},${psi.id}`, (id) => ({ kind: 'spike', id, of, psi }));
  }

  detach(of: Value): Detached {
    return this.#keep(this.#detached, String(of.id), (id) => ({ kind: 'detach', id, of }));
  }

  arithmetic(operator: ArithmeticOperator, left: Value, right: Value): Arithmetic {
    const key = `${left.id}${operator}${right.id}`;
    return this.#keep(this.#arithmetic, key, (id) => ({ kind: 'arithmetic', id, operator, left, right }));
  }

  call(name: FunctionName, args: readonly Value[]): Call {
    const key = [name, ...args.map(({ id }) => id)].join();
    return this.#keep(this.#calls, key, (id) => ({ kind: 'call', id, name, args: Object.freeze([...args]) }));
  }

  choose(test: Condition, yes: Value, no: Value): Choice {
    const key = [test.id, yes.id, no.id].join();
    return this.#keep(this.#choices, key, (id) => ({ kind: 'choose', id, test, yes, no }));
  }

  compare(operator: ComparisonOperator, left: Value, right: Value): Comparison {
    const key = `${left.id}${operator}${right.id}`;
    return this.#keep(this.#comparisons, key, (id) => ({ kind: 'compare', id, operator, left, right }));
  }

  logic(kind: 'and' | 'or', left: Condition, right: Condition): Logic {
    const key = [kind, left.id, right.id].join();
    return this.#keep(this.#logic, key, (id) => ({ kind, id, left, right }));
  }

  not(of: Condition): Not {
    return this.#keep(this.#nots, String(of.id), (id) => ({ kind: 'not', id, of }));
  }

  #keep<N>(known: Map<string, N>, key: string, make: (id: number) => N): N {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = Object.freeze(make(this.#made++));
    known.set(key, made);
    return made;
  }
}

/** A number, as opposed to a condition. */
export function isValue(node: Node): node is Value {
  return !['compare', 'and', 'or', 'not'].includes(node.kind);
}

/** What a node's value is computed from, in the order of its text. */
export function operands(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'constant':
    case 'read':
      return [];
    case 'negate':
    case 'not':
    case 'spike':
    case 'detach':
      return [node.of];
    case 'call':
      return node.args;
    case 'choose':
      return [node.test, node.yes, node.no];
    default:
      return [node.left, node.right];
  }
}

/** Every node that `roots` are made of, each once, operands before what uses them; without the operands of known nodes. */
export function nodesOf(roots: readonly Node[], known: Pick<ReadonlyMap<Node, unknown>, 'has'> = new Map()): Node[] {
  const found = new Set<Node>();
  const visit = (node: Node): void => {
    if (found.has(node)) return;
    if (!known.has(node)) operands(node).forEach(visit);
    found.add(node);
  };
  roots.forEach(visit);
  return [...found];
}
