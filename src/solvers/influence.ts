import { waysOf, type BuiltCircuit, type BuiltGroup, type BuiltPopulation, type Row } from '../circuit/index.ts';
import { lateIn } from './compute.ts';
import type { ForwardPass } from './forward.ts';
import { isWeighted, largest, type KeptRow, type Links, type Total, type Weighted } from './links.ts';
import type { Memory } from './memory.ts';
import { at, type Ring } from './ring.ts';
import { addRows, gather } from './rows.ts';

/** The weights of synapses first .. first + width - 1 of one group. */
export interface Block {
  readonly group: BuiltGroup;
  readonly first: number;
  readonly width: number;
}

/** Where the influences on a row are, [neurons][weights]. `places`: in which of these rows a neuron's are, -1 for none; absent: all neurons have one. */
interface Influences {
  readonly ring: Float64Array[];
  readonly neurons: Int32Array;
  readonly places: Int32Array | undefined;
}

/** Computes at timestep t the influence on neuron i, which is the r-th that is kept. */
type Advance = (t: number, i: number, r: number) => void;

/** Adds to the influence on neuron i, which begins at `row`. */
type Add = (into: Float64Array, row: number, i: number, t: number) => void;

/** What the influence on a neuron is combined from: factors, and where the rows begin that they are for. */
interface Found {
  readonly factors: number[];
  readonly from: Float64Array[];
  readonly rows: number[];
}

/** What is computed neuron by neuron: what comes to a port, and what follows from it. */
interface Part {
  readonly population: BuiltPopulation;
  readonly neurons: Int32Array;
  readonly advances: Advance[];
}

/** What the influences of all blocks share, as they are advanced one after another. */
export interface Workplace {
  /** Where a block has some neurons of a population only: the row of each neuron in the block at hand, -1 where it has none. */
  readonly places: ReadonlyMap<BuiltPopulation, Int32Array>;
  /** Synapses onto one neuron, gathered: their weights, and the rows that they bring. */
  readonly weights: Float64Array;
  readonly rows: Int32Array;
}

export function workplaceFor({ order }: BuiltCircuit, carrying: readonly BuiltGroup[], memory: Memory): Workplace {
  const most = Math.max(1, ...carrying.map(({ from }) => from.size));
  return {
    places: new Map(order.map((population) => [population, new Int32Array(population.size).fill(-1)])),
    ...{ weights: memory(most, 'learning'), rows: new Int32Array(most) },
  };
}

/** What blocks share that have whole populations only. */
export const NOWHERE: Workplace = { places: new Map(), weights: new Float64Array(1), rows: new Int32Array(1) };

/** The influence P = d/dw of a block of weights on the rows of some neurons, as it runs forward in time beside the circuit. */
export class Influence {
  private readonly width: number;
  private readonly of: Map<Row, Influences>;
  private readonly parts: Part[] = [];
  private readonly marked: ReadonlyMap<Int32Array, Int32Array>;
  private readonly found: Found = { factors: [], from: [], rows: [] };

  constructor(
    private readonly forward: ForwardPass,
    private readonly links: Links,
    kept: readonly KeptRow[],
    private readonly block: Block,
    depth: number,
    private readonly memory: Memory,
    private readonly workplace: Workplace,
  ) {
    this.width = block.width;
    this.of = new Map(
      kept.map(({ row, neurons }) => {
        const isWhole = neurons.length === row.population.size;
        const places = isWhole ? undefined : workplace.places.get(row.population);
        return [row, { ring: this.room(neurons, depth), neurons, places }];
      }),
    );
    this.marked = new Map([...this.of.values()].flatMap(({ places, neurons }) => (places ? [[places, neurons]] : [])));
    const hosts = new Set<Ring>();
    for (const row of links.rows) {
      const influences = this.of.get(row);
      if (row.kind === 'port') this.addPort(row, hosts);
      else if (influences) this.addRow(row, influences);
    }
  }

  /** Those on a row, of as many timesteps as are looked back at, [neurons][weights], row-major. */
  on(row: Row): Ring | undefined {
    return this.of.get(row)?.ring;
  }

  /** The rows that are kept, with their rings. */
  get rings(): readonly (readonly [Row, Float64Array[]])[] {
    return [...this.of].flatMap(([row, { ring }]) => (row.kind === 'port' ? [] : [[row, ring] as const]));
  }

  /** Forgets all. */
  clear(): void {
    for (const [, ring] of this.rings) for (const rows of ring) rows.fill(0);
  }

  /** Goes on from timestep t, which is 0 from now on. */
  goOn(t: number): void {
    for (const [, ring] of this.rings) {
      const were = ring.map((_, k) => at(ring, t + k));
      were.forEach((rows, k) => (ring[k] = rows));
    }
  }

  /** Goes on to timestep t, which has just run. */
  advance(t: number): void {
    for (const [places, neurons] of this.marked) for (let r = 0; r < neurons.length; r++) places[neurons[r]] = r;
    for (const { neurons, advances } of this.parts) {
      for (let r = 0; r < neurons.length; r++) for (const advance of advances) advance(t, neurons[r], r);
    }
    for (const [places, neurons] of this.marked) for (const neuron of neurons) places[neuron] = -1;
  }

  private room({ length }: Int32Array, timesteps: number): Float64Array[] {
    return Array.from({ length: timesteps }, () => this.memory(length * this.width, 'learning'));
  }

  /** `apart`: not in the loop over the neurons of what was added last, even if these are the same. */
  private add({ population }: Row, neurons: Int32Array, apart: boolean, advance: Advance): void {
    const last = this.parts.at(-1);
    if (!apart && last?.population === population && last.neurons === neurons) last.advances.push(advance);
    else this.parts.push({ population, neurons, advances: [advance] });
  }

