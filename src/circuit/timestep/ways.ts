import type { BuiltGroup } from '../built.ts';
import type { LearnStep, Term, Way } from './step.ts';

type Found = Pick<Term, 'row' | 'late' | 'ways'>;

/** What a group carries to its synapses. `foundAt` gives its row for synapses with a delay of `longer` timesteps more than the shortest. */
export function termOf(group: BuiltGroup, foundAt: (longer: number) => Pick<Way, 'row' | 'late'>): Term {
  const { longer } = group;
  if (!longer) return { weights: group, ...foundAt(0) };
  const different = [...new Set(longer)].sort((one, other) => one - other);
  const all = different.map((more) => ({ ...foundAt(more), longer: more }));
  const [{ row, late }] = all;
  return { weights: group, row, late, ways: { all, of: longer.map((more) => different.indexOf(more)) } };
}

/** All places where synapses find what they are brought. */
export function waysOf({ row, late, ways }: Found): readonly Way[] {
  return ways?.all ?? [{ row, late, longer: 0 }];
}

/** Where synapse k finds what it is brought. */
export function wayOf({ row, late, ways }: Found, k: number): Way {
  return ways ? ways.all[ways.of[k]] : { row, late, longer: 0 };
}

/** Where synapses with delays of their own find what they read of their presynaptic neurons. */
export function waysOfReads({ reads, ways }: LearnStep): readonly Pick<Way, 'row' | 'late'>[] {
  if (!ways) return [];
  const [first] = ways.all;
  return [...reads].flatMap(([path, source]): readonly Pick<Way, 'row' | 'late'>[] => {
    if (!path.startsWith('pre.') || source.kind !== 'row') return [];
    if (source.row === first.row) return ways.all;
    return ways.all.map(({ longer }) => ({ row: source.row, late: source.late + longer }));
  });
}
