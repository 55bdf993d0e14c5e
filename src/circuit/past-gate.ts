import type { Circuit } from './circuit.ts';
import { differInDelay } from './delays.ts';
import { seenBy } from './ends.ts';

/** Whether a rule reads a message besides the one that a gate scales, where synapses differ in delay: only actors bring both. */
export function readsPastGate(
  { gate, from, to, port, carries, rule, ...delays }: Circuit['synapses'][string],
  neurons: Circuit['neurons'],
): boolean {
  if (!gate || !differInDelay(delays)) return false;
  const { pre } = seenBy(neurons[from], neurons[to], { port, carries });
  const reads = rule?.analysis?.reads.map(({ path }) => path) ?? [];
  return Object.keys(pre).some((name) => pre[name] !== pre[carries] && reads.includes(`pre.${name}`));
}
