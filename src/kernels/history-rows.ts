import { maybeSilent, type BuiltGroup, type History, type LearnStep, type Row, type Ways } from '../circuit/index.ts';
import type { MemoryPlan } from './memory.ts';

/** Where a synapse finds what it was brought. */
export interface Brought {
  readonly row: Row;
  readonly late: number;
}

/** A history, and the rows that it needs and fills. */
export interface HistoryRows extends History {
  /** What an event counts. */
  readonly counts: Row;
  /** What was brought has moved by, where that is what counts. */
  readonly moved?: Row;
  /** What was brought, by each way that the axons have; of the others, by the one. */
  readonly ways: readonly Brought[];
  /** Where the neurons find what they read. */
  readonly reads: LearnStep['reads'];
}

/** The rows of a group that learns by history. */
export function historyRows({ group, reads, ways }: LearnStep): HistoryRows | undefined {
  const { history, from, to, name } = group;
  if (!history) return undefined;
  const row = (what: string, population = to): Row => ({
    ...{ population, name: `${what} of ${name}`, kind: 'signal' },
    initial: new Float64Array(population.size),
  });
  const brought = reads.get(history.brought);
  if (brought?.kind !== 'row') throw new Error(`nothing is brought as '${history.brought}'`);
  const [shortest] = ways?.all ?? [brought];
  return {
    ...history,
    ...{ counts: row('g'), reads },
    ways: (ways?.all ?? [brought]).map((way) => ({
      row: brought.row === shortest.row ? way.row : brought.row,
      late: brought.late + way.late - shortest.late,
    })),
    ...(history.moves && { moved: row('moves', from) }),
  };
}

/** For each axon, the timesteps in which it brought something by the shortest way: see events.ts. */
export interface EventLists {
  /** Where it says, for each axon, where its list begins, and after the last where that ends. */
  readonly starts: number;
  /** Where it says whether anything but 1 was brought. */
  readonly graded: number;
  /** How many timesteps longer the longest way is. Events of that many timesteps before the trial are listed, too. */
  readonly longer: number;
}

/** Events are listed where ways differ by how late they are alone. */
export function listedOf(
  memory: MemoryPlan,
  group: BuiltGroup,
  { moves }: History,
  ways: Ways | undefined,
): { readonly listed?: EventLists } {
  const all = ways?.all ?? [];
  if (!(moves || maybeSilent(group)) || all.some(({ row }) => row !== all[0].row)) return {};
  const longer = all.reduce((most, way) => Math.max(most, way.longer), 0);
  const [starts, graded] = [4 * (group.from.size + 1), 4].map((bytes) => memory.reserve(bytes));
  return { listed: { starts, graded, longer } };
}
