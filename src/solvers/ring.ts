/** Numbers of some timesteps, those of timestep t at t modulo the length. */
export type Ring = readonly Float64Array[];

/** The numbers of timestep t. */
export function at(ring: Ring, t: number): Float64Array {
  return ring[(t + ring.length) % ring.length];
}

/** So many numbers of an array. */
export function part(numbers: Float64Array, first: number, size: number): Float64Array {
  return size === numbers.length ? numbers : numbers.subarray(first, first + size);
}
