import { found, type BuiltPopulation, type Connection, type Row } from '../circuit/index.ts';
import type { ForwardPass } from './forward.ts';
import { largest, type Link, type Links } from './links.ts';
import { at, type Ring } from './ring.ts';
import { outer, scatter } from './rows.ts';
import { outerByWay, scatterOneWay } from './ways.ts';

/** What runs backward for one row: z(t) = -d/d row(t) of some quantity, such as T L, and what it is computed from. */
export interface Adjoint {
  readonly row: Row;
  /** z of the timesteps that are still needed. */
  ring: Ring;
  /** For how many more timesteps z is needed, at most. */
  readonly longest: number;
  /** Whether learning signals refer to this row. */
  readonly credited: boolean;
  /** What depends on this row: its z, and how. */
  readonly uses: readonly { readonly link: Link; readonly of: Adjoint }[];
}

/** Runs derivatives backward, from what depends on a row to the row: J' v, one row at a time. */
export class Backward {
  /** Each comes after those that it is computed from: the rows, last computed first. */
  readonly adjoints: readonly Adjoint[];
  private readonly byRow: ReadonlyMap<Row, Adjoint>;

  constructor(
    private readonly forward: ForwardPass,
    links: Links,
    isCredited: (population: BuiltPopulation) => boolean,
  ) {
    const byRow = new Map<Row, Adjoint>();
    for (const row of links.rows.toReversed()) {
      const { population } = row;
      const isAnswer = population.model !== undefined && forward.timestep.answer(population) === row;
      byRow.set(row, {
        ...{ row, ring: [], credited: isAnswer && isCredited(population), uses: [] },
        longest: Math.max(0, ...links.partsOf(row).map(({ late }) => late)),
      });
    }
    this.adjoints = [...byRow.values()].map((adjoint) => {
      const uses = links.usesOf(adjoint.row).map((link) => ({ link, of: found(byRow, link.of) }));
      return Object.assign(adjoint, { uses });
    });
    this.byRow = byRow;
  }

  /** The adjoint of the port that a group ends on. */
  portOf({ into }: Connection): Adjoint {
    return found(this.byRow, into);
  }

  /**
   * Adds to z what a row of timestep t gets from the rows that depend on it in timesteps `first` to `last`.
   *
   * @param isEmpty Whether z is 0 so far, and nothing has been added to it.
   */
  gather(z: Float64Array, { row, uses }: Adjoint, t: number, first: number, last: number, isEmpty: boolean): void {
    const { size } = row.population;
    for (const { link, of } of uses) {
      const then = t + link.late;
      if (then < first || then > last) continue;
      const later = at(of.ring, then);
      switch (link.kind) {
        case 'partial': {
          const { values } = link.value;
          if (link.neuron !== undefined) z[link.neuron] += inner(values, then * later.length, later);
          else if (isEmpty) writeProducts(z, values, then * size, later);
          else addProducts(z, values, then * size, later);
          break;
        }
        case 'total':
          if (link.takes === 'sum') for (let i = 0; i < size; i++) z[i] += later[0];
          else z[largest(link.values.values, t * size, size)] += later[0];
          break;
        case 'weights': {
          if (link.oneWay) {
            scatterOneWay(z, link.group, link.oneWay, link.w, later);
            break;
          }
          const { rowStart, pre, to, from } = link.group;
          if (this.forward.whole.has(link.group)) {
            this.forward.arithmetic.multiplyBack(link.w, later, z, to.size, from.size);
            break;
          }
          for (let i = 0; i < to.size; i++) scatter(z, link.w, pre, later[i], rowStart[i], rowStart[i + 1]);
        }
      }
      isEmpty = false;
    }
  }

  /** gradient += v_i brought_j for the synapses of a group, where v is the z of their port at timestep t. */
  addGradient({ group, row, late, ways }: Connection, gradient: Float64Array, v: Float64Array, t: number): void {
    if (ways) {
      outerByWay(gradient, group, v, ways.of, this.forward.arrived(ways, t));
      return;
    }
    const { rowStart, pre, to, from } = group;
    if (t >= late && this.forward.whole.has(group)) {
      const { values } = this.forward.track(row);
      this.forward.arithmetic.addOuter(gradient, 0, v, values, (t - late) * from.size, to.size, from.size);
      return;
    }
    const [brought, before] = this.forward.late(row, t, late);
    for (let i = 0; i < to.size; i++) outer(gradient, pre, brought, before, v[i], rowStart[i], rowStart[i + 1]);
  }
}

/** z_i = values_(first + i) v_i */
function writeProducts(z: Float64Array, values: Float64Array, first: number, v: Float64Array): void {
  for (let i = 0; i < z.length; i++) z[i] = values[first + i] * v[i];
}

/** z_i += values_(first + i) v_i */
function addProducts(z: Float64Array, values: Float64Array, first: number, v: Float64Array): void {
  for (let i = 0; i < z.length; i++) z[i] += values[first + i] * v[i];
}

/** sum_i values_(first + i) v_i */
function inner(values: Float64Array, first: number, v: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < v.length; i++) sum += values[first + i] * v[i];
  return sum;
}
