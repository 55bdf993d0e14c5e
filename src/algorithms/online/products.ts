import type { RowNumbers } from '../../arithmetic/index.ts';
import type { Linearised, PortPart } from '../../solvers/index.ts';

/** What does arithmetic on whole arrays. */
export type Arithmetic = Linearised['arithmetic'];

/** into_i = sum_k l_k B_ki, of l [size] and B [size][into.length]. */
export function timesRows(arithmetic: Arithmetic, l: Float64Array, B: Float64Array, into: Float64Array): Float64Array {
  into.fill(0);
  arithmetic.multiplyBack(B, l, into, l.length, into.length);
  return into;
}

/** What v' Im is a product of, for the synapse from axon j onto neuron i of a port: vD_i a_j. */
export interface ImmediatePart {
  readonly port: PortPart;
  readonly vD: Float64Array;
  readonly a: Float64Array;
}

/** Of each port whose synapses move the state, what v' Im is a product of, and what sets that. */
export function immediateParts(step: Linearised): readonly ImmediatePart[] {
  return step.ports
    .filter(({ moves }) => moves !== 'nothing')
    .map((port) => ({ port, vD: step.array(port.size), a: step.array(port.axons) }));
}

/** Sets vD and a as they are in the timestep at hand. */
export function setImmediate(step: Linearised, parts: readonly ImmediatePart[], v: Float64Array): void {
  step.back(v, parts);
  for (const { port, a } of parts) step.brought(port, a);
}

/** The gradient of a synapse is a product of what its neuron and its axon have. */
export function product({ x, y }: RowNumbers): RowNumbers {
  return { gradient: x * y };
}

/** Arrays of ports, by names to keep them under: `A.h.u`. */
export function perPort<Key extends string>(
  key: Key,
  parts: readonly ({ readonly port: PortPart } & Readonly<Record<Key, Float64Array>>)[],
): Record<string, Float64Array> {
  return Object.fromEntries(parts.map((part) => [`${key}.${part.port.population}.${part.port.port}`, part[key]]));
}
