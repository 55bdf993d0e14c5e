import type { BuiltGroup, Neurons } from '../circuit/index.ts';
import type { Footprint } from './footprint.ts';
import { ringLength } from './influence-solver.ts';

/**
 * The footprint of a solver that keeps the influence of each weight on some neurons.
 *
 * @param moved Those neurons, for the synapses of a group: the possible choices, of which the largest counts.
 */
export function influenceFootprint(
  enters: Pick<Footprint, 'neurons' | 'carrying' | 'transposed' | 'credited'>,
  moved: (group: BuiltGroup) => readonly (readonly Neurons[])[],
): Footprint {
  const { carrying, credited } = enters;
  const most = (group: BuiltGroup, count: (of: readonly Neurons[]) => number) =>
    Math.max(0, ...moved(group).map(count));
  const bringing = (of: readonly Neurons[]) => carrying.reduce((sum, each) => sum + synapsesBetween(each, of), 0);
  const heard = (of: readonly Neurons[]) => sizeOf(of.filter(({ population }) => credited(population)));
  return {
    ...{ ...enters, backward: false, numbersPerTimestep: 0 },
    numbers: (group) => 1 + ringLength(carrying) * most(group, sizeOf),
    operations: (group) => ({
      // For each neuron: what is brought, then r before + s now and, if there is credit, the product with the credit.
      '*': most(group, (of) => bringing(of) + 2 * sizeOf(of) + heard(of)),
      '+': most(group, (of) => bringing(of) + sizeOf(of) + heard(of) + 1),
    }),
  };
}

function sizeOf(some: readonly Neurons[]): number {
  return some.reduce((sum, { neurons }) => sum + neurons.length, 0);
}

/** How many synapses of a group join two of these neurons. */
function synapsesBetween({ from, to, pre, rowStart }: BuiltGroup, some: readonly Neurons[]): number {
  const senders = new Set(some.find(({ population }) => population === from)?.neurons);
  const receivers = some.find(({ population }) => population === to)?.neurons ?? [];
  let count = 0;
  for (const i of receivers) for (let k = rowStart[i]; k < rowStart[i + 1]; k++) if (senders.has(pre[k])) count++;
  return count;
}
