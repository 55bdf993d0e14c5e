import { build, type BuiltGroup, type Circuit, type SynapseGroup } from '../../src/circuit/index.ts';
import { integers, stream, type Stream } from '../../src/random/index.ts';
import { changed } from './dialled.ts';

/** The synapses of a built group one by one, in an order of chance, each with the delay that `late` says. */
export function edgesOf({ to, rowStart, pre, weights }: BuiltGroup, random: Stream, late: () => number): number[][] {
  const edges: number[][] = [];
  for (let i = 0; i < to.size; i++) {
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) edges.push([pre[k], i, weights[k], late()]);
  }
  return edges
    .map((edge) => ({ edge, at: random() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ edge }) => edge);
}

/** The circuit with delays of their own for most of its synapses, none shorter than before: drawn, in a matrix, or edge by edge. */
export function scattered(circuit: Circuit, seed: number): Circuit {
  const random = stream(seed, 'scattered');
  const built = build(circuit, seed);
  const synapses = built.groups.map((group): [string, SynapseGroup] => {
    const { connect, weights, delay, ...rest } = circuit.synapses[group.name];
    const [least, most] = [Number(delay), Math.floor(random() * 6)];
    const late = () => least + Math.floor(random() * (most + 1));
    const kept = { ...(connect && { connect }), ...(weights && { weights }) };
    const scatter: readonly (() => SynapseGroup)[] = [
      () => ({ ...rest, ...kept, delay: least }),
      () => ({ ...rest, ...kept, delay: integers(least, least + most) }),
      () => ({
        ...{ ...rest, ...kept },
        delay: Array.from({ length: group.to.size }, () => Array.from({ length: group.from.size }, late)),
      }),
      () => ({ ...rest, edges: edgesOf(group, random, late), ...(group.pre.length === 0 && { delay: least }) }),
    ];
    return [group.name, scatter[Math.floor(random() * scatter.length)]()];
  });
  return changed(circuit, { synapses: Object.fromEntries(synapses) });
}
