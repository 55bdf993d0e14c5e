/** Numbers of the last timesteps: those of timestep t are at index t modulo the length. */
export type Ring = readonly Float64Array[];

/** The numbers of timestep t. */
export function at(ring: Ring, t: number): Float64Array {
  return ring[(t + ring.length) % ring.length];
}

/** Views of arrays that learners keep, each created once: the `size` numbers from `first` on. */
export type PartOf = (numbers: Float64Array, first: number, size: number) => Float64Array;

export function partsOfArrays(): PartOf {
  const known = new WeakMap<Float64Array, Map<number, Float64Array>>();
  return (numbers, first, size) => {
    if (size === numbers.length) return numbers;
    const parts = known.get(numbers) ?? new Map<number, Float64Array>();
    known.set(numbers, parts);
    const part = parts.get(first);
    if (part?.length === size) return part;
    const made = numbers.subarray(first, first + size);
    parts.set(first, made);
    return made;
  };
}
