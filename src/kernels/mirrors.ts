import { maybeSilent } from '../circuit/index.ts';
import { statements, type Read } from '../local/index.ts';
import type { Layout, PlasticGroup } from './layout.ts';
import { i32, op } from './wat.ts';
import type { Writer } from './writer.ts';

/**
 * Synapses that run the other way between the neurons of another group, and ask for the same change as its synapses do. Once they are its transpose, they
 * stay it. Then the kernels keep and change only the weights of the other group, and sum these up by columns.
 */
export interface Mirror {
  readonly group: PlasticGroup;
  /** The group that it mirrors. */
  readonly of: PlasticGroup;
  /** Where it is said, by 1, that its weights are those of the other group; else 0. */
  readonly isOne: number;
}

/** Finds them where trials of one timestep are learned from in one visit: nothing can be looked into meanwhile, and nothing but weights is left. */
export function mirrorsOf(layout: Layout): readonly Mirror[] {
  if (!layout.learnsOnce) return [];
  const able = layout.plastic.filter(({ axons, group }) => axons && !group.atOnce);
  const followed = layout.feedback.flatMap(({ carriage }) => carriage?.sources.map(({ group }) => group) ?? []);
  const mirrors: Mirror[] = [];
  for (const [k, one] of able.entries()) {
    const { group } = one;
    if (followed.includes(group) || maybeSilent(group)) continue;
    const of = able
      .slice(0, k)
      .find((other) => !mirrors.some(({ group: known }) => known === other) && isMirrored(layout, one, other));
    if (of) mirrors.push({ group: one, of, isOne: layout.memory.reserve(4) });
  }
  return mirrors;
}

function isMirrored(layout: Layout, one: PlasticGroup, other: PlasticGroup): boolean {
  const isBetween = one.group.from === other.group.to && one.group.to === other.group.from;
  return isBetween && changeOf(layout, one, ['from', 'to']) === changeOf(layout, other, ['to', 'from']);
}

/** What synapses ask for, as text in which numbers of neurons are named by where they are and by whose they are: of which end of the synapse. */
function changeOf({ frames }: Layout, { program, reads }: PlasticGroup, [pre, post]: readonly string[]): string {
  const read = ({ path, scope }: Read) => {
    const source = reads.get(path);
    switch (source?.kind) {
      case 'row':
        return `${scope === 'presynaptic' ? pre : post}[${frames.at(source.row, source.late)}]`;
      case 'element':
        return `${frames.at(source.row, source.late)}[${source.neuron}]`;
      case 'number':
        return `(${source.value})`;
      default:
        return path;
    }
  };
  const { lines, results } = statements([program.change], read);
  return [...lines, ...results].join('\n');
}

/** Does `own` where a group has weights of its own, and `mirrored` where it is one with what it mirrors. */
export function whereOwn(
  writer: Writer,
  mirror: Mirror | undefined,
  own: () => void,
  mirrored: (of: PlasticGroup) => void = () => undefined,
): void {
  if (!mirror) {
    own();
    return;
  }
  const isOne = writer.keep('i32', i32.load(i32.constant(0), mirror.isOne));
  writer.when(isOne, () => {
    mirrored(mirror.of);
  });
  writer.when(op('i32.eqz', isOne), own);
}
