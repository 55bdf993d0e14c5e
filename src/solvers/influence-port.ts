import { waysOf, type BuiltGroup, type Row } from '../circuit/index.ts';
import { lateIn, type Track } from './compute.ts';
import type { ForwardPass } from './forward.ts';
import { at, type Ring } from './ring.ts';
import { addRows, gather } from './rows.ts';

/** The weights of synapses first .. first + width - 1 of one group. */
export interface Block {
  readonly group: BuiltGroup;
  readonly first: number;
  readonly width: number;
}

/** How the influence on a port is summed up. */
export interface Port {
  /**
   * Of the last row that depends on the port: its new influence is then computed in the place where the port's was summed up. Where another
   * port has that place already, one of its own.
   */
  readonly host: Ring;
  /** The block's own synapses, where they end here, with what they are brought. */
  readonly own?: Own;
  readonly terms: readonly Term[];
}

/** What the block's own synapses are brought: all of them by one way, or each by its own. */
interface Own {
  readonly ways: readonly { readonly row: Row; readonly late: number; readonly track: Track }[];
  /** The way of each synapse. */
  readonly of: Int32Array | undefined;
}

/** Synapses that bring influence, by one way or each by its own. */
export interface Term {
  readonly group: BuiltGroup;
  readonly w: Float64Array;
  readonly ways: readonly {
    readonly ring: Ring;
    readonly late: number;
    readonly places: Int32Array | undefined;
  }[];
  /** The way of each synapse. */
  readonly of: Int32Array | undefined;
}

/** Synapses onto one neuron, gathered: their weights, and the rows that they bring. */
export interface Gathered {
  readonly weights: Float64Array;
  readonly rows: Int32Array;
}

/** What the block's own synapses are brought, where they end on a port. */
export function ownOf(forward: ForwardPass, group: BuiltGroup, port: Row): Own | undefined {
  const connection = forward.timestep.connection(group);
  if (connection.into !== port) return undefined;
  const ways = waysOf(connection).map(({ row, late }) => ({ row, late, track: forward.track(row) }));
  return { ways, of: connection.ways?.of };
}

/** What neuron i's synapses bring to a port: their own rates, and the influence on those of others. */
export function bring(
  { host, own, terms }: Port,
  i: number,
  t: number,
  row: number,
  { group, first, width }: Block,
  gathered: Gathered,
): void {
  const into = at(host, t);
  const { rowStart: starts, pre: senders } = group;
  const [start, end, shift] = [starts[i], starts[i + 1], row - first];
  if (own && start >= first && end <= first + width) {
    const { ways, of } = own;
    for (let way = 0; way < ways.length; way++) {
      const { row: brought, late, track } = ways[way];
      const [values, before] = lateIn(track, t - late, brought.population.size);
      for (let k = start; k < end; k++) if (!of || of[k] === way) into[shift + k] += values[before + senders[k]];
    }
  }
  for (const { group: bringing, w, ways, of } of terms) {
    const { rowStart, pre } = bringing;
    if (of) {
      for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
        const { ring, late, places } = ways[of[k]];
        gathered.weights[0] = w[k];
        gathered.rows[0] = places ? places[pre[k]] : pre[k];
        if (gathered.rows[0] >= 0) addRows(into, row, width, at(ring, t - late), gathered.weights, gathered.rows, 0, 1);
      }
      continue;
    }
    const [{ ring, late, places }] = ways;
    if (!places && width === 1) {
      into[row] = gather(into[row], w, pre, at(ring, t - late), 0, rowStart[i], rowStart[i + 1]);
      continue;
    }
    if (!places) {
      addRows(into, row, width, at(ring, t - late), w, pre, rowStart[i], rowStart[i + 1]);
      continue;
    }
    let count = 0;
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
      const place = places[pre[k]];
      if (place < 0) continue;
      gathered.weights[count] = w[k];
      gathered.rows[count++] = place;
    }
    addRows(into, row, width, at(ring, t - late), gathered.weights, gathered.rows, 0, count);
  }
}
