import type { PortPart } from '../../solvers/index.ts';

/** into_i = sum_k l_k B_ki, of l [size] and B [size][into.length]. */
export function timesRows(l: Float64Array, B: Float64Array, into: Float64Array): Float64Array {
  const width = into.length;
  into.fill(0);
  for (let k = 0; k < l.length; k++) {
    const row = k * width;
    for (let i = 0; i < width; i++) into[i] += l[k] * B[row + i];
  }
  return into;
}

/** into_k = sum_i A_ki x_i, of A [into.length][x.length]: two sums at a time, since each would wait for itself. */
export function timesColumns(A: Float64Array, x: Float64Array, into: Float64Array): Float64Array {
  const width = x.length;
  for (let k = 0; k < into.length; k++) {
    const row = k * width;
    let [even, odd] = [0, 0];
    let i = 0;
    for (; i + 1 < width; i += 2) {
      even += A[row + i] * x[i];
      odd += A[row + i + 1] * x[i + 1];
    }
    if (i < width) even += A[row + i] * x[i];
    into[k] = even + odd;
  }
  return into;
}

/** into_kj = x_k y_j. */
export function outer(x: Float64Array, y: Float64Array, into: Float64Array): void {
  const width = y.length;
  for (let k = 0; k < x.length; k++) {
    const row = k * width;
    for (let j = 0; j < width; j++) into[row + j] = x[k] * y[j];
  }
}

/** gradient_w += x_i y_j for the synapses w from axon j onto neuron i of a port. */
export function addProduct(
  gradient: Float64Array,
  { synapses, post, axon }: PortPart,
  x: Float64Array,
  y: Float64Array,
): void {
  for (let s = 0; s < synapses.length; s++) gradient[synapses[s]] += x[post[s]] * y[axon[s]];
}

/** Arrays of ports, by names to keep them under: `A.h.u`. */
export function perPort<Key extends string>(
  key: Key,
  parts: readonly ({ readonly port: PortPart } & Readonly<Record<Key, Float64Array>>)[],
): Record<string, Float64Array> {
  return Object.fromEntries(parts.map((part) => [`${key}.${part.port.population}.${part.port.port}`, part[key]]));
}
