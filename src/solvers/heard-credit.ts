import type { BuiltPopulation } from '../circuit/index.ts';
import type { Adjoint, Backward } from './backward.ts';
import type { Memory } from './memory.ts';
import { at, type PartOf } from './ring.ts';
import type { Routes } from './routes.ts';

/** The credit of the current timestep, run back only as far as requested: to ports from which no path leads to the state, and to the state. */
export class HeardCredit {
  /** Whether the adjoints of ports hold the credit of the timestep, and whether `state` holds that of the state. */
  private hasPorts = false;
  private hasState = false;
  /** The credit that reaches rows of the state in the timestep itself. */
  private readonly state: readonly { readonly adjoint: Adjoint; readonly z: Float64Array }[];
  private readonly slots: readonly (Routes['back'][number] & { readonly z: Float64Array | undefined })[];

  constructor(
    private readonly routes: Routes,
    private readonly backward: Backward,
    /** The credit of a population in the timestep: sums from 0, so that none is -0. */
    private readonly creditOf: (population: BuiltPopulation) => Float64Array,
    private readonly partOf: PartOf,
    memory: Memory,
  ) {
    this.state = routes.toldState.map((adjoint) => ({ adjoint, z: memory(adjoint.row.population.size, 'learning') }));
    const found = new Map(this.state.map(({ adjoint, z }) => [adjoint.row, z]));
    this.slots = routes.back.map((one) => ({ ...one, z: found.get(one.slot.row) }));
  }

  /** The next timestep has run. */
  next(): void {
    this.hasPorts = this.hasState = false;
  }

  /** The adjoints of ports have been overwritten. */
  overwritten(): void {
    this.hasPorts = false;
  }

  /** Makes sure that the adjoints of ports hold the credit of timestep t. */
  byPorts(t: number): void {
    if (this.hasPorts) return;
    this.hasPorts = true;
    for (const adjoint of this.routes.told) this.bring(adjoint, at(adjoint.ring, t), t);
  }

  /** into = -T dL(t)/ds(t), [size]. */
  byState(t: number, into: Float64Array): void {
    this.byPorts(t);
    if (!this.hasState) for (const { adjoint, z } of this.state) this.bring(adjoint, z, t);
    this.hasState = true;
    into.fill(0);
    for (const { slot, told, z } of this.slots) {
      const { row, ago, first } = slot;
      if (ago > 0) this.backward.gather(this.partOf(into, first, row.population.size), told, t - ago, t, t, true);
      else if (z) into.set(z, first);
    }
  }

  /** z = the credit that reaches a row in timestep t. */
  private bring(adjoint: Adjoint, z: Float64Array, t: number): void {
    const { row, credited } = adjoint;
    const credit = credited && this.creditOf(row.population);
    if (credit) for (let i = 0; i < z.length; i++) z[i] = credit[i];
    else z.fill(0);
    this.backward.gather(z, adjoint, t, t, t, !credited);
  }
}
