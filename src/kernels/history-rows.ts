import type { History, LearnStep, Row } from '../circuit/index.ts';

/** A history, and the rows that it fills. */
export interface HistoryRows extends History {
  /** What an event counts. */
  readonly counts: Row;
  /** What was brought has moved by, where that is what counts. */
  readonly moved?: Row;
  /** Where the neurons find what they read. */
  readonly reads: LearnStep['reads'];
}

/** The rows of a group that learns by history. */
export function historyRows({ group, reads }: LearnStep): HistoryRows | undefined {
  const { history, from, to, name } = group;
  if (!history) return undefined;
  const row = (what: string, population = to): Row => ({
    ...{ population, name: `${what} of ${name}`, kind: 'signal' },
    initial: new Float64Array(population.size),
  });
  return {
    ...history,
    ...{ counts: row('g'), reads },
    ...(history.moves && { moved: row('moves', from) }),
  };
}
