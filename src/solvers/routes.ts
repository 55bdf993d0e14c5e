import type { Adjoint } from './backward.ts';
import type { Slot } from './slots.ts';

/**
 * The paths on which derivatives run back in a timestep: from the state at its end to everything that this depends on; from its errors to the
 * state; and from one timestep to the one before. What they do not lead to is 0, and is left out.
 */
export class Routes {
  /** From the state, in the order in which they run; `first`: where the row is in the state. */
  readonly within: readonly { readonly adjoint: Adjoint; readonly first: number | undefined }[];
  /** From the errors: to what is not state, and then to the state, where the paths end. */
  readonly told: readonly Adjoint[];
  readonly toldState: readonly Adjoint[];
  /** To each number of the state: a timestep back, and from the errors of its own timestep. */
  readonly back: readonly { readonly slot: Slot; readonly before: Adjoint; readonly told: Adjoint }[];
  /** Whether both kinds of path write to the same places. */
  readonly isShared: boolean;
  /** Whether an error depends on a row within the timestep, on a path that does not lead through the state. */
  readonly tells: (adjoint: Adjoint) => boolean;

  constructor(adjoints: readonly Adjoint[], slots: readonly Slot[]) {
    const firsts = new Map(slots.flatMap(({ row, ago, first }) => (ago === 0 ? [[row, first] as const] : [])));
    const isState = ({ row }: Adjoint) => firsts.has(row);
    const [reached, heard] = [new Set<Adjoint>(), new Set<Adjoint>()];
    const trimmed = (adjoint: Adjoint, late: number, keeps: (of: Adjoint) => boolean): Adjoint => ({
      ...adjoint,
      uses: adjoint.uses.filter(
        ({ link, of }) => link.late === late && keeps(of) && (link.kind !== 'partial' || link.constant !== 0),
      ),
    });
    const isTold = (of: Adjoint) => heard.has(of) && !isState(of);
    this.tells = isTold;
    this.within = adjoints.flatMap((whole) => {
      const adjoint = trimmed(whole, 0, (of) => reached.has(of));
      const first = firsts.get(whole.row);
      if (first === undefined && adjoint.uses.length === 0) return [];
      reached.add(whole);
      return [{ adjoint, first }];
    });
    const told = adjoints.flatMap((whole) => {
      const adjoint = trimmed(whole, 0, isTold);
      if (!adjoint.credited && adjoint.uses.length === 0) return [];
      heard.add(whole);
      return [adjoint];
    });
    this.told = told.filter((adjoint) => !isState(adjoint));
    this.toldState = told.filter(isState);
    this.back = slots.map((slot) => ({
      slot,
      before: trimmed(slot.adjoint, 1 + slot.ago, (of) => reached.has(of)),
      told: trimmed(slot.adjoint, slot.ago, isTold),
    }));
    this.isShared = [...heard].some((adjoint) => reached.has(adjoint) && !isState(adjoint));
  }
}
