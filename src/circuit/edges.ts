import { counted, InputError, onlyFields, show } from '../errors/index.ts';
import { isArrayLike } from '../local/index.ts';

/** One synapse, `[from, to, weight, delay]`: from which neuron to which, both from 0; its initial weight; its delay in timesteps. */
export type Edge = ArrayLike<number>;

/**
 * Synapses given one by one, in any order: as a list of `[from, to, weight, delay]`, of which weight and delay may be left out everywhere, or
 * as columns, lists or typed arrays of the same length. Each pair of neurons once.
 */
export type Edges =
  | ArrayLike<Edge>
  | {
      /** The presynaptic neuron of each synapse, and the postsynaptic one, from 0. */
      readonly from: ArrayLike<number>;
      readonly to: ArrayLike<number>;
      /** Initial weights. Absent: the group has a distribution for them. */
      readonly weights?: ArrayLike<number>;
      /** Timesteps from axon to dendrite. Absent: the group's delay. */
      readonly delays?: ArrayLike<number>;
    };

/** Edges as a checked circuit has them, column by column, ordered by postsynaptic, then presynaptic neuron. */
export interface CheckedEdges {
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly weights?: readonly number[];
  readonly delays?: readonly number[];
}

/**
 * The edges that a matrix of weights holds, for a group's `edges`: one for each entry that is a number.
 *
 * @param matrix A row for each postsynaptic neuron; NaN or null where there is no synapse.
 *
 * @example
 * recurrent: { from: 'h', to: 'h', edges: edgesOf(weightsOf('runs/periodic', 'recurrent', { learner: 'rflo' })), rule: rflo() },
 */
export function edgesOf(
  matrix: ArrayLike<ArrayLike<number | null>>,
): CheckedEdges & { readonly weights: readonly number[] } {
  const edges = Array.from(matrix, (row, to) =>
    Array.from(row, (w, from) => ({ from, to, w })).flatMap(({ w, ...ends }) =>
      w === null || Number.isNaN(w) ? [] : [{ ...ends, w }],
    ),
  ).flat();
  return { from: edges.map(({ from }) => from), to: edges.map(({ to }) => to), weights: edges.map(({ w }) => w) };
}

/** What edges are checked against. */
interface Asked {
  /** The number of postsynaptic and presynaptic neurons. */
  readonly rows: number;
  readonly columns: number;
  /** What is wrong with a weight; undefined if nothing is. */
  readonly wrong: (w: number, pre: number) => string | undefined;
  /** What is wrong with a delay. */
  readonly wrongDelay: (delay: number) => string | undefined;
  /** Delays that the group has for them, in their order. */
  readonly delays?: ArrayLike<unknown>;
}

/** Edges as they are written, column by column. */
interface Columns {
  readonly from: ArrayLike<unknown>;
  readonly to: ArrayLike<unknown>;
  readonly weights?: ArrayLike<unknown>;
  readonly delays?: ArrayLike<unknown>;
}

const COLUMNS = ['from', 'to', 'weights', 'delays'] as const;

type Column = (typeof COLUMNS)[number];

/**
 * Edges in the order of a group's synapses, and with them what the group has for each.
 *
 * @param place Where the group is written.
 * @throws InputError naming the edge that has an unknown neuron, repeats a pair, or has a wrong weight or delay.
 */
export function checkedEdges(
  place: string,
  edges: Edges,
  { rows, columns, wrong, wrongDelay, delays: ofGroup }: Asked,
): CheckedEdges {
  const given = columnsOf(`${place}.edges`, edges);
  const count = given.from.length;
  if (ofGroup && given.delays) throw twice(`${place}.delay`, 'delays');
  if (ofGroup && ofGroup.length !== count) {
    throw new InputError(
      `${place}.delay`,
      `has ${counted(ofGroup.length, 'number')}; expected ${count}, one for each edge`,
    );
  }
  const at = (k: number, column?: Column): string => placeOf(`${place}.edges`, edges, k, column);
  const from = numbers(given.from, (k) => at(k, 'from'), (j) => wrongNeuron(j, columns, 'presynaptic')); // prettier-ignore
  const to = numbers(given.to, (k) => at(k, 'to'), (i) => wrongNeuron(i, rows, 'postsynaptic')); // prettier-ignore
  const asGiven = Int32Array.from(from, (_, k) => k);
  const order = inOrder(inOrder(asGiven, from, columns), to, rows);
  for (let k = 1; k < count; k++) {
    const [one, other] = [order[k - 1], order[k]];
    if (from[one] !== from[other] || to[one] !== to[other]) continue;
    const problem = `joins neuron ${from[one]} to neuron ${to[one]}, as ${at(one)} does; give each pair once`;
    throw new InputError(at(other), problem);
  }
  const finite = (w: number) => (Number.isFinite(w) ? undefined : `${w} is not a finite number`);
  const weights = given.weights && numbers(given.weights, (k) => at(k, 'weights'), (w, k) => finite(w) ?? wrong(w, from[k])); // prettier-ignore
  const placeOfDelay = (k: number) => (ofGroup ? `${place}.delay[${k}]` : at(k, 'delays'));
  const delays = given.delays ?? ofGroup;
  const late = delays && numbers(delays, placeOfDelay, wrongDelay);
  const ordered = (values: readonly number[]) => Array.from(order, (k) => values[k]);
  return {
    ...{ from: ordered(from), to: ordered(to) },
    ...(weights && { weights: ordered(weights) }),
    ...(late && { delays: ordered(late) }),
  };
}

