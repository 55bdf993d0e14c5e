import { fitPowerLaw, type PowerLaw } from '../../analysis/index.ts';
import type { LedgerRow } from './counts.ts';

/** What is compared between learners, per synapse. */
export type Quantity = 'events' | 'reads' | 'operations' | 'bytes';

/** How a quantity grows. */
export interface Fit extends PowerLaw {
  readonly learner: string;
  readonly quantity: Quantity;
  /** What grows: N at the least T, or T at the least N. */
  readonly by: 'units' | 'timesteps';
  /** The sizes at which it was counted. */
  readonly sizes: readonly number[];
}

/** Every quantity, in the order of tables and figures. */
export const QUANTITIES: readonly Quantity[] = ['events', 'reads', 'operations', 'bytes'];

/** A quantity for one synapse: events, reads and operations of one update, bytes kept. Null if it was not counted. */
export function perSynapse({ events, updates, synapses, ...row }: LedgerRow, quantity: Quantity): number | null {
  switch (quantity) {
    case 'bytes':
      return row.bytes / synapses;
    case 'events':
      return events && Object.values(events).reduce((sum: number, count: number) => sum + count, 0) / updates;
    default: {
      const count = row[quantity];
      return count === null ? null : count / updates;
    }
  }
}

/** The exponents of every learner and quantity that was counted at two sizes or more. */
export function fitsOf(rows: readonly LedgerRow[], leastUnits: number, leastTimesteps: number): readonly Fit[] {
  const learners = [...new Set(rows.map(({ learner }) => learner))];
  return learners.flatMap((learner) =>
    QUANTITIES.flatMap((quantity) =>
      (['units', 'timesteps'] as const).flatMap((by) => {
        const points = rows.flatMap((row): (readonly [number, number])[] => {
          const along = by === 'units' ? row.timesteps === leastTimesteps : row.units === leastUnits;
          const value = perSynapse(row, quantity);
          return row.learner === learner && along && value !== null ? [[row[by], value]] : [];
        });
        const law = fitPowerLaw(points);
        return law ? [{ learner, quantity, by, ...law, sizes: points.map(([size]) => size) }] : [];
      }),
    ),
  );
}
