import type { Delay, SynapseGroup } from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import type { NirNode } from './graph.ts';
import { closingEdges, edgesInLoops } from './loops.ts';
import { lateness, type Passage } from './passage.ts';
import type { Way } from './passages.ts';
import type { Time } from './time.ts';
import { indexOf, naming, order, textOf } from './written.ts';

/** A synapse group, and its name. */
type Named = SynapseGroup & { readonly name: string };

/**
 * The synapse groups for the paths of a graph, in the order that rxflo recorded, if it did.
 *
 * @param populations In the order in which loops are searched.
 */
export function groupsOf(
  ways: readonly Way[],
  nodeOf: (name: string) => NirNode,
  populations: readonly string[],
  time: Time,
  warnings: string[],
): readonly Named[] {
  const matrices = ways.map(({ through }) =>
    through.filter((name) => ['Linear', 'Affine'].includes(nodeOf(name).type)),
  );
  /** The Linear or Affine node of each path that has exactly one: rxflo's metadata is attached to it. */
  const linears = matrices.map((names) => (names.length === 1 ? nodeOf(names[0]) : undefined));
  const closing = closingWays(ways, linears, populations, warnings);
  const name = naming();
  const groups = ways.map(({ from, to, passage }, k) => {
    const linear = linears[k];
    const usual = matrices[k].length > 0 ? matrices[k].join('_') : `${from}-${to}`;
    const free = name((linear && textOf(linear, 'rxflo_group')) ?? usual);
    const wiring = wiringOf(passage, linear);
    const delay = delayOf(`synapses.${free}`, { passage, wiring, besides: closing.has(k) ? 1 : 0 }, time, warnings);
    return {
      group: { name: free, from, to, ...wiring, delay },
      index: linear ? indexOf(linear, 'rxflo_index') : Infinity,
    };
  });
  return groups.toSorted((one, other) => order(one.index, other.index)).map(({ group }) => group);
}

/** The paths that close a loop and so have one more timestep of delay: those that rxflo recorded, if the loops are still the same. */
function closingWays(
  ways: readonly Way[],
  linears: readonly (NirNode | undefined)[],
  populations: readonly string[],
  warnings: string[],
): ReadonlySet<number> {
  const edges = ways.map(({ from, to }) => [from, to] as const);
  const written = new Set(linears.flatMap((linear, k) => (linear && indexOf(linear, 'rxflo_closes') === 1 ? [k] : [])));
  if (written.size > 0) {
    const inLoops = edgesInLoops(populations, edges);
    const others = edges.filter((_, k) => !written.has(k));
    if ([...written].every((k) => inLoops.has(k)) && closingEdges(populations, others).size === 0) return written;
    warnings.push(
      'synapses: the loops are no longer those described by the metadata; the groups that close them are determined again',
    );
  }
  return closingEdges(populations, edges);
}

interface Wiring {
  readonly weights?: Float64Array;
  readonly edges?: {
    readonly from: ArrayLike<number>;
    readonly to: ArrayLike<number>;
    readonly weights: ArrayLike<number>;
  };
}

/** The weights, and which neurons are connected. */
function wiringOf({ rows, columns, weights, scale }: Passage, node: NirNode | undefined): Wiring {
  if (!weights) {
    const neurons = Array.from({ length: rows }, (_, k) => k);
    return { edges: { from: neurons, to: neurons, weights: scale ?? new Float64Array(rows).fill(1) } };
  }
  const pairs = node && pairsOf(node, rows, columns);
  if (!pairs) return { weights };
  const { pre, post } = pairs;
  const joined = new Set(pre.map((j, k) => post[k] * columns + j));
  // The file may have been edited, with weights for pairs without a synapse.
  if (weights.some((weight, k) => weight !== 0 && !joined.has(k))) return { weights };
  return { edges: { from: pre, to: post, weights: pre.map((j, k) => weights[post[k] * columns + j]) } };
}

function pairsOf({ metadata }: NirNode, rows: number, columns: number) {
  const [pre, post] = [metadata.get('rxflo_pre'), metadata.get('rxflo_post')];
  if (!pre || !post || !('values' in pre) || !('values' in post)) return undefined;
  const isIn = (values: Float64Array, size: number) =>
    values.every((value) => Number.isInteger(value) && value >= 0 && value < size);
  const count = pre.values.length;
  if (count !== post.values.length || !isIn(pre.values, columns) || !isIn(post.values, rows)) return undefined;
  return { pre: pre.values, post: post.values };
}

interface Late {
  readonly passage: Passage;
  readonly wiring: Wiring;
  /** Timesteps in addition to those of Delay nodes. */
  readonly besides: number;
}

/** The delay in timesteps: one number if all are the same, else one for each edge or for each entry of the weights. */
function delayOf(
  place: string,
  { passage, wiring: { edges }, besides }: Late,
  { dt }: Time,
  warnings: string[],
): Delay {
  const { rows, columns, before, after } = passage;
  let furthest = 0;
  const timesteps = (i: number, j: number): number => {
    const exact = lateness(passage, i, j) / dt;
    const whole = Math.round(exact);
    furthest = Math.max(furthest, Math.abs(exact - whole));
    if (whole > 2 ** 25)
      throw new InputError(`${place}.delay`, `is ${whole} timesteps of ${dt} s; expected ${2 ** 25} or fewer`);
    return whole + besides;
  };
  const all = (): Delay => {
    const first = timesteps(0, 0);
    const isFirst = (each: number): boolean => each === first;
    if (!before && !after) return first;
    if (edges) {
      const delays = Array.from(edges.from, (j, k) => timesteps(edges.to[k], j));
      return delays.every(isFirst) ? first : delays;
    }
    const delays = Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (__, j) => timesteps(i, j)));
    return delays.every((row) => row.every(isFirst)) ? first : delays;
  };
  const delay = all();
  if (furthest > 1e-6) {
    warnings.push(
      `${place}.delay: is not a whole number of timesteps of ${dt} s; it is rounded, by up to ${furthest.toPrecision(3)} timesteps`,
    );
  }
  return delay;
}
