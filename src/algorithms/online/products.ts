import type { RowNumbers } from '../../arithmetic/index.ts';
import type { Linearised, PortPart } from '../../solvers/index.ts';

/** Arithmetic on whole arrays. */
export type Arithmetic = Linearised['arithmetic'];

/** into_i = sum_k l_k B_ki, of l [size] and B [size][into.length]. */
export function timesRows(arithmetic: Arithmetic, l: Float64Array, B: Float64Array, into: Float64Array): Float64Array {
  into.fill(0);
  arithmetic.multiplyBack(B, l, into, l.length, into.length);
  return into;
}

/** The factors of v' Im for the synapse from axon j onto neuron i of a port: vD_i a_j. */
export interface ImmediatePart {
  readonly port: PortPart;
  readonly vD: Float64Array;
  readonly a: Float64Array;
}

/** For each port whose synapses affect the state: the factors of v' Im, to be set by `setImmediate`. */
export function immediateParts(step: Linearised): readonly ImmediatePart[] {
  return step.ports
    .filter(({ moves }) => moves !== 'nothing')
    .map((port) => ({ port, vD: step.array(port.size), a: step.array(port.axons) }));
}

/** Sets vD and a to their values in the current timestep. */
export function setImmediate(step: Linearised, parts: readonly ImmediatePart[], v: Float64Array): void {
  step.back(v, parts);
  for (const { port, a } of parts) step.brought(port, a);
}

/** The gradient of a synapse is a product of a number of its neuron and a number of its axon. */
export function product({ x, y }: RowNumbers): RowNumbers {
  return { gradient: x * y };
}

/** Arrays of ports, by the names under which they are stored: `A.h.u`. */
export function perPort<Key extends string>(
  key: Key,
  parts: readonly ({ readonly port: PortPart } & Readonly<Record<Key, Float64Array>>)[],
): Record<string, Float64Array> {
  return Object.fromEntries(parts.map((part) => [`${key}.${part.port.population}.${part.port.port}`, part[key]]));
}
