import {
  cellsByKind,
  cellsIn,
  cellsOf,
  heldAt,
  type BuiltGroup,
  type Cells,
  type CellsOf,
  type Held,
  type Place,
  type Row,
} from '../circuit/index.ts';
import type { ForwardPass } from './forward.ts';
import { at } from './ring.ts';

/** What a solver holds for a synapse group that it changes. */
interface Changed {
  readonly gradient: Float64Array;
  readonly takeUp?: { readonly kept: Readonly<Record<string, Float64Array>> };
}

/**
 * Where a solver holds what its catalogue lists: in its forward pass, in the gradient so far, which is the requested change, and in the state that
 * is kept for applying it. Learning signals, and what feedback brings, are computed where they are needed.
 */
export function cellsOfSolver(forward: ForwardPass, changed: (group: BuiltGroup) => Changed | undefined): CellsOf {
  return cellsByKind({
    row: (row, ago, isConstant) =>
      isConstant || row.kind === 'signal' || row.kind === 'brought' ? undefined : cellsOfRow(forward, row, ago),
    weight: (group) => cellsOfArray(forward.weights.get(group)),
    asked: (group) => cellsOfArray(changed(group)?.gradient),
    state: (group, variable) => cellsOfArray(changed(group)?.takeUp?.kept[variable]),
    feedback: (feedback) => cellsOfArray(forward.feedback.get(feedback)),
    signal: (kind) => cellsIn(() => forward.trial[kind]),
  });
}

function cellsOfArray(values: Float64Array | undefined): Cells | undefined {
  return values && cellsIn(() => values, values.length);
}

function cellsOfRow(forward: ForwardPass, row: Row, ago: number): Cells {
  const { size } = row.population;
  const first = () => (forward.now - ago) * size;
  return cellsOf(
    // Before the trial there is nothing.
    () => (first() < 0 ? 0 : size),
    (i) => forward.of(row)[first() + i],
    (i, value) => {
      forward.of(row)[first() + i] = value;
    },
  );
}

/** Influences from a ring over timesteps of rows. */
export function heldInfluence(
  place: Omit<Extract<Place, { kind: 'influence' }>, 'ago'>,
  ring: readonly Float64Array[],
  timestep: () => number,
): readonly Held[] {
  return ring.map((_, ago) =>
    heldAt(
      { ...place, ago },
      cellsIn(() => at(ring, timestep() - ago)),
    ),
  );
}
