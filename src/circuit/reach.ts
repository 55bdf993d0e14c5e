import type { BuiltCircuit, BuiltGroup, BuiltPopulation } from './built.ts';

/** Some neurons of one population, ascending. */
export interface Neurons {
  readonly population: BuiltPopulation;
  readonly neurons: Int32Array;
}

/**
 * Which neurons a neuron reaches in fewer than so many steps through these groups. It reaches itself in none; every synapse crossed
 * is one step, whatever its delay.
 *
 * @param carrying Groups between populations with a model.
 * @returns For a neuron, itself among what it reaches: population by population, in the order the bus runs them.
 */
export function reachWithin(
  { order }: BuiltCircuit,
  carrying: readonly BuiltGroup[],
  steps: number,
): (population: BuiltPopulation, neuron: number) => readonly Neurons[] {
  // All neurons in one row of numbers, population after population.
  const first = new Map<BuiltPopulation, number>();
  let count = 0;
  for (const population of order) {
    first.set(population, count);
    count += population.size;
  }
  const numberOf = (population: BuiltPopulation) => first.get(population) ?? 0;
  const onward = postsynapticOf(carrying, count, numberOf);
  // In which search a neuron was last seen.
  const seenIn = new Int32Array(count);
  let search = 0;

  return (population, neuron) => {
    search++;
    const start = numberOf(population) + neuron;
    const reached = [start];
    seenIn[start] = search;
    let level = 0;
    for (let step = 1; step < steps && level < reached.length && reached.length < count; step++) {
      const next = reached.length;
      for (; level < next; level++) {
        const from = reached[level];
        for (let k = onward.rowStart[from]; k < onward.rowStart[from + 1]; k++) {
          const to = onward.post[k];
          if (seenIn[to] === search) continue;
          seenIn[to] = search;
          reached.push(to);
        }
      }
    }
    const ascending = Int32Array.from(reached).sort();
    return order.flatMap((each): Neurons[] => {
      const low = numberOf(each);
      const own = ascending.filter((number) => number >= low && number < low + each.size);
      return own.length > 0 ? [{ population: each, neurons: own.map((number) => number - low) }] : [];
    });
  };
}

/** The synapses of all groups by their presynaptic neurons: compressed rows of postsynaptic neurons. */
function postsynapticOf(
  groups: readonly BuiltGroup[],
  count: number,
  numberOf: (population: BuiltPopulation) => number,
): { readonly rowStart: Int32Array; readonly post: Int32Array } {
  const rowStart = new Int32Array(count + 1);
  for (const { from, pre } of groups) for (const j of pre) rowStart[numberOf(from) + j + 1]++;
  for (let j = 0; j < count; j++) rowStart[j + 1] += rowStart[j];
  const post = new Int32Array(rowStart[count]);
  const end = rowStart.slice();
  for (const { from, to, pre, rowStart: rows } of groups) {
    for (let i = 0; i < to.size; i++) {
      for (let k = rows[i]; k < rows[i + 1]; k++) post[end[numberOf(from) + pre[k]]++] = numberOf(to) + i;
    }
  }
  return { rowStart, post };
}
