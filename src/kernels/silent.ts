import { nodesOf, type Value } from '../local/index.ts';

/** How a group learns axon by axon. */
export interface ByAxon {
  /** What its synapses ask for, but for terms that are 0 always. */
  readonly change: Value;
  /** The name of a number that an axon brings: where that is 0, so is the change, +0 or -0. Absent: there is none, so that all axons are visited. */
  readonly silent?: string;
}

/**
 * What a group's synapses ask for, and when that is 0, by its graph: where a factor is 0 that follows from what the axon brings. Where nothing makes it so,
 * synapses change, or may, while it brings nothing, as with a weight that decays. All this holds where every part is finite: 0 times anything else is NaN.
 */
export function byAxonOf(whole: Value): ByAxon {
  const change = withoutZeros(whole);
  const brought = nodesOf([change]).flatMap((node) =>
    node.kind === 'read' && node.scope === 'presynaptic' ? node.path : [],
  );
  const silent = brought.find((path) => isZero(change, path));
  return { change, ...(silent !== undefined && { silent }) };
}

/** A change without the terms at its end that are 0 always. Adding one may change the sign of a 0, which bears on no weight that is not -0. */
function withoutZeros(change: Value): Value {
  if (change.kind !== 'arithmetic' || (change.operator !== '+' && change.operator !== '-')) return change;
  return isZero(change.right) ? withoutZeros(change.left) : change;
}

/** Whether a value is 0 where `silent` is, or always, as long as its parts are finite. */
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
