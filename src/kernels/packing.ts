import { lanesOf } from './lanes.ts';

/** Rows whose numbers lie next to each other in vectors: one part of a packing. */
export interface Part {
  /** The index of its first row. */
  readonly row: number;
  readonly rows: number;
  /** Vectors in a panel, which thus holds `vectors` times as many rows as a vector has lanes. */
  readonly vectors: number;
  readonly panels: number;
  /** Whether every row has every column: then an entry's place determines its column. */
  readonly dense: boolean;
  /** Where the entries of each panel begin among all entries of the part; [panels + 1]. */
  readonly starts: Int32Array;
  /** The column of each entry. */
  readonly columns: Int32Array;
  /** Where its numbers begin among those of the packing. */
  readonly offset: number;
}

/**
 * Compressed rows: the entries of row i are start[i] .. start[i+1]-1, each with its column, ascending. If every row has every column,
 * the columns need not be given.
 */
export interface Rows {
  readonly start: Int32Array;
  readonly column: Int32Array;
  readonly columns: number;
}

/**
 * A matrix packed for vectors: rows next to each other in panels, and within a panel entry after entry by ascending column; an entry holds
 * one number for each row of its panel. If a row lacks a synapse from a column that another row of its panel has, there is a gap.
 */
export interface Packing {
  readonly parts: readonly Part[];
  /** The total of numbers, including gaps. */
  readonly size: number;
  /** The index of each entry of the compressed rows. */
  readonly place: Int32Array;
}

/** Vectors in a panel: this many sums run in parallel. */
const PANEL = 4;
/** Panels that are summed up together: their sums wait for one another less, and each rate is loaded once for all. */
export const TOGETHER = 3;

/** Packs compressed rows for vectors of `lanes` numbers. */
export function pack(rows: Rows, lanes: number): Packing {
  const count = rows.start.length - 1;
  const dense = isDense(rows);
  const parts: Part[] = [];
  let size = 0;
  const add = (row: number, until: number, vectors: number) => {
    if (until === row) return;
    const part = { ...partOf(rows, row, until, vectors, lanes, dense), offset: size };
    parts.push(part);
    size += part.columns.length * vectors * lanes;
  };
  if (dense) {
    // The rows left over by panels that are summed up together form a separate panel. A single last vector would wait for itself at every
    // step of its sum, so the panels before include it.
    const block = TOGETHER * PANEL * lanes;
    const over = count % block;
    const last = over > 0 && over <= lanes && count > block ? over + block : over;
    add(0, count - last, PANEL);
    add(count - last, count, Math.ceil(last / lanes));
  } else {
    add(0, count, cheapest(rows, lanes));
  }
  const place = new Int32Array(rows.start[count]);
  for (const part of parts) setPlaces(part, rows, lanes, place);
  return { parts, size, place };
}

/** Whether every row has every column. */
export function isDense({ start, columns }: Rows): boolean {
  const count = start.length - 1;
  return count > 0 && start[count] === count * columns;
}

export function denseRows(count: number, columns: number): Rows {
  return { start: Int32Array.from({ length: count + 1 }, (_, i) => i * columns), column: new Int32Array(0), columns };
}

function partOf(
  { start, column, columns: all }: Rows,
  row: number,
  until: number,
  vectors: number,
  lanes: number,
  dense: boolean,
): Omit<Part, 'offset'> {
  const width = vectors * lanes;
  const panels = Math.ceil((until - row) / width);
  const every = Int32Array.from({ length: dense ? all : 0 }, (_, j) => j);
  const found = Array.from({ length: panels }, (_, panel) => {
    if (dense) return every;
    const first = row + panel * width;
    const within = column.subarray(start[first], start[Math.min(first + width, until)]);
    return Int32Array.from(new Set(within)).sort();
  });
  const starts = new Int32Array(panels + 1);
  found.forEach(({ length }, panel) => (starts[panel + 1] = starts[panel] + length));
  const columns = new Int32Array(starts[panels]);
  found.forEach((some, panel) => {
    columns.set(some, starts[panel]);
  });
  return { row, rows: until - row, vectors, panels, dense, starts, columns };
}

function setPlaces(part: Part, { start, column }: Rows, lanes: number, place: Int32Array): void {
  const width = part.vectors * lanes;
  for (let i = part.row; i < part.row + part.rows; i++) {
    const panel = Math.floor((i - part.row) / width);
    let entry = part.starts[panel];
    const first = part.offset + ((i - part.row) % width);
    for (let k = start[i]; k < start[i + 1]; k++, entry++) {
      if (!part.dense) while (part.columns[entry] !== column[k]) entry++;
      place[k] = first + entry * width;
    }
  }
}

/** The width of panels at the lowest cost: a wider panel has more gaps, but shares the work that is done once for an entry. */
function cheapest(rows: Rows, lanes: number): number {
  const count = rows.start.length - 1;
  const costs = ([1, 2, 4] as const).map((vectors) => {
    const { columns } = partOf(rows, 0, count, vectors, lanes, false);
    return { vectors, cost: columns.length * (vectors + 0.75) };
  });
  return costs.reduce((best, next) => (next.cost < best.cost ? next : best)).vectors;
}

/** The transpose: rows become columns. `from[k]` is the original index of entry k of the result. */
export function transpose({ start, column, columns }: Rows): Rows & { readonly from: Int32Array } {
  const count = start.length - 1;
  const begins = new Int32Array(columns + 1);
  for (const j of column) begins[j + 1]++;
  for (let j = 0; j < columns; j++) begins[j + 1] += begins[j];
  const next = begins.slice();
  const [turned, from] = [new Int32Array(column.length), new Int32Array(column.length)];
  for (let i = 0; i < count; i++) {
    for (let k = start[i]; k < start[i + 1]; k++) {
      const at = next[column[k]]++;
      turned[at] = i;
      from[at] = k;
    }
  }
  return { start: begins, column: turned, columns: count, from };
}

/** Whether a part has a synapse in every place. */
export function isFull({ dense, rows, panels, vectors }: Part, lanes: number): boolean {
  return dense && rows === panels * vectors * lanes;
}

/** A mask for each number of a part: all bits are 1 if there is a synapse. */
export function masksOf({ place }: Packing, part: Part, bytes: 4 | 8): Uint8Array {
  const size = part.columns.length * part.vectors * lanesOf(bytes);
  const masks = new Uint8Array(size * bytes);
  for (const at of place) {
    const within = at - part.offset;
    if (within >= 0 && within < size) masks.fill(0xff, within * bytes, (within + 1) * bytes);
  }
  return masks;
}

/** 0, 1, .. count-1. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
