import { InputError, show } from '../../errors/index.ts';
import { specialise, type Graph, type Value } from '../../local/index.ts';

/** How coarsely numbers are kept: a sign and `bits - 1` bits of magnitude, evenly spaced up to `range`; with one bit, the sign alone. */
export interface Levels {
  /** 1 to 24; Infinity: unchanged. */
  readonly bits: number;
  /** The largest magnitude; larger ones are cut to it. */
  readonly range: number;
}

/** @throws InputError if `bits` is not a number of bits. */
export function checkBits(place: string, bits: number): void {
  if (bits === Infinity || (Number.isInteger(bits) && bits >= 1 && bits <= 24)) return;
  throw new InputError(place, `expected a number of bits, 1 to 24, or Infinity for full precision, got ${show(bits)}`);
}

/** @throws InputError if `range` is not a finite number above 0. */
export function checkRange(place: string, range: number): void {
  if (range > 0 && Number.isFinite(range)) return;
  throw new InputError(place, `expected a finite number above 0, got ${show(range)}`);
}

/**
 * x rounded to the nearest level; with a `draw` from (0, 1), rounded up or down at random, so that the mean is x.
 *
 *     bits = 1     -range, range                       0 stays 0, but with a draw it becomes one of them
 *     bits = b     k range / (2^(b-1) - 1),            k = -(2^(b-1) - 1) .. 2^(b-1) - 1
 */
export function onLevels(
  graph: Graph,
  x: Value,
  { bits, range }: { readonly bits: number; readonly range: Value },
  draw?: Value,
): Value {
  if (bits === Infinity) return x;
  // What follows from a known range is computed here.
  return specialise(graph, levelOf(graph, x, { bits, range }, draw), ({ path, scope }) => graph.read(path, scope));
}

function levelOf(
  graph: Graph,
  x: Value,
  { bits, range }: { readonly bits: number; readonly range: Value },
  draw: Value | undefined,
): Value {
  if (bits === 1) {
    if (!draw) return graph.arithmetic('*', graph.call('sign', [x]), range);
    const twice = graph.arithmetic('*', graph.constant(2), range);
    const chance = graph.arithmetic('/', graph.arithmetic('+', x, range), twice);
    return graph.choose(graph.compare('<', draw, chance), range, graph.negate(range));
  }
  const most = 2 ** (bits - 1) - 1;
  const step = graph.arithmetic('/', range, graph.constant(most));
  const shifted = graph.arithmetic('+', graph.arithmetic('/', x, step), draw ?? graph.constant(0.5));
  const level = graph.call('floor', [shifted]);
  const within = graph.call('min', [graph.call('max', [level, graph.constant(-most)]), graph.constant(most)]);
  return graph.arithmetic('*', within, step);
}
