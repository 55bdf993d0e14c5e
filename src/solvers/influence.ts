import {
  found,
  type BuiltCircuit,
  type BuiltGroup,
  type BuiltPopulation,
  type Neurons,
  type Row,
} from '../circuit/index.ts';
import type { Track } from './compute.ts';
import type { ForwardPass } from './forward.ts';
import { bring, ownOf, type Block, type Gathered, type Port, type Term } from './influence-port.ts';
import { largest, type Links } from './links.ts';
import type { Memory } from './memory.ts';
import { at, type Ring } from './ring.ts';

/** Rows, and the neurons on which influence on them is kept: ascending. */
type KeptRows = ReadonlyMap<Row, Int32Array>;

/** Rows that are computed together, neuron by neuron: what comes to a port, and what follows from it. */
interface Part {
  readonly population: BuiltPopulation;
  readonly neurons: Int32Array;
  readonly port?: Port;
  readonly rows: Carrier[];
}

/** How the influence on a row follows from that on others: neuron by neuron, or from a number of a whole population. */
interface Carrier {
  readonly ring: Ring;
  readonly sources: readonly Source[];
  /** Whether some of them are found apart. */
  readonly isApart: boolean;
  readonly total: Whole | undefined;
}

interface Source {
  readonly ring: Ring;
  readonly late: number;
  readonly value: Track;
  /** How to find it where it is not the neuron's own number in a row that is kept on the same neurons. */
  readonly apart?: { readonly neuron?: number; readonly places: Int32Array | undefined };
}

interface Whole {
  readonly ring: Ring;
  readonly takes: 'sum' | 'largest';
  readonly values: Track;
  readonly neurons: Int32Array;
  readonly size: number;
}

/** What the influences of all blocks share, as they are advanced one after another. */
export interface Workplace {
  /** Where a block has some neurons of a population only: the row of each neuron in the block at hand, -1 where it has none. */
  readonly places: ReadonlyMap<BuiltPopulation, Int32Array>;
  readonly gathered: Gathered;
}

/** What blocks share that have whole populations only: nothing. */
export const NOWHERE: Workplace = {
  places: new Map(),
  gathered: { weights: new Float64Array(1), rows: new Int32Array(1) },
};

/** What blocks share that may have some neurons of a population. */
export function workplaceFor({ order }: BuiltCircuit, carrying: readonly BuiltGroup[], memory: Memory): Workplace {
  const most = Math.max(1, ...carrying.map(({ from }) => from.size));
  return {
    places: new Map(order.map((population) => [population, new Int32Array(population.size).fill(-1)])),
    gathered: { weights: memory(most, 'learning'), rows: new Int32Array(most) },
  };
}

/** The rows that the influence on these neurons runs through. Each neuron's own; what a gate scales, for all its axons; and what they add up to. */
export function rowsKept(links: Links, reached: readonly Neurons[]): KeptRows {
  const neuronsOf = new Map(reached.map(({ population, neurons }) => [population, neurons]));
  const kept = new Map<Row, Int32Array>();
  for (const row of links.rows) {
    if (row.kind === 'port') continue;
    const { population, kind } = row;
    const parts = links.partsOf(row);
    const isGated = parts.some(
      (link) =>
        link.kind === 'partial' &&
        link.neuron !== undefined &&
        neuronsOf.get(link.by.population)?.includes(link.neuron),
    );
    const neurons =
      kind === 'total'
        ? parts.some(({ by }) => kept.has(by)) && Int32Array.of(0)
        : (kind === 'brought' || kind === 'global') && isGated
          ? Int32Array.from({ length: population.size }, (_, i) => i)
          : neuronsOf.get(population);
    if (neurons) kept.set(row, neurons);
  }
  return kept;
}

/** What influences run beside, how many timesteps of them are kept, and where. */
export interface Setting {
  readonly forward: ForwardPass;
  readonly links: Links;
  readonly depth: number;
  readonly memory: Memory;
}

/** The influence P = d/dw of a block of weights on the rows of some neurons, as it runs forward in time beside the circuit. */
export interface Influence {
  /** For each row, [neurons][weights], row-major: of as many timesteps as are looked back at. */
  readonly rings: ReadonlyMap<Row, Float64Array[]>;
  /** Goes on to timestep t, which has just run. */
  readonly advance: (t: number) => void;
}

