import { nodesOf, type Value } from '../local/index.ts';

/** How a group learns axon by axon. */
export interface ByAxon {
  /** The change that its synapses request, without terms that are always 0. */
  readonly change: Value;
  /** The name of a number that an axon brings: if it is 0, so is the change, +0 or -0. Absent: there is no such number, so all axons are visited. */
  readonly silent?: string;
}

/**
 * The change that a group's synapses request, and when it is 0 according to its graph: if a factor that depends on what the axon brings is 0. If
 * there is no such factor, synapses may change while the axon brings nothing, for example if weights decay. This requires all parts to be finite: 0
 * times anything else is NaN.
 */
export function byAxonOf(whole: Value): ByAxon {
  const change = withoutZeros(whole);
  const brought = nodesOf([change]).flatMap((node) =>
    node.kind === 'read' && node.scope === 'presynaptic' ? node.path : [],
  );
  const silent = brought.find((path) => isZero(change, path));
  return { change, ...(silent !== undefined && { silent }) };
}

/** A change without terms at its end that are always 0. Adding one may change the sign of a 0, which only affects a weight of -0. */
function withoutZeros(change: Value): Value {
  if (change.kind !== 'arithmetic' || (change.operator !== '+' && change.operator !== '-')) return change;
  return isZero(change.right) ? withoutZeros(change.left) : change;
}

/** Whether a value is 0 if `silent` is, or always, as long as its parts are finite. */
function isZero(value: Value, silent?: string): boolean {
  const is = (of: Value) => isZero(of, silent);
  switch (value.kind) {
    case 'constant':
      return value.value === 0;
    case 'read':
      return value.path === silent;
    case 'negate':
    case 'detach':
      return is(value.of);
    case 'arithmetic': {
      const { operator, left, right } = value;
      if (operator === '/') return right.kind === 'constant' && !is(right) && is(left);
      return operator === '*' ? is(left) || is(right) : is(left) && is(right);
    }
    default:
      return false;
  }
}
