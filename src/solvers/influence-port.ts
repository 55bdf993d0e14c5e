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
   * The ring of the last row that depends on the port: the new influence of that row is computed in place, where the port's was summed up. If
   * another port already uses that ring, a ring of its own.
   */
  readonly host: Ring;
  /** The block's own synapses, if they end here, with their inputs. */
  readonly own: Own | undefined;
  readonly terms: readonly Term[];
}

/** The inputs of the block's own synapses: all by one way, or each by its own. */
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

/** Synapses onto one neuron, gathered: their weights, and the rows that they read. */
export interface Gathered {
  readonly weights: Float64Array;
  readonly rows: Int32Array;
}

/** The inputs of the block's own synapses, if they end on the port. */
export function ownOf(forward: ForwardPass, group: BuiltGroup, port: Row): Own | undefined {
  const connection = forward.timestep.connection(group);
  if (connection.into !== port) return undefined;
  const ways = waysOf(connection).map(({ row, late }) => ({ row, late, track: forward.track(row) }));
  return { ways, of: connection.ways?.of };
}

/** Sums up the influence on a port of some neurons: from the rates at the block's own synapses, and from the influence on presynaptic neurons. */
export function bringing(port: Port, neurons: Int32Array, block: Block, gathered: Gathered): (t: number) => void {
  const { host, own, terms } = port;
  const { width } = block;
  return (t) => {
    const into = at(host, t);
    into.fill(0);
    if (own) addOwn(into, own, neurons, t, block);
    for (const { group, w, ways, of } of terms) {
      const { rowStart, pre } = group;
      const [{ ring, late, places }] = ways;
      for (let r = 0, row = 0; r < neurons.length; r++, row += width) {
        const [start, end] = [rowStart[neurons[r]], rowStart[neurons[r] + 1]];
        if (of) {
          for (let k = start; k < end; k++) {
            const one = ways[of[k]];
            const place = one.places ? one.places[pre[k]] : pre[k];
            if (place < 0) continue;
            gathered.weights[0] = w[k];
            gathered.rows[0] = place;
            addRows(into, row, width, at(one.ring, t - one.late), gathered.weights, gathered.rows, 0, 1);
          }
        } else if (!places && width === 1) into[row] = gather(into[row], w, pre, at(ring, t - late), 0, start, end);
        else if (!places) addRows(into, row, width, at(ring, t - late), w, pre, start, end);
        else {
          let count = 0;
          for (let k = start; k < end; k++) {
            const place = places[pre[k]];
            if (place < 0) continue;
            gathered.weights[count] = w[k];
            gathered.rows[count++] = place;
          }
          addRows(into, row, width, at(ring, t - late), gathered.weights, gathered.rows, 0, count);
        }
      }
    }
  };
}

function addOwn(into: Float64Array, { ways, of }: Own, neurons: Int32Array, t: number, block: Block): void {
  const { first, width } = block;
  const { rowStart, pre } = block.group;
  for (let r = 0; r < neurons.length; r++) {
    const [start, end, shift] = [rowStart[neurons[r]], rowStart[neurons[r] + 1], r * width - first];
    if (start < first || end > first + width) continue;
    for (let way = 0; way < ways.length; way++) {
      const { row, late, track } = ways[way];
      const [values, before] = lateIn(track, t - late, row.population.size);
      for (let k = start; k < end; k++) if (!of || of[k] === way) into[shift + k] += values[before + pre[k]];
    }
  }
}
