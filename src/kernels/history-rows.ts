import type { History, LearnStep, Row } from '../circuit/index.ts';

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
