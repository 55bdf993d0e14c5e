import {
  maybeSilent,
  type BuiltFeedback,
  type BuiltGroup,
  type Source,
  type SynapseProgram,
} from '../circuit/index.ts';
import { statements, type Read } from '../local/index.ts';
import type { Frames } from './frames.ts';
import type { Matrix } from './matrix.ts';
import type { MemoryPlan } from './memory.ts';
import { i32 } from './wat.ts';
import type { Writer } from './writer.ts';

/**
 * Synapses that run in the opposite direction between the neurons of another group, and request the same changes as its synapses. Once they are its
 * transpose, they remain so. Then the kernels keep and change only the weights of the other group, and sum these up by columns.
 */
export interface Mirror {
  readonly group: Mirrored;
  /** The group that it mirrors. */
  readonly of: Mirrored;
  /** The address of a flag: 1 if it shares the weights of the other group, otherwise 0. */
  readonly isOne: number;
}

/** What must be known about a group that learns. */
interface Mirrored {
  readonly group: BuiltGroup;
  readonly matrix: Matrix;
  readonly program: SynapseProgram;
  readonly reads: ReadonlyMap<string, Source>;
  /** The address of each parameter that its program reads. */
  readonly parameters: Readonly<Record<string, number>>;
}

/**
 * Finds mirrors among groups that have only weights, in the order in which they learn.
 *
 * @param feedback A group whose weights are followed by feedback always keeps its own.
 */
export function mirrorsOf(
  able: readonly Mirrored[],
  feedback: readonly BuiltFeedback[],
  frames: Frames,
  memory: MemoryPlan,
): readonly Mirror[] {
  const followed = feedback.flatMap(({ carriage }) => carriage?.sources.map(({ group }) => group) ?? []);
  const mirrors: Mirror[] = [];
  for (const [k, one] of able.entries()) {
    if (followed.includes(one.group) || maybeSilent(one.group)) continue;
    const own = able.slice(0, k).filter((other) => mirrors.every(({ group }) => group !== other));
    const of = own.find((other) => isMirrored(frames, one, other));
    if (of) mirrors.push({ group: one, of, isOne: memory.reserve(4) });
  }
  return mirrors;
}

function isMirrored(frames: Frames, one: Mirrored, other: Mirrored): boolean {
  const isBetween = one.group.from === other.group.to && one.group.to === other.group.from;
  return isBetween && changeOf(frames, one, ['from', 'to']) === changeOf(frames, other, ['to', 'from']);
}

/** The change that synapses request, as text in which numbers of neurons are named by their place and the end of the synapse they belong to. */
function changeOf(frames: Frames, { program, reads }: Mirrored, [pre, post]: readonly string[]): string {
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

/** Runs `own` if a group has its own weights, and `mirrored` if it shares those that it mirrors. */
export function whereOwn(
  writer: Writer,
  mirror: Mirror | undefined,
  own: () => void,
  mirrored: (of: Mirrored) => void = () => undefined,
): void {
  if (!mirror) {
    own();
    return;
  }
  const isOne = i32.load(i32.constant(0), mirror.isOne);
  writer.when(
    isOne,
    () => {
      mirrored(mirror.of);
    },
    own,
  );
}