export function influenceOf(
  { forward, links, depth, memory }: Setting,
  kept: KeptRows,
  block: Block,
  workplace: Workplace,
): Influence {
  const room = ({ length }: Int32Array, timesteps: number) =>
    Array.from({ length: timesteps }, () => memory(length * block.width, 'learning'));
  const rings = new Map([...kept].map(([row, neurons]) => [row, room(neurons, depth)]));
  /** Where the neurons are that are kept of a row; undefined: it has all of them, or none. */
  const placesOf = (row: Row) => {
    const { population } = row;
    const count = kept.get(row)?.length ?? population.size;
    return count < population.size ? workplace.places.get(population) : undefined;
  };
  const hosts = new Map<Row, Ring>();
  const portOf = (row: Row, last: Row, neurons: Int32Array): Port => {
    const shared = found(rings, last);
    const host = [...hosts.values()].includes(shared) ? room(neurons, 1) : shared;
    hosts.set(row, host);
    const weighted = links.partsOf(row).filter((link) => link.kind === 'weights');
    const terms = [...new Set(weighted.map(({ group }) => group))].flatMap((group): Term[] => {
      const all = weighted.filter((link) => link.group === group);
      const ways = all.flatMap(({ by, late }) => {
        const ring = rings.get(by);
        return ring ? [{ ring, late, places: placesOf(by) }] : [];
      });
      const { of } = forward.timestep.connection(group).ways ?? {};
      return ways.length === all.length ? [{ group, w: all[0].w, ways, of }] : [];
    });
    const own = ownOf(forward, block.group, row);
    return { host, terms, ...(own && { own }) };
  };
  const carrierOf = (row: Row): Carrier => {
    const parts = links.partsOf(row);
    const sources = parts.flatMap((link): Source[] => {
      const from = kept.get(link.by);
      const ring = hosts.get(link.by) ?? rings.get(link.by);
      if (!ring || link.kind !== 'partial') return [];
      const { late, value, neuron } = link;
      const isOwn = neuron === undefined && (from === undefined || from === kept.get(row));
      const apart = { places: placesOf(link.by), ...(neuron !== undefined && { neuron }) };
      return [{ ring, late, value, ...(!isOwn && { apart }) }];
    });
    const [total] = parts.flatMap((link): Whole[] => {
      const neurons = kept.get(link.by);
      if (link.kind !== 'total' || !neurons) return [];
      const { takes, values, by } = link;
      return [{ ring: found(rings, by), takes, values, neurons, size: by.population.size }];
    });
    return { ring: found(rings, row), sources, isApart: sources.some(({ apart }) => apart), total };
  };
  const parts: Part[] = [];
  for (const row of links.rows) {
    const { population } = row;
    const last = row.kind === 'port' ? links.usesOf(row).findLast(({ of }) => kept.has(of))?.of : row;
    const neurons = last && kept.get(last);
    if (!neurons) continue;
    if (row.kind === 'port') {
      parts.push({ population, neurons, port: portOf(row, last, neurons), rows: [] });
      continue;
    }
    const carrier = carrierOf(row);
    const before = parts.at(-1);
    if (before?.population === population && before.neurons === neurons && !carrier.total) before.rows.push(carrier);
    else parts.push({ population, neurons, rows: [carrier] });
  }
  // Where some neurons of a population are kept only: which these are, by the places of all.
  const marked = new Map(
    [...kept].flatMap(([row, neurons]) => {
      const places = placesOf(row);
      return places ? [[places, neurons] as const] : [];
    }),
  );
  return {
    rings,
    advance: (t) => {
      for (const [places, neurons] of marked) for (let r = 0; r < neurons.length; r++) places[neurons[r]] = r;
      for (const part of parts) advancePart(part, t, block, workplace.gathered);
      for (const [places, neurons] of marked) for (const neuron of neurons) places[neuron] = -1;
    },
  };
}

function advancePart({ population, neurons, port, rows }: Part, t: number, block: Block, gathered: Gathered): void {
  const { width } = block;
  if (port) at(port.host, t).fill(0);
  const now = t * population.size;
  for (let r = 0; r < neurons.length; r++) {
    if (port) bring(port, neurons[r], t, r * width, block, gathered);
    for (const row of rows) {
      if (row.total) addUp(row.ring, row.total, t, width);
      else combine(row, neurons[r], now, t, r * width, width);
    }
  }
}

/** P[s] = sum over what s is computed from of value P[that], in their order. */
function combine(
  { ring, sources, isApart }: Carrier,
  i: number,
  now: number,
  t: number,
  row: number,
  width: number,
): void {
  const into = at(ring, t);
  if (sources.length === 2 && !isApart) {
    const [one, other] = sources;
    const [a, b] = [one.value.values[now + i], other.value.values[now + i]];
    const [x, y] = [at(one.ring, t - one.late), at(other.ring, t - other.late)];
    for (let k = row; k < row + width; k++) into[k] = a * x[k] + b * y[k];
    return;
  }
  // The row itself may be among what it is computed from: its port was summed up there.
  const sums = new Float64Array(width);
  for (const { ring: from, late, value, apart } of sources) {
    const neuron = apart?.neuron ?? i;
    const first = apart ? (apart.places?.[neuron] ?? neuron) * width : row;
    if (first < 0) continue;
    const [factor, influences] = [value.values[now + i], at(from, t - late)];
    for (let k = 0; k < width; k++) sums[k] += factor * influences[first + k];
  }
  into.set(sums, row);
}

/** P[sum] = sum over the neurons of P[theirs]; that of the largest number is the one of its neuron. */
function addUp(into: Ring, { ring, takes, values, neurons, size }: Whole, t: number, width: number): void {
  const [sums, influences] = [at(into, t), at(ring, t)];
  sums.fill(0);
  const only = takes === 'largest' ? largest(values.values, t * size, size) : undefined;
  for (let r = 0; r < neurons.length; r++) {
    if (only !== undefined && neurons[r] !== only) continue;
    for (let k = 0; k < width; k++) sums[k] += influences[r * width + k];
  }
}
