import { dependentRows, found, waysOf, type BuiltGroup, type Row } from '../circuit/index.ts';
import type { Track } from './compute.ts';
import type { ForwardPass } from './forward.ts';
import { wayByWay, type OneWay } from './ways.ts';

/** How a row of timestep t depends on one of t - late. */
export type Link = Partial | Total | Weighted;

interface Ends {
  readonly of: Row;
  readonly by: Row;
  readonly late: number;
}

/** Elementwise: each neuron reads its own number, or all read that of one neuron. `value` is d of_i / d by. */
export interface Partial extends Ends {
  readonly kind: 'partial';
  readonly value: Track;
  /** The derivative, if it never changes. */
  readonly constant: number | undefined;
  readonly neuron?: number;
}

/** One number for a whole population: the sum or the maximum (the first, if several are equal). */
export interface Total extends Ends {
  readonly kind: 'total';
  readonly takes: 'sum' | 'largest';
  /** The numbers that it is computed from. */
  readonly values: Track;
}

/** What a group brings to a port. */
export interface Weighted extends Ends {
  readonly kind: 'weights';
  readonly group: BuiltGroup;
  readonly w: Float64Array;
  /** If synapses have ways of their own: those of one way; there is a link for each way. Absent: all synapses. */
  readonly oneWay?: OneWay;
}

/** How the rows of a circuit depend on one another: what derivatives run along, backward and forward in time. */
export class Links {
  /** The rows that depend on others or on weights, in the order in which they are computed. */
  readonly rows: readonly Row[];
  /** The links to what depends on a row: elementwise ones first, then those through groups in the circuit's order. */
  private readonly from: ReadonlyMap<Row, readonly Link[]>;
  private readonly into: ReadonlyMap<Row, readonly Link[]>;

  /** @param carrying The groups that credit runs through. */
  constructor(
    forward: ForwardPass,
    readonly carrying: readonly BuiltGroup[],
  ) {
    const { timestep, weights } = forward;
    const { partials, steps } = timestep;
    this.rows = dependentRows(timestep);
    const known = new Set(this.rows);
    const links: Link[] = [
      ...partials.map(({ value, ...ends }): Partial => {
        const constant = timestep.constants.get(value);
        return { kind: 'partial', ...ends, constant, value: forward.track(value) };
      }),
      ...steps.flatMap((step): Total[] => {
        if (step.do !== 'total') return [];
        const { row: by, into: of, of: takes } = step;
        return [{ kind: 'total', of, by, late: 0, takes, values: forward.track(by) }];
      }),
      ...timestep.connections.flatMap((connection): Weighted[] => {
        const { group, into: of, ways } = connection;
        if (!carrying.includes(group)) return [];
        const w = found(weights, group);
        const apart = ways && wayByWay(group, ways);
        return waysOf(connection).map(({ row: by, late }, way) => ({
          ...{ kind: 'weights', of, by, late, group, w },
          ...(apart && { oneWay: apart[way] }),
        }));
      }),
    ];
    const among = links.filter(({ by, of }) => known.has(by) && known.has(of));
    this.from = new Map(this.rows.map((row) => [row, among.filter(({ by }) => by === row)]));
    this.into = new Map(this.rows.map((row) => [row, among.filter(({ of }) => of === row)]));
  }

  /** What depends on a row. */
  usesOf(row: Row): readonly Link[] {
    return found(this.from, row);
  }

  /** What a row depends on. */
  partsOf(row: Row): readonly Link[] {
    return found(this.into, row);
  }
}

/** The neuron with the largest of the numbers from `first` on; the first, if several are equal. */
export function largest(values: Float64Array, first: number, size: number): number {
  let at = 0;
  for (let k = 1; k < size; k++) if (values[first + k] > values[first + at]) at = k;
  return at;
}
