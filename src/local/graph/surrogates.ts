import { isValue, operands, type Detached, type Spike, type Value } from './graph.ts';

/** How many spikes and detached values make the derivatives of some numbers differ from those of the textbook. */
export interface Surrogates {
  /** Spikes: a derivative runs through their declared pseudo-derivatives. */
  readonly spikes: number;
  /** Detached values: they count as constant. */
  readonly detached: number;
}

/**
 * The spikes and the detached values that a derivative of these numbers reaches, each once. It reaches none in a condition, within a detached
 * value, or in the psi of a spike.
 */
export function surrogatesOf(values: readonly Value[]): {
  readonly spikes: readonly Spike[];
  readonly detached: readonly Detached[];
} {
  const found = new Set<Value>();
  const visit = (node: Value): void => {
    if (found.has(node)) return;
    if (node.kind !== 'detach') operands(node).filter(isValue).forEach(visit);
    found.add(node);
  };
  values.forEach(visit);
  const all = [...found];
  return {
    spikes: all.filter((node) => node.kind === 'spike'),
    detached: all.filter((node) => node.kind === 'detach'),
  };
}
