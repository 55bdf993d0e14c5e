import { nodesOf, type Read, type Scope, type Value } from '../local/index.ts';

/** What makes synapses ask for exactly 0, +0 or -0, while a number that their axon brings is 0. */
export interface Silence {
  /** The name of that number in their program. */
  readonly path: string;
  /** What must be finite for that, of either neuron alone: 0 times anything else is NaN. */
  readonly finite: readonly Value[];
}

/** How a group learns axon by axon. */
export interface ByAxon {
  /** What leaves synapses as they are; absent: nothing does, so that all axons are visited. */
  readonly silence?: Silence;
}

const POST: readonly Scope[] = ['postsynaptic', 'learning signal', 'parameter'];
const PRE: readonly Scope[] = ['presynaptic', 'parameter'];

/**
 * When a change is 0, by its graph: where a factor is 0 that follows from what the axon brings. Undefined: synapses change, or may, while it brings
 * nothing, as with a weight that decays.
 */
export function silenceOf(change: Value): Silence | undefined {
  for (const { path } of readsIn(change).filter(({ scope }) => scope === 'presynaptic')) {
    const finite = neededForZero(change, path);
    if (finite?.every((value) => isFinite(value) || [POST, PRE].some((scopes) => isOf(value, scopes))))
      return { path, finite: finite.filter((value) => value.kind !== 'constant') };
  }
  return undefined;
}

/** Whether a value follows from one of its two neurons alone, and from which. */
export function isOfPost(value: Value): boolean {
  return isOf(value, POST);
}

/** What must be finite for a value to be 0 where `silent` is; undefined: it is not 0 there, or need not be. */
function neededForZero(value: Value, silent: string): readonly Value[] | undefined {
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
      if (value.operator === '/') return isFinite(value.right) && !right ? left : undefined;
      if (left && right) return [...left, ...right];
      if (value.operator !== '*') return undefined;
      if (left) return [...left, value.right];
      return right && [...right, value.left];
    }
    default:
      return undefined;
  }
}

function isFinite(value: Value): boolean {
  return value.kind === 'constant' && Number.isFinite(value.value);
}

function isOf(value: Value, scopes: readonly Scope[]): boolean {
  return readsIn(value).every(({ scope }) => scopes.includes(scope));
}

function readsIn(value: Value): readonly Read[] {
  return nodesOf([value]).filter((node) => node.kind === 'read');
}
