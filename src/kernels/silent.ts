import { nodesOf, type Read, type Scope, type Value } from '../local/index.ts';

/** How a group learns axon by axon. */
export interface ByAxon {
  /** What its synapses ask for, but for terms that are 0 always. */
  readonly change: Value;
  /** The name of a number that an axon brings: where that is 0, so is the change, +0 or -0. Absent: there is none, so that all axons are visited. */
  readonly silent?: string;
  /** What must be finite for all this, of either neuron alone: 0 times anything else is NaN. */
  readonly finite: readonly Value[];
}

const POST: readonly Scope[] = ['postsynaptic', 'learning signal', 'parameter'];
const PRE: readonly Scope[] = ['presynaptic', 'parameter'];

/**
 * What a group's synapses ask for, and when that is 0, by its graph: where a factor is 0 that follows from what the axon brings. Where nothing makes it so,
 * synapses change, or may, while it brings nothing, as with a weight that decays.
 */
export function byAxonOf(whole: Value): ByAxon {
  const { change, finite } = withoutZeros(whole);
  for (const { path } of readsIn(change).filter(({ scope }) => scope === 'presynaptic')) {
    const needed = checkable(neededForZero(change, path));
    if (needed) return { change, silent: path, finite: [...finite, ...needed] };
  }
  return { change, finite };
}

/** A change without the terms at its end that are 0 always. Adding one may change the sign of a 0, which bears on no weight that is not -0. */
function withoutZeros(change: Value): Omit<ByAxon, 'silent'> {
  if (change.kind !== 'arithmetic' || (change.operator !== '+' && change.operator !== '-'))
    return { change, finite: [] };
  const needed = checkable(neededForZero(change.right));
  if (!needed) return { change, finite: [] };
  const { change: rest, finite } = withoutZeros(change.left);
  return { change: rest, finite: [...finite, ...needed] };
}

/** What has to be looked at to know that all of this is finite; undefined: more would have to be than what either neuron has. */
function checkable(needed: readonly Value[] | undefined): readonly Value[] | undefined {
  const isOfOne = (value: Value) => isFiniteConstant(value) || [POST, PRE].some((scopes) => isOf(value, scopes));
  return needed?.every(isOfOne) ? needed.filter((value) => value.kind !== 'constant') : undefined;
}

/** Whether a value follows from one of its two neurons alone, and from which. */
export function isOfPost(value: Value): boolean {
  return isOf(value, POST);
}

/** What must be finite for a value to be 0 where `silent` is, or always; undefined: it is not, or need not be. */
function neededForZero(value: Value, silent?: string): readonly Value[] | undefined {
  const needed = (of: Value) => neededForZero(of, silent);
  switch (value.kind) {
    case 'constant':
      return value.value === 0 ? [] : undefined;
    case 'read':
      return value.path === silent ? [] : undefined;
    case 'negate':
    case 'detach':
      return needed(value.of);
    case 'arithmetic': {
      const [left, right] = [needed(value.left), needed(value.right)];
      if (value.operator === '/') return isFiniteConstant(value.right) && !right ? left : undefined;
      if (left && right) return [...left, ...right];
      if (value.operator !== '*') return undefined;
      if (left) return [...left, value.right];
      return right && [...right, value.left];
    }
    default:
      return undefined;
  }
}

function isFiniteConstant(value: Value): boolean {
  return value.kind === 'constant' && Number.isFinite(value.value);
}

function isOf(value: Value, scopes: readonly Scope[]): boolean {
  return readsIn(value).every(({ scope }) => scopes.includes(scope));
}

function readsIn(value: Value): readonly Read[] {
  return nodesOf([value]).filter((node) => node.kind === 'read');
}
