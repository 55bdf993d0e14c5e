import {
  dependentRows,
  reachedFrom,
  wayOf,
  waysOf,
  type BuiltGroup,
  type BuiltPopulation,
  type Connection,
  type Row,
  type Timestep,
} from '../circuit/index.ts';
import type { Layout, PlasticGroup } from './layout.ts';
import { LINE } from './memory.ts';

/**
 * The influence of one group's weights on the rows that they reach, P_w,i = d row_i / dw, for one cache line of weights at a time: a ring
 * of slots over timesteps. In a slot, every row that is kept has a line for each neuron.
 */
export interface InfluencePlan {
  readonly group: PlasticGroup;
  /** The connection of the group itself. */
  readonly own: Connection;
  /** What is computed in each timestep, in this order. */
  readonly parts: readonly InfluencePart[];
  /** Where each kept row begins in a slot. */
  readonly kept: ReadonlyMap<Row, number>;
  readonly slot: number;
  /** How many slots a ring has; `lates`: by how many timesteps the slots that are read lie back. */
  readonly depth: number;
  readonly lates: readonly number[];
  /** The address of the ring of the first line of weights. */
  readonly ring: number;
  /** Whether every line of weights has its own ring; otherwise they take turns with one. */
  readonly apart: boolean;
  /** Bytes of the group's weights: whole lines. */
  readonly size: number;
  /** A line for each neuron that the weights are on: the direct effect of the weights, and 0 elsewhere. */
  readonly direct: number;
  /** A line for each neuron: partial sums. */
  readonly sums: number;
  /** For each weight, the place of its neuron's line among these, and the place, from the window, of what it is multiplied by, both in bytes. */
  readonly table: number;
  /** For groups whose synapses have ways of their own: where each part of their matrix finds the influences on each entry's column. */
  readonly ways: ReadonlyMap<BuiltGroup, readonly WayTables[]>;
}

/** Where to find the influences that the entries of a matrix bring: a table of places in a slot, and one of how far back the slot is, bytes. */
export interface WayTables {
  readonly lines: number;
  readonly back: number;
}

/** Rows of a population that are computed together, neuron by neuron. */
export interface InfluencePart {
  readonly population: BuiltPopulation;
  /** The port, which is summed up first. */
  readonly port: { readonly row: Row; readonly brought: readonly Connection[] } | undefined;
  /** The rows that are computed from it, and from what is kept. */
  readonly rows: readonly Row[];
}

/** Plans room for a group's influences. */
export function planInfluence(
  layout: Layout,
  group: PlasticGroup,
  carrying: readonly Connection[],
  apart: boolean,
): InfluencePlan {
  const { circuit, memory, bytes, frames, timestep } = layout;
  const through = dependentRows(timestep);
  const groups = carrying.map((connection) => connection.group);
  const reached = reachedFrom(circuit, group.group, groups);
  const brought = carrying.filter(({ row }) => reached.includes(row.population) && through.includes(row));
  const parts = partsOf(through, reached, brought);
  const lines = (population: BuiltPopulation) => (frames.rowBytes(population) / bytes) * LINE;
  const kept = new Map<Row, number>();
  let slot = 0;
  for (const row of parts.flatMap(rowsIn)) {
    if (!isKept(timestep, parts, brought, row)) continue;
    kept.set(row, slot);
    slot += lines(row.population);
  }
  const straight = brought.filter(({ ways }) => !ways);
  const lates = new Set([0, ...[...timestep.partials, ...straight].map(({ late }) => late)]);
  const depth = 1 + Math.max(...lates, ...brought.flatMap(waysOf).map(({ late }) => late));
  const size = Math.ceil((group.matrix.packing.size * bytes) / LINE) * LINE;
  const own = timestep.connection(group.group);
  // After the lines of neurons comes an unused one, for the gaps.
  const gap = lines(own.into.population);
  return {
    ...{ group, own, parts, kept, slot, depth, lates: [...lates], apart, size },
    ring: memory.reserve((apart ? size / LINE : 1) * depth * slot),
    direct: memory.reserve(gap + LINE),
    sums: memory.reserve(Math.max(...reached.map(lines))),
    table: memory.hold(
      tableOf(group, size / bytes, gap, (k) => {
        const { row, late } = wayOf(own, k);
        return frames.at(row, late);
      }),
    ),
    ways: new Map(brought.flatMap((connection) => waysIn(layout, connection, kept, slot))),
  };
}

/** All rows of a part, in the order in which they are computed. */
export function rowsIn({ port, rows }: InfluencePart): readonly Row[] {
  return [...(port ? [port.row] : []), ...rows];
}

/** The parts that are computed of these rows of reached populations: a sum, and what is computed from it. */
function partsOf(
  rows: readonly Row[],
  reached: readonly BuiltPopulation[],
  brought: readonly Connection[],
): readonly InfluencePart[] {
  const parts: (Omit<InfluencePart, 'rows'> & { readonly rows: Row[] })[] = [];
  for (const row of rows) {
    const { population } = row;
    if (!reached.includes(population)) continue;
    const last = parts.at(-1);
    if (row.kind === 'port') {
      parts.push({ population, port: { row, brought: brought.filter(({ into }) => into === row) }, rows: [] });
    } else if (last?.population === population) last.rows.push(row);
    else parts.push({ population, port: undefined, rows: [row] });
  }
  return parts;
}

/** Whether a row's influences are read elsewhere, or later, than where they are computed. */
function isKept(
  { partials, signals }: Timestep,
  parts: readonly InfluencePart[],
  brought: readonly Connection[],
  row: Row,
): boolean {
  const together = parts.map(rowsIn).find((rows) => rows.includes(row));
  const isReadApart = partials.some(({ of, by, late }) => by === row && (late > 0 || !together?.includes(of)));
  return isReadApart || signals.has(row) || brought.some((connection) => connection.row === row);
}

/** `begins`: where the row that is brought to a synapse begins. */
function tableOf(
  { group, matrix }: PlasticGroup,
  places: number,
  gap: number,
  begins: (synapse: number) => number,
): Int32Array {
  const table = new Int32Array(2 * places);
  for (let place = 0; place < places; place++) table[2 * place] = gap;
  const { rowStart, pre, to } = group;
  for (let i = 0; i < to.size; i++) {
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
      const place = matrix.packing.place[k];
      table[2 * place] = i * LINE;
      table[2 * place + 1] = begins(k) + pre[k] * matrix.bytes;
    }
  }
  return table;
}

function waysIn(
  layout: Layout,
  { group, ways }: Connection,
  kept: ReadonlyMap<Row, number>,
  slot: number,
): readonly (readonly [BuiltGroup, readonly WayTables[]])[] {
  if (!ways) return [];
  const count = ways.all.length;
  const tables = layout.matrixOf(group).packing.parts.map(({ columns }) => ({
    lines: layout.memory.hold(
      columns.map((each) => Math.floor(each / count) * LINE + (kept.get(ways.all[each % count].row) ?? 0)),
    ),
    back: layout.memory.hold(columns.map((each) => ways.all[each % count].late * slot)),
  }));
  return [[group, tables]];
}
