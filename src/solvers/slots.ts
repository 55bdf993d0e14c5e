import type { Row } from '../circuit/index.ts';
import type { Adjoint } from './backward.ts';
import type { StatePart } from './parts.ts';

/** Numbers of the state: a row of `ago` timesteps before. */
export interface Slot {
  readonly row: Row;
  readonly ago: number;
  /** Where they are in the state. */
  readonly first: number;
  readonly adjoint: Adjoint;
  /** The same row, a timestep older, if the state has it. */
  readonly older?: Slot;
}

/**
 * The state: the rows that later timesteps read, as far back as they do, if they depend on one of these ports. What plastic synapses do not move,
 * such as a neuron that always sends 1, is left out: it has no influence to follow, and noise or initial factors there would disturb and never decay.
 */
export function slotsOf(adjoints: readonly Adjoint[], ports: readonly Adjoint[]): readonly Slot[] {
  const moved = new Set(ports);
  for (const { uses } of moved) for (const { of } of uses) moved.add(of);
  const usesOf = ({ uses }: Adjoint) => uses.filter(({ link }) => link.kind !== 'partial' || link.constant !== 0);
  const isState = (adjoint: Adjoint) => usesOf(adjoint).some(({ link }) => link.late > 0);
  // Rows that lead to an error without being state: what they have just read must still be available, because the error depends on it.
  const makesError = new Set<Adjoint>();
  for (const adjoint of adjoints) {
    const goesOn = adjoint.uses.some(({ link, of }) => link.late === 0 && makesError.has(of));
    if (!isState(adjoint) && (adjoint.credited || goesOn)) makesError.add(adjoint);
  }
  const rows = adjoints.toReversed().filter((adjoint) => moved.has(adjoint) && isState(adjoint));
  const lengths = rows.map((adjoint) =>
    Math.max(...usesOf(adjoint).map(({ link, of }) => link.late + (link.late > 0 && makesError.has(of) ? 1 : 0))),
  );
  let first = 0;
  const slots = Array.from({ length: Math.max(0, ...lengths) }, (_, ago) =>
    rows.flatMap((adjoint, k): Slot[] => {
      const { row } = adjoint;
      if (ago >= lengths[k]) return [];
      return [{ row, ago, first: (first += row.population.size) - row.population.size, adjoint }];
    }),
  ).flat();
  for (const slot of slots) {
    const older = slots.find(({ row, ago }) => row === slot.row && ago === slot.ago + 1);
    if (older) Object.assign(slot, { older });
  }
  return slots;
}

/** The description of a part of the state that learners get. */
export function statePart(slot: Slot): StatePart {
  const { row, ago, first } = slot;
  const retention = retentionOf(slot);
  return {
    ...{ population: row.population.name, row: row.name, ago, first, size: row.population.size },
    ...(retention !== undefined && { retention }),
  };
}

/** How much of the previous number is kept, if that is always the same. */
function retentionOf({ ago, adjoint }: Slot): number | undefined {
  if (ago > 0) return undefined;
  const own = adjoint.uses.filter(({ link, of }) => of === adjoint && link.late === 1);
  const [first] = own;
  return own.length === 1 && first.link.kind === 'partial' ? first.link.constant : undefined;
}
