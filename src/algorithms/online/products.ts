import type { Linearised, PortPart } from '../../solvers/index.ts';

/** What does arithmetic on whole arrays. */
export type Arithmetic = Linearised['arithmetic'];

/** into_i = sum_k l_k B_ki, of l [size] and B [size][into.length]. */
export function timesRows(arithmetic: Arithmetic, l: Float64Array, B: Float64Array, into: Float64Array): Float64Array {
  into.fill(0);
  arithmetic.multiplyBack(B, l, into, l.length, into.length);
  return into;
}

/** Synapses that follow one another in the circuit: those `first` .. `first + length - 1`, which are `at` .. in a list. */
export interface Span {
  readonly at: number;
  readonly first: number;
  readonly length: number;
}

/** The spans of an ascending list of synapses. */
export function spansOf(synapses: Int32Array): readonly Span[] {
  const spans: { at: number; first: number; length: number }[] = [];
  synapses.forEach((synapse, at) => {
    const last = spans.at(-1);
    if (last && synapse === last.first + last.length) last.length++;
    else spans.push({ at, first: synapse, length: 1 });
  });
  return spans;
}

/** Synapses of a port that are all there are from some axons onto its neurons: a span, row by row of its neurons. */
export interface Matrix extends Span {
  readonly rows: number;
  readonly columns: number;
  /** Its first axon. */
  readonly axon: number;
}

/** The matrices that the synapses of a port are; undefined: some are no part of one. */
export function matricesOf({ size: rows, synapses, post, axon }: PortPart): readonly Matrix[] | undefined {
  const matrices: Matrix[] = [];
  for (let at = 0; at < synapses.length; at += matrices[matrices.length - 1].length) {
    const [first, from] = [synapses[at], axon[at]];
    let columns = 0;
    while (post[at + columns] === 0 && synapses[at + columns] === first + columns) columns++;
    const length = rows * columns;
    for (let k = 0; k < length; k++) {
      const isInPlace = post[at + k] === Math.floor(k / columns) && synapses[at + k] === first + k;
      if (!isInPlace || axon[at + k] !== from + (k % columns)) return undefined;
    }
    if (columns === 0) return undefined;
    matrices.push({ at, first, length, rows, columns, axon: from });
  }
  return matrices;
}

/** gradient_w += x_i y_j for the synapses w from axon j onto neuron i of a port. */
export type AddProduct = (gradient: Float64Array, x: Float64Array, y: Float64Array) => void;

/** How the synapses of a port are added to, `at` their place in the circuit or, if they are `listed`, in the port's own list. */
export function productAdder(arithmetic: Arithmetic, port: PortPart, isListed = false): AddProduct {
  const matrices = matricesOf(port);
  if (matrices) {
    return (gradient, x, y) => {
      for (const { at, first, rows, columns, axon } of matrices) {
        arithmetic.addOuter(gradient, isListed ? at : first, x, y, axon, rows, columns);
      }
    };
  }
  const { synapses, post, axon } = port;
  return (gradient, x, y) => {
    for (let s = 0; s < synapses.length; s++) gradient[isListed ? s : synapses[s]] += x[post[s]] * y[axon[s]];
  };
}

/** Arrays of ports, by names to keep them under: `A.h.u`. */
export function perPort<Key extends string>(
  key: Key,
  parts: readonly ({ readonly port: PortPart } & Readonly<Record<Key, Float64Array>>)[],
): Record<string, Float64Array> {
  return Object.fromEntries(parts.map((part) => [`${key}.${part.port.population}.${part.port.port}`, part[key]]));
}