/** The error of numbers that both a group and its edges have. */
export function twice(place: string, what: string): InputError {
  return new InputError(place, `the edges have ${what} of their own; give them in one of the two places`);
}

/** A column as plain numbers. @throws InputError naming the first that is wrong. */
function numbers(
  values: ArrayLike<unknown>,
  at: (k: number) => string,
  wrong: (value: number, k: number) => string | undefined,
): readonly number[] {
  return Array.from(values, (value, k) => {
    if (typeof value !== 'number') throw new InputError(at(k), `${show(value)} is not a number`);
    const problem = wrong(value, k);
    if (problem !== undefined) throw new InputError(at(k), problem);
    return value;
  });
}

/** Edges column by column. */
function columnsOf(place: string, edges: Edges): Columns {
  if (isArrayLike(edges)) return columnsOfList(place, edges);
  onlyFields(place, edges, COLUMNS);
  const { from, to } = edges;
  const columns = Object.entries({ ...edges, from, to });
  for (const [name, column] of columns) {
    if (!isArrayLike(column))
      throw new InputError(`${place}.${name}`, `expected a list of numbers, got ${show(column)}`);
    if (column.length !== from.length) {
      const problem = `has ${counted(column.length, 'number')}, but 'from' has ${from.length}; give one for each edge`;
      throw new InputError(`${place}.${name}`, problem);
    }
  }
  return edges;
}

function columnsOfList(place: string, edges: ArrayLike<unknown>): Columns {
  const list = Array.from(edges, (edge, k): ArrayLike<unknown> => {
    if (isArrayLike(edge) && edge.length >= 2 && edge.length <= 4) return edge;
    throw new InputError(`${place}[${k}]`, `expected an edge [from, to, weight, delay], got ${show(edge)}`);
  });
  const [width] = list.map(({ length }) => length);
  const odd = list.findIndex(({ length }) => length !== width);
  if (odd >= 0) {
    const problem = `has ${list[odd].length} entries, but the first edge has ${width}; give all edges the same number`;
    throw new InputError(`${place}[${odd}]`, problem);
  }
  const column = (c: number) => list.map((edge) => edge[c]);
  return {
    ...{ from: column(0), to: column(1) },
    ...(width > 2 && { weights: column(2) }),
    ...(width > 3 && { delays: column(3) }),
  };
}

/** Where an edge is written, or one of its numbers. */
function placeOf(place: string, edges: Edges, k: number, column?: Column): string {
  if (!isArrayLike(edges)) return `${place}.${column ?? 'from'}[${k}]`;
  return column === undefined ? `${place}[${k}]` : `${place}[${k}][${COLUMNS.indexOf(column)}]`;
}

function wrongNeuron(neuron: number, count: number, side: string): string | undefined {
  if (Number.isInteger(neuron) && neuron >= 0 && neuron < count) return undefined;
  return `${neuron} is not a ${side} neuron; expected a whole number, 0 to ${count - 1}`;
}

/** Edges ordered by one of their neurons, of `count`; those of the same neuron keep their order. */
function inOrder(edges: Int32Array, neuronOf: readonly number[], count: number): Int32Array {
  const next = new Int32Array(count + 1);
  for (const k of edges) next[neuronOf[k] + 1]++;
  for (let n = 0; n < count; n++) next[n + 1] += next[n];
  const ordered = new Int32Array(edges.length);
  for (const k of edges) ordered[next[neuronOf[k]]++] = k;
  return ordered;
}
