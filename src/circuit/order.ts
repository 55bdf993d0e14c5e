import { InputError } from '../errors/index.ts';
import type { Population } from '../neurons/index.ts';

/** Of a synapse group, what the order hangs on. */
interface Path {
  readonly from: string;
  readonly to: string;
  readonly delay: number;
}

/**
 * The order in which the bus runs the populations that have a model: so that every delay-0 group runs forward.
 * Kahn's algorithm (1962); among populations that are ready, the circuit's own order. Gates
 * put nothing in order: what scales the axons of a timestep was sent in the one before.
 *
 * @throws InputError naming the groups of a loop without delay.
 */
export function forwardOrder(
  neurons: Readonly<Record<string, Population>>,
  synapses: Readonly<Record<string, Path>>,
): readonly string[] {
  const waiting = Object.keys(neurons).filter((name) => neurons[name].model);
  const immediate = Object.entries(synapses).filter(([, group]) => group.delay === 0 && neurons[group.from].model);
  const order: string[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex((name) =>
      immediate.every(([, group]) => group.to !== name || order.includes(group.from)),
    );
    if (next < 0) {
      const loop = onLoops(immediate.filter(([, { from, to }]) => waiting.includes(from) && waiting.includes(to)));
      const through = loop.map(([name, { from, to }]) => `'${name}' (${from} to ${to})`).join(', ');
      throw new InputError('synapses', `a loop without delay through ${through}; give one of them delay: 1`);
    }
    order.push(...waiting.splice(next, 1));
  }
  return order;
}

/** What is left of groups when those are dropped, again and again, that lead where no group goes on. */
function onLoops<Group extends readonly [string, Path]>(groups: readonly Group[]): readonly Group[] {
  const goOn = groups.filter(([, { to }]) => groups.some(([, { from }]) => from === to));
  return goOn.length === groups.length ? groups : onLoops(goOn);
}