  /**
   * What comes to a port is summed up in the place of the last row that depends on it, whose new influence is then computed there; where
   * another port has that place already, in one of its own.
   */
  private addPort(row: Row, hosts: Set<Ring>): void {
    const { links, width } = this;
    const last = links.usesOf(row).findLast(({ of }) => this.of.has(of));
    const host = last && this.of.get(last.of);
    if (!host) return;
    const { neurons } = host;
    const ring = hosts.has(host.ring) ? this.room(neurons, 1) : host.ring;
    hosts.add(ring);
    this.of.set(row, { ...host, ring });
    const weighted = links
      .partsOf(row)
      .filter(isWeighted)
      .filter(({ by }) => this.of.has(by));
    const groups = [...new Set(weighted.map(({ group }) => group))];
    const terms = groups.map((group) => this.brought(weighted.filter((link) => link.group === group)));
    const adds = [...this.own(row), ...terms];
    this.add(row, neurons, true, (t, i, r) => {
      const into = at(ring, t).fill(0, r * width, (r + 1) * width);
      for (const add of adds) add(into, r * width, i, t);
    });
  }

  /** What the block's own synapses are brought, where they end on a port: all of them by one way, or each by its own. */
  private own(port: Row): readonly Add[] {
    const { block, forward } = this;
    const connection = forward.timestep.connection(block.group);
    if (connection.into !== port) return [];
    const { first, width, group } = block;
    const { rowStart, pre } = group;
    const of = connection.ways?.of;
    return waysOf(connection).map(({ row: brought, late }, way) => {
      const [track, { size }] = [forward.track(brought), brought.population];
      return (into, row, i, t) => {
        if (rowStart[i] < first || rowStart[i + 1] > first + width) return;
        const [values, before] = lateIn(track, t - late, size);
        const shift = row - first;
        for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
          if (!of || of[k] === way) into[shift + k] += values[before + pre[k]];
        }
      };
    });
  }

  /** What a group's synapses bring: the influence on those that they come from. */
  private brought(links: readonly Weighted[]): Add {
    const [{ group, w }] = links;
    const { rowStart, pre } = group;
    const { of } = this.forward.timestep.connection(group).ways ?? {};
    const ways = links.flatMap(({ by, late }) => {
      const influences = this.of.get(by);
      return influences ? [{ ...influences, late }] : [];
    });
    const { width, workplace } = this;
    const [{ ring, places, late }] = ways;
    if (!of && !places) {
      return (into, row, i, t) => {
        const from = at(ring, t - late);
        if (width === 1) into[row] = gather(into[row], w, pre, from, 0, rowStart[i], rowStart[i + 1]);
        else addRows(into, row, width, from, w, pre, rowStart[i], rowStart[i + 1]);
      };
    }
    const { weights, rows } = workplace;
    return (into, row, i, t) => {
      let count = 0;
      for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
        const way = ways[of ? of[k] : 0];
        const place = way.places ? way.places[pre[k]] : pre[k];
        if (place < 0) continue;
        weights[count] = w[k];
        rows[count] = place;
        if (of) addRows(into, row, width, at(way.ring, t - way.late), weights, rows, 0, 1);
        else count++;
      }
      addRows(into, row, width, at(ring, t - late), weights, rows, 0, count);
    };
  }

  /** P[s] = sum over what s is computed from of ds/d(that) P[that], in their order. */
  private addRow(row: Row, { ring, neurons }: Influences): void {
    const { links, width, found } = this;
    const { size } = row.population;
    const made = links.partsOf(row);
    const sources = made.flatMap((link) => {
      const of = this.of.get(link.by);
      if (link.kind !== 'partial' || !of) return [];
      return [{ ...link, ...of, isOwn: link.neuron === undefined && of.neurons === neurons }];
    });
    const { factors, from, rows } = found;
    const total = made.find((link) => link.kind === 'total' && this.of.has(link.by));
    if (total?.kind === 'total') this.addTotal(row, ring, total);
    else {
      this.add(row, neurons, false, (t, i, r) => {
        let count = 0;
        for (const { isOwn, places, neuron = i, value, late, ring: its } of sources) {
          const place = isOwn ? r : places ? places[neuron] : neuron;
          if (place < 0) continue;
          factors[count] = value.values[t * size + i];
          from[count] = at(its, t - late);
          rows[count++] = place * width;
        }
        combine(at(ring, t), r * width, width, found, count);
      });
    }
  }

  /** P[sum] = sum over the neurons of P[theirs]; that of the largest number is the one of its neuron. */
  private addTotal(row: Row, ring: Ring, { by, takes, values }: Total): void {
    const { width } = this;
    const of = this.of.get(by);
    const { size } = by.population;
    this.add(row, Int32Array.of(0), true, (t) => {
      const into = at(ring, t).fill(0);
      const only = takes === 'largest' ? largest(values.values, t * size, size) : undefined;
      of?.neurons.forEach((neuron, r) => {
        if (only !== undefined && neuron !== only) return;
        const influences = at(of.ring, t);
        for (let k = 0; k < width; k++) into[k] += influences[r * width + k];
      });
    });
  }
}

/** into_row = sum of the first `count` factors times their rows. `into` itself may be among these: a port was summed up there. */
function combine(into: Float64Array, row: number, width: number, { factors, from, rows }: Found, count: number): void {
  if (count === 2) {
    const [[a, b], [x, y], [one, other]] = [factors, from, rows];
    for (let k = 0; k < width; k++) into[row + k] = a * x[one + k] + b * y[other + k];
    return;
  }
  for (let k = 0; k < width; k++) {
    let sum = 0;
    for (let s = 0; s < count; s++) sum += factors[s] * from[s][rows[s] + k];
    into[row + k] = sum;
  }
}
