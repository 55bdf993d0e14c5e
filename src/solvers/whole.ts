import type { BuiltGroup } from '../circuit/index.ts';

/** Whether a group has all possible synapses, so that its weights are a matrix, row by row. */
export function isWhole({ from, to, pre }: BuiltGroup): boolean {
  return pre.length === from.size * to.size && pre.every((j, k) => j === k % from.size);
}
