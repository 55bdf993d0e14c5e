import type { BuiltGroup, BuiltPopulation, Row } from '../circuit/index.ts';
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
    readonly row: Row;
    readonly late: number;
    readonly track: Track;
  };
  readonly terms: readonly {
    readonly group: BuiltGroup;
    readonly w: Float64Array;
    readonly ring: Ring;
    readonly late: number;
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
    const { values } = own.track;
    const before = Math.max(0, t - own.late) * own.row.population.size;
    if (rowStart[i] >= own.first && rowStart[i + 1] <= own.first + width) {
      for (let k = rowStart[i]; k < rowStart[i + 1]; k++) into[row + k - own.first] += values[before + pre[k]];
    }
  }
  for (const { group, w, ring, late, places } of terms) {
    if (t <= late) continue;
    const { rowStart, pre } = group;
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
