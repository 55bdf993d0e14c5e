import type { BuiltGroup, BuiltPopulation, Row, Term, Ways } from '../circuit/index.ts';
import { found, type ForwardPass } from './forward.ts';
import type { Ring } from './ring.ts';

/** What runs backward for one row: z(t) = -T dL/d row(t), and what it is made of. */
export interface Adjoint {
  readonly row: Row;
  /** z of the timesteps that are still needed. */
  ring: Ring;
  /** Whether all timesteps of the trial are needed: those of a port, which gradients are made of. */
  readonly whole: boolean;
  /** How many timesteps later the latest comes that z is needed for, where not all are. */
  longest: number;
  /** Whether learning signals are about this row. */
  readonly credited: boolean;
  /** The rows that are computed from this one, `late` timesteps later, and the derivative. */
  readonly partials: { readonly of: Adjoint; readonly late: number; readonly value: Row }[];
  /** The groups that bring this row to a port, in circuit order. */
  readonly terms: {
    readonly group: BuiltGroup;
    readonly w: Float64Array;
    readonly into: Adjoint;
    readonly late: number;
    readonly ways?: Ways;
  }[];
  /** What a port sums up. */
  readonly incoming: readonly Term[];
}

/**
 * The rows that a gradient runs back through, last computed first.
 *
 * @param carrying The groups that credit runs through.
 */
export function adjointsOf(
  { timestep, weights }: ForwardPass,
  carrying: readonly BuiltGroup[],
  isCredited: (population: BuiltPopulation) => boolean,
): readonly Adjoint[] {
  const { partials, steps } = timestep;
  const adjoints = new Map<Row, Adjoint>();
  const add = (row: Row, incoming: readonly Term[]): void => {
    const { population, kind } = row;
    const credited = timestep.answer(population) === row && isCredited(population);
    adjoints.set(row, {
      row,
      ring: [],
      whole: kind === 'port',
      longest: 0,
      credited,
      partials: [],
      terms: [],
      incoming,
    });
  };
  for (const step of steps) {
    if (step.do === 'sum' && step.into.kind === 'port') add(step.into, step.terms);
    if (step.do !== 'compute') continue;
    for (const { row } of step.results) if (partials.some(({ of }) => of === row)) add(row, []);
  }
  for (const { of, by, late, value } of partials) {
    const adjoint = found(adjoints, of);
    found(adjoints, by).partials.push({ of: adjoint, late, value });
    adjoint.longest = Math.max(adjoint.longest, late);
  }
  for (const into of adjoints.values()) {
    for (const { weights: group, row, late, ways } of into.incoming) {
      if (!('rowStart' in group) || !carrying.includes(group)) continue;
      found(adjoints, row).terms.push({ group, w: found(weights, group), into, late, ...(ways && { ways }) });
    }
  }
  for (const { terms } of adjoints.values()) terms.sort((one, other) => one.group.index - other.group.index);
  return [...adjoints.values()].reverse();
}
