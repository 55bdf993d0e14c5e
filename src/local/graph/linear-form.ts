import { simplified } from '../derivative/simplified.ts';
import { nodesOf, type Condition, type Graph, type Read, type Value } from './graph.ts';

/** A sum of variables, each times a number that depends on none of them, in the order in which they occur; or why a number has no such form. */
export type LinearForm = { readonly terms: ReadonlyMap<string, Value> } | { readonly obstacle: string };

/** The parts of a number: the part that depends on no variable, undefined if there is none; and the variables' terms. */
interface Form {
  readonly free: Value | undefined;
  readonly terms: ReadonlyMap<string, Value>;
}

class Obstacle extends Error {}

/**
 * A number's graph as a linear form in some of what it reads. Only the variables are multiplied out, so their factors are computed as in the
 * text.
 *
 * @param variableOf The name of the variable that a read is; undefined: it is not a variable.
 */
export function linearForm(graph: Graph, value: Value, variableOf: (read: Read) => string | undefined): LinearForm {
  const { add, times, over, negative } = simplified(graph);

  const reads = (node: Value | Condition): readonly string[] =>
    nodesOf([node]).flatMap((one) => (one.kind === 'read' && variableOf(one) !== undefined ? [one.path] : []));

  const each = ({ free, terms }: Form, change: (one: Value) => Value): Form => ({
    free: free && change(free),
    terms: new Map([...terms].map(([name, term]) => [name, change(term)])),
  });

  const sum = (one: Form, other: Form): Form => {
    const terms = new Map(one.terms);
    for (const [name, term] of other.terms) {
      const before = terms.get(name);
      terms.set(name, before ? add(before, term) : term);
    }
    return { free: one.free && other.free ? add(one.free, other.free) : (one.free ?? other.free), terms };
  };

  const of = (node: Value): Form => {
    const names = reads(node);
    if (names.length === 0) return { free: node, terms: new Map() };
    switch (node.kind) {
      case 'read':
        return { free: undefined, terms: new Map([[variableOf(node) ?? node.path, graph.constant(1)]]) };
      case 'negate':
        return each(of(node.of), negative);
      case 'detach':
        return of(node.of);
      case 'choose': {
        const tested = reads(node.test);
        if (tested.length > 0) throw new Obstacle(`tests ${tested.join(', ')}`);
        const [yes, no] = [of(node.yes), of(node.no)];
        const zero = graph.constant(0);
        const all = [...new Set([...yes.terms.keys(), ...no.terms.keys()])];
        return {
          free: yes.free || no.free ? graph.choose(node.test, yes.free ?? zero, no.free ?? zero) : undefined,
          terms: new Map(
            all.map((name) => [name, graph.choose(node.test, yes.terms.get(name) ?? zero, no.terms.get(name) ?? zero)]),
          ),
        };
      }
      case 'arithmetic': {
        const { operator, left, right } = node;
        if (operator === '+') return sum(of(left), of(right));
        if (operator === '-') return sum(of(left), each(of(right), negative));
        if (operator === '*' && reads(left).length === 0) return each(of(right), (one) => times(left, one));
        if (reads(right).length === 0) {
          return each(of(left), (one) => (operator === '*' ? times(one, right) : over(one, right)));
        }
        throw new Obstacle(
          operator === '*' ? `multiplies ${names.join(' by ')}` : `divides by ${reads(right).join(', ')}`,
        );
      }
      case 'call':
        throw new Obstacle(`calls ${node.name} on ${names.join(', ')}`);
      default:
        throw new Obstacle(`calls ${node.kind} on ${names.join(', ')}`);
    }
  };

  try {
    const { free, terms } = of(value);
    if (free && !(free.kind === 'constant' && free.value === 0)) {
      throw new Obstacle('has a term with neither state nor presynaptic number');
    }
    return { terms: new Map([...terms].filter(([, term]) => !(term.kind === 'constant' && term.value === 0))) };
  } catch (error) {
    if (error instanceof Obstacle) return { obstacle: error.message };
    throw error;
  }
}
