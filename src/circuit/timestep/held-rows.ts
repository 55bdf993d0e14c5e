import type { Place } from '../held.ts';
import type { Row } from './step.ts';
import { looks, type Timestep } from './timestep.ts';
import { waysOf } from './ways.ts';

/** A row as it was `ago` timesteps before, which an engine holds, and what its numbers are. */
export interface HeldRow {
  readonly row: Row;
  readonly ago: number;
  readonly place: Place;
}

/** All rows that an engine holds: as far back as something looks at them. Those whose numbers never change are held nowhere. */
export function heldRows(timestep: Timestep): readonly HeldRow[] {
  const oldest = new Map<Row, number>();
  for (const { row, late } of timestep.steps.flatMap(looks)) oldest.set(row, Math.max(late, oldest.get(row) ?? 0));
  return timestep.rows
    .filter((row) => !timestep.constants.has(row))
    .flatMap((row) =>
      Array.from({ length: 1 + (oldest.get(row) ?? 0) }, (_, ago) => ({
        row,
        ago,
        place: placeOf(timestep, row, ago),
      })),
    );
}

const KINDS = ['rate', 'sent', 'slope', 'retention', 'signal', 'potential'] as const;

function placeOf({ steps }: Timestep, row: Row, ago: number): Place {
  const { population, kind } = row;
  if (kind === 'error') return { kind: 'error', output: population, ago };
  if (kind === 'brought') {
    const terms = steps.flatMap((step) => (step.do === 'sum' ? step.terms : []));
    for (const term of terms) {
      const way = waysOf(term).find((one) => one.row === row);
      if (!way) continue;
      const { weights } = term;
      if (!('rowStart' in weights)) return { kind: 'message', feedback: weights, ago };
      return { kind: 'axon', group: weights, longer: way.longer };
    }
  }
  return placeOfNeurons(row, ago);
}

/** What the numbers of neurons are: rates and what belongs to them have kinds of their own. */
export function placeOfNeurons(row: Row, ago: number): Place {
  const { population, name } = row;
  const known = row.kind === 'global' ? undefined : KINDS.find((one) => one === name);
  return known ? { kind: known, population, ago } : { kind: 'row', row, population, ago };
}
