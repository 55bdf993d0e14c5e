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
import { bringing, ownOf, type Block, type Gathered, type Port, type Term } from './influence-port.ts';
import { largest, type Links, type Total } from './links.ts';
import type { Memory } from './memory.ts';
import { at, type Ring } from './ring.ts';

/** Rows, and the neurons for which influence on them is kept: ascending. */
type KeptRows = ReadonlyMap<Row, Int32Array>;

interface Source {
  readonly ring: Ring;
  readonly late: number;
  readonly value: Track;
  /** How to find it if it is not the neuron's own number in a row that is kept for the same neurons. */
  readonly apart?: { readonly neuron?: number; readonly places: Int32Array | undefined };
}

/** Advances to timestep t. */
type Run = (t: number) => void;

/** What the influences of all blocks share, as they are advanced one after another. */
export interface Workplace {
  /** If a block has only some neurons of a population: the row of each neuron in the current block, or -1. */
  readonly places: ReadonlyMap<BuiltPopulation, Int32Array>;
  readonly gathered: Gathered;
}

/** What blocks of whole populations share: nothing. */
export const NOWHERE: Workplace = {
  places: new Map(),
  gathered: { weights: new Float64Array(1), rows: new Int32Array(1) },
};

/** What blocks share that may have only some neurons of a population. */
export function workplaceFor({ order }: BuiltCircuit, carrying: readonly BuiltGroup[], memory: Memory): Workplace {
  const most = Math.max(1, ...carrying.map(({ from }) => from.size));
  return {
    places: new Map(order.map((population) => [population, new Int32Array(population.size).fill(-1)])),
    gathered: { weights: memory(most, 'learning'), rows: new Int32Array(most) },
  };
}

/** The rows that the influence on these neurons runs through. Each neuron's own rows; rows scaled by a gate, for all its axons; and totals. */
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

/** The circuit that influences run alongside, how many timesteps of them are kept, and where. */
export interface Setting {
  readonly forward: ForwardPass;
  readonly links: Links;
  readonly depth: number;
  readonly memory: Memory;
}

/** The influence P = d/dw of a block of weights on the rows of some neurons, as it runs forward in time alongside the circuit. */
export interface Influence {
  /** For each row, [neurons][weights], row-major, for each timestep that is looked back at. */
  readonly rings: ReadonlyMap<Row, Float64Array[]>;
  /** Advances to timestep t, which has just run. */
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
  /** The places of the neurons that are kept of a row; undefined if all or none are kept. */
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
    return { host, terms, own: ownOf(forward, block.group, row) };
  };
  const following = (row: Row, neurons: Int32Array): Run => {
    const ring = found(rings, row);
    const parts = links.partsOf(row);
    const whole = parts.find((link) => link.kind === 'total');
    const summed = whole && kept.get(whole.by);
    if (summed) return addingUp(ring, whole, found(rings, whole.by), summed, block.width);
    const sources = parts.flatMap((link): Source[] => {
      const from = kept.get(link.by);
      const source = hosts.get(link.by) ?? rings.get(link.by);
      if (!source || link.kind !== 'partial') return [];
      const { late, value, neuron } = link;
      const isOwn = neuron === undefined && (from === undefined || from === neurons);
      const apart = { places: placesOf(link.by), ...(neuron !== undefined && { neuron }) };
      return [{ ring: source, late, value, ...(!isOwn && { apart }) }];
    });
    return combining(ring, sources, neurons, row.population.size, block.width);
  };
  const runs = links.rows.flatMap((row): Run[] => {
    const last = row.kind === 'port' ? links.usesOf(row).findLast(({ of }) => kept.has(of))?.of : row;
    const neurons = last && kept.get(last);
    if (!neurons) return [];
    if (row.kind !== 'port') return [following(row, neurons)];
    return [bringing(portOf(row, last, neurons), neurons, block, workplace.gathered)];
  });
  // If only some neurons of a population are kept: which ones, with the places of all.
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
      for (const run of runs) run(t);
      for (const [places, neurons] of marked) for (const neuron of neurons) places[neuron] = -1;
    },
  };
}

/** P[s] = sum over what s is computed from of value P[that], in their order; `size`: of the population. */
function combining(ring: Ring, sources: readonly Source[], neurons: Int32Array, size: number, width: number): Run {
  const [one, other] = sources;
  if (sources.length === 2 && !sources.some(({ apart }) => apart)) {
    return (t) => {
      const [into, x, y] = [at(ring, t), at(one.ring, t - one.late), at(other.ring, t - other.late)];
      for (let r = 0, k = 0; r < neurons.length; r++) {
        const now = t * size + neurons[r];
        const [a, b] = [one.value.values[now], other.value.values[now]];
        for (const end = k + width; k < end; k++) into[k] = a * x[k] + b * y[k];
      }
    };
  }
  // The row may share its array with one of its sources: its port was summed up there.
  const sums = new Float64Array(width);
  return (t) => {
    for (let r = 0; r < neurons.length; r++) {
      sums.fill(0);
      for (const { ring: from, late, value, apart } of sources) {
        const neuron = apart?.neuron ?? neurons[r];
        const first = apart ? (apart.places?.[neuron] ?? neuron) * width : r * width;
        if (first < 0) continue;
        const [factor, influences] = [value.values[t * size + neurons[r]], at(from, t - late)];
        for (let k = 0; k < width; k++) sums[k] += factor * influences[first + k];
      }
      at(ring, t).set(sums, r * width);
    }
  };
}

/** P[sum] = sum over the neurons of P[theirs]; for a maximum, P of the neuron that has it. */
function addingUp(into: Ring, { takes, values, by }: Total, ring: Ring, neurons: Int32Array, width: number): Run {
  const { size } = by.population;
  return (t) => {
    const [sums, influences] = [at(into, t), at(ring, t)];
    sums.fill(0);
    const only = takes === 'largest' ? largest(values.values, t * size, size) : undefined;
    for (let r = 0; r < neurons.length; r++) {
      if (only !== undefined && neurons[r] !== only) continue;
      for (let k = 0; k < width; k++) sums[k] += influences[r * width + k];
    }
  };
}
