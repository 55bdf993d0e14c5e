import type { SynapseGroup } from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import type { NirNode } from './graph.ts';
import { closingEdges } from './loops.ts';
import { lateness, type Passage } from './passage.ts';
import type { Way } from './passages.ts';
import type { Time } from './time.ts';
import { indexOf, namesFor, order } from './written.ts';

/** A synapse group, and its name. */
type Named = SynapseGroup & { readonly name: string };

/**
 * The synapse groups that the ways of a graph are, in the order that rxflo has written, if it has.
 *
 * @param populations In the order in which loops are looked for.
 */
export function groupsOf(
  ways: readonly Way[],
  nodeOf: (name: string) => NirNode,
  populations: readonly string[],
  time: Time,
  warnings: string[],
): readonly Named[] {
  const closing = closingEdges(
    populations,
    ways.map(({ from, to }) => [from, to]),
  );
  const taken = new Set<string>();
  const groups = ways.map((way, k) => {
    const { from, to, through, passage } = way;
    const nodes = through.map(nodeOf);
    const linears = through.filter((_, n) => nodes[n].type === 'Linear' || nodes[n].type === 'Affine');
    const only = linears.length === 1 ? nodeOf(linears[0]) : undefined;
    const written = only?.metadata.get('rxflo_group');
    const wanted =
      written && 'texts' in written ? written.texts[0] : linears.length > 0 ? linears.join('_') : `${from}-${to}`;
    const [name] = namesFor([wanted], taken).values();
    const delay = delayOf(`synapses.${name}`, passage, time, closing.has(k) ? 1 : 0, warnings);
    const known = only ? indexOf(only, 'rxflo_delay') : Infinity;
    // In a loop of several populations NIR does not say where the delay is.
    const isKnown = typeof delay === 'number' && Number.isInteger(known) && Math.abs(known - delay) <= 1;
    const wiring = wiringOf(passage, only);
    return {
      group: { name, from, to, ...wiring, delay: isKnown ? known : forEdges(delay, wiring) },
      index: only ? indexOf(only, 'rxflo_index') : Infinity,
    };
  });
  return groups.toSorted((one, other) => order(one.index, other.index)).map(({ group }) => group);
}

interface Wiring {
  readonly weights?: Float64Array;
  readonly edges?: {
    readonly from: ArrayLike<number>;
    readonly to: ArrayLike<number>;
    readonly weights: ArrayLike<number>;
  };
}

/** The weights, and which neurons are joined. */
function wiringOf({ rows, columns, weights, scale }: Passage, node: NirNode | undefined): Wiring {
  if (!weights) {
    const neurons = Array.from({ length: rows }, (_, k) => k);
    return { edges: { from: neurons, to: neurons, weights: scale ?? new Float64Array(rows).fill(1) } };
  }
  const pairs = node && pairsOf(node, rows, columns);
  if (!pairs) return { weights };
  const { pre, post } = pairs;
  const joined = new Set(pre.map((j, k) => post[k] * columns + j));
  // Someone may have given weights to pairs without a synapse.
  if (weights.some((weight, k) => weight !== 0 && !joined.has(k))) return { weights };
  return { edges: { from: pre, to: post, weights: pre.map((j, k) => weights[post[k] * columns + j]) } };
}

/** Delays of pairs, in the order of the edges where those are given one by one. */
function forEdges(delay: number | number[][], { edges }: Wiring): number | number[][] | number[] {
  if (typeof delay === 'number' || !edges) return delay;
  return Array.from(edges.from, (j, k) => delay[edges.to[k]][j]);
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

/** The delay in timesteps: one number, or one for each pair of neurons. */
function delayOf(
  place: string,
  passage: Passage,
  { dt }: Time,
  besides: number,
  warnings: string[],
): number | number[][] {
  const { rows, columns } = passage;
  let furthest = 0;
  const timesteps = (i: number, j: number): number => {
    const exact = lateness(passage, i, j) / dt;
    const whole = Math.round(exact);
    furthest = Math.max(furthest, Math.abs(exact - whole));
    if (whole > 2 ** 25) throw new InputError(`${place}.delay`, `${whole} timesteps of ${dt} s are too many to keep`);
    return whole + besides;
  };
  const isOne = !passage.before && !passage.after;
  const delay = isOne
    ? timesteps(0, 0)
    : Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (__, j) => timesteps(i, j)));
  if (furthest > 1e-6) {
    warnings.push(
      `${place}.delay: is not a whole number of timesteps of ${dt} s; it is rounded, by up to ${furthest.toPrecision(3)} of one`,
    );
  }
  if (typeof delay === 'number') return delay;
  const [[first]] = delay;
  return delay.every((row) => row.every((each) => each === first)) ? first : delay;
}
