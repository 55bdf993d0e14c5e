/** Whose number a local function reads: the basis of every statement about locality. */
export type Scope =
  /** The synapse's own state; a neuron's own last rate. */
  | 'own state'
  /** The synapse's own weight. */
  | 'own weight'
  | 'parameter'
  /** What the presynaptic neuron's axon sends. */
  | 'presynaptic'
  /** What the postsynaptic neuron publishes. */
  | 'postsynaptic'
  /** The postsynaptic neuron's learning signal. */
  | 'learning signal'
  /** A neuron's own summed input. */
  | 'summed input'
  /** Random, uniform between 0 and 1: a number that dials read, but no rule. */
  | 'chance'
  /** A sum over the outputs of a population: all of them see it. */
  | 'over outputs'
  /** A number of a whole population of neurons, such as the sum of their rates: all of them see it. */
  | 'over population'
  /** The same number for everyone, such as reward. */
  | 'global';

/** What a local function may see: names, each of a number with its scope, or of more names. */
export interface ViewShape {
  readonly [name: string]: Scope | ViewShape;
}

/** A view as numbers: what a local function is called with. */
export interface View {
  readonly [name: string]: number | View;
}

/** What a name means in a view, if anything. */
export function fieldOf(shape: ViewShape, name: string): Scope | ViewShape | undefined {
  return Object.hasOwn(shape, name) ? shape[name] : undefined;
}

/** A view of this shape; `number` gives the number at each path. */
export function viewOf(shape: ViewShape, number: (path: string, scope: Scope) => number, within = ''): View {
  return Object.fromEntries(
    Object.entries(shape).map(([name, inner]) => {
      const path = `${within}${name}`;
      return [name, typeof inner === 'string' ? number(path, inner) : viewOf(inner, number, `${path}.`)];
    }),
  );
}
