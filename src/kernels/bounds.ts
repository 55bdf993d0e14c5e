import type { Value } from '../local/index.ts';
import { VECTOR, type Lanes } from './lanes.ts';
import { f64, op, type Expression } from './wat.ts';
import { memo, moved } from './writer.ts';

/** Bounds must be below this: so far from overflow that the rounding of bounds does not matter. By bytes of a number. */
export const LIMITS = { 4: 2 ** 100, 8: 2 ** 1000 } as const;

/** Whether a value has a known bound, given bounds on every number that it reads and on what is `known`. */
export function isBounded(value: Value, known: ReadonlySet<Value>): boolean {
  if (known.has(value)) return true;
  return boundedBy(value)?.every((part) => isBounded(part, known)) ?? false;
}

/** The values from whose bounds a bound on this value follows; undefined if no bound is known. */
function boundedBy(value: Value): readonly Value[] | undefined {
  switch (value.kind) {
    case 'constant':
    case 'read':
      return [];
    case 'negate':
    case 'detach':
      return [value.of];
    case 'choose':
      return [value.yes, value.no];
    case 'arithmetic': {
      const { operator, left, right } = value;
      if (operator !== '/') return [left, right];
      return right.kind === 'constant' && right.value !== 0 ? [left] : undefined;
    }
    default:
      return undefined;
  }
}

/**
 * Writes a bound on the size of a value and of all its parts: the sum of their bounds. It is NaN or infinite if anything that the value is computed
 * from may be. `given`: the bounds on what it reads, and on what else is known.
 */
export function writeBound({ writer }: Lanes, value: Value, given: ReadonlyMap<Value, Expression>): Expression {
  const all = writer.variable('f64', f64.constant(0));
  const of = memo((part: Value): Expression => {
    const bound = writer.keep('f64', given.get(part) ?? written(part));
    all.set(f64.add(all.value, bound));
    return bound;
  });
  const written = (part: Value): Expression => {
    if (part.kind === 'constant') return f64.constant(Math.abs(part.value));
    const parts = boundedBy(part)?.map(of) ?? [];
    if (parts.length === 0) throw new Error(`no bound is known for '${part.kind}'`);
    if (part.kind === 'arithmetic' && part.operator === '/' && part.right.kind === 'constant')
      return op('f64.div', parts[0], f64.constant(Math.abs(part.right.value)));
    const isProduct = part.kind === 'arithmetic' && part.operator === '*';
    return parts.reduce(isProduct ? f64.multiply : f64.add);
  };
  of(value);
  return all.value;
}

/** Writes the sum of the absolute values of `count` numbers from an address on: a bound on each of them. */
export function writeSize(lanes: Lanes, from: Expression, count: number): Expression {
  const { writer, bytes } = lanes;
  const sum = writer.variable('v128', lanes.constant(0));
  const add = (number: Expression) => {
    sum.set(lanes.add(sum.value, lanes.abs(number)));
  };
  const rest = (count * bytes) % VECTOR;
  const end = writer.keep('i32', moved(from, count * bytes - rest));
  writer.sweep({ from, until: end, step: VECTOR }, (at) => {
    add(lanes.load(at, 0));
  });
  if (rest > 0) add(lanes.and(lanes.load(end, 0), lanes.first(rest / bytes)));
  return writer.keep('f64', lanes.total(sum.value));
}
