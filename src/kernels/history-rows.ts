import { maybeSilent, type BuiltGroup, type History, type LearnStep, type Row, type Ways } from '../circuit/index.ts';
import type { MemoryPlan } from './memory.ts';

/** The row that brings something to a synapse, and its delay. */
export interface Brought {
  readonly row: Row;
  readonly late: number;
}

/** A history, and the rows that it needs and fills. */
export interface HistoryRows extends History {
  /** How much an event counts. */
  readonly counts: Row;
  /** The change of what was brought, if that is what counts. */
  readonly moved?: Row;
  /** What was brought, by each way of the axons; one entry if they have only one. */
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
  /** A table: where the list of each axon begins, and where the last one ends. */
  readonly starts: number;
  /** The place of a flag: whether anything different from 1 was brought. */
  readonly graded: number;
  /** By how many timesteps the longest way exceeds the shortest. Events of that many timesteps before the trial are also listed. */
  readonly longer: number;
}

/** The lists of events of a group, if its ways differ only in their delay. */
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
