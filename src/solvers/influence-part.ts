import type { BuiltGroup, BuiltPopulation, Row, Ways } from '../circuit/index.ts';
import type { Track } from './compute.ts';
import { at, type Ring } from './ring.ts';
import { addRows } from './rows.ts';

/** The influence of a block of weights on some neurons of one population, and how it is computed. */
export interface Part {
  readonly population: BuiltPopulation;
  /** Ascending. */
  readonly neurons: Int32Array;
  /** For each row that has a derivative, [neurons][weights], row-major. */
  readonly rings: ReadonlyMap<Row, Ring>;
  readonly ports: readonly Port[];
  readonly rows: readonly Carrier[];
}

/** How the influence on a port is summed up. */
export interface Port {
  /**
   * Of the last row that depends on the port: its new influence is then computed in the place where the port's was summed up. Where another
   * port has that place already, one of its own.
   */
  readonly host: Ring;
  /** The block's own synapses, where they end here, from `first` on, with what they are brought. */
  readonly own?: {
    readonly group: BuiltGroup;
    readonly first: number;
    /** How what each synapse is brought is found; absent ways: all have the first. */
    readonly ways: readonly { readonly row: Row; readonly late: number; readonly track: Track }[];
    readonly of?: Int32Array;
  };
  readonly terms: readonly {
    readonly group: BuiltGroup;
    readonly w: Float64Array;
    readonly ring: Ring;
    readonly late: number;
    readonly ways?: Ways;
    /** Where the presynaptic neurons' rows are in the ring; absent: every neuron has the row of its index. */
    readonly places?: Int32Array;
  }[];
}

/** How the influence on a row follows from that on others. */
export interface Carrier {
  readonly ring: Ring;
  readonly partials: readonly { readonly ring: Ring; readonly late: number; readonly value: Track }[];
}

/** Synapses onto one neuron, gathered: their weights, and the rows that they bring. */
export interface Gathered {
  readonly weights: Float64Array;
  readonly rows: Int32Array;
}

/** Brings a part from the timestep before to timestep t; `width` weights. */
export function advancePart(
  { population, neurons, ports, rows }: Part,
  t: number,
  width: number,
  gathered: Gathered,
): void {
  for (const { host } of ports) at(host, t).fill(0);
  const now = t * population.size;
  for (let r = 0; r < neurons.length; r++) {
    for (const port of ports) bring(port, neurons[r], t, r * width, width, gathered);
    for (const row of rows) combine(row, now + neurons[r], t, r * width, width);
  }
}

/** What neuron i's synapses bring to a port: their own rates, and the influence on those of others. */
function bring({ host, own, terms }: Port, i: number, t: number, row: number, width: number, gathered: Gathered): void {
  const into = at(host, t);
  if (own) {
    const { rowStart, pre } = own.group;
    if (rowStart[i] >= own.first && rowStart[i + 1] <= own.first + width) {
      own.ways.forEach(({ row: brought, late, track }, way) => {
        const before = Math.max(0, t - late) * brought.population.size;
        for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
          if (!own.of || own.of[k] === way) into[row + k - own.first] += track.values[before + pre[k]];
        }
      });
    }
  }
  for (const { group, w, ring, late, ways, places } of terms) {
    if (t <= late) continue;
    const { rowStart, pre } = group;
    if (ways) {
      for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
        const [place, { late: back }] = [places ? places[pre[k]] : pre[k], ways.all[ways.of[k]]];
        if (place < 0 || t <= back) continue;
        gathered.weights[0] = w[k];
        gathered.rows[0] = place;
        addRows(into, row, width, at(ring, t - back), gathered.weights, gathered.rows, 0, 1);
      }
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

/** P[s] = sum over the partials of value P[by], in their order. */
function combine({ ring, partials }: Carrier, neuron: number, t: number, row: number, width: number): void {
  const into = at(ring, t);
  if (partials.length === 2) {
    const [one, other] = partials;
    const [a, b] = [one.value.values[neuron], other.value.values[neuron]];
    const [x, y] = [at(one.ring, t - one.late), at(other.ring, t - other.late)];
    for (let k = row; k < row + width; k++) into[k] = a * x[k] + b * y[k];
    return;
  }
  for (let k = row; k < row + width; k++) {
    let sum = 0;
    for (const { ring: from, late, value } of partials) sum += value.values[neuron] * at(from, t - late)[k];
    into[k] = sum;
  }
}
