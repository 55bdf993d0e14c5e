import sin from '@stdlib/math-base-special-sin';
import { InputError, show } from '../../errors/index.ts';
import { Graph, LocalFunction } from '../../local/index.ts';
import { stream } from '../../random/index.ts';
import { isBetween } from '../checks.ts';
import { checkBits, checkRange, onLevels } from './levels.ts';

/** Constraints on feedback weights B, besides how they are drawn. */
export interface FeedbackDials {
  /**
   * Degrees between B and the readout's weights, transposed, each matrix as one vector: 0 to 90. B is held there while the readout learns, and
   * turned away from it towards the drawn `weights`. This is weight transport. At 0, B is the readout transposed, as with symmetric
   * feedback; at 90, nothing of it is left. If `weights` have no direction of their own (a single weight), B is only cos(angle) times the
   * readout. Absent: B does not follow the readout.
   */
  readonly angle?: number;
  /** The fraction of B's entries that are always 0, drawn once per seed; 0 to 1, default 0. At 1 no error comes through. */
  readonly sparsity?: number;
  /** The number of bits of B: a sign and magnitudes evenly spaced up to `range`; 1: the sign alone, times `range`. 1 to 24; default Infinity. */
  readonly bits?: number;
  /**
   * The largest magnitude that `bits` can represent; larger ones are cut to it. By default the largest of those drawn; for one bit the root mean
   * square of those drawn. Must be given with an `angle` and two bits or more: then B is as large as the readout, not as the drawn weights.
   */
  readonly range?: number;
}

/** How B is held at an angle to the weights that are carried into it. */
export interface Rotation {
  readonly cosine: number;
  readonly sine: number;
  /** The weights that were drawn, [to.size][from.size], row-major. */
  readonly drawn: Float64Array;
  /** The part of the drawn weights perpendicular to the carried ones is only rounding if it has less than this fraction of their square. */
  readonly rounding: number;
}

/** How each feedback weight is transformed before it is used. */
export interface Form {
  /** The weight in use. Reads `w`, and `kept` if entries are silent. */
  readonly weight: LocalFunction;
  /** 1, or 0 for silent entries, in the layout of B. */
  readonly kept?: Float64Array;
}

/** @throws InputError if one of the dials is out of its range. */
export function checkFeedbackDials(
  place: string,
  { angle, sparsity = 0, bits = Infinity, range }: FeedbackDials,
): void {
  if (angle !== undefined && !isBetween(angle, 0, 90)) {
    throw new InputError(`${place}.angle`, `expected an angle to the readout, 0 to 90 degrees, got ${show(angle)}`);
  }
  if (!isBetween(sparsity, 0, 1)) {
    throw new InputError(`${place}.sparsity`, `expected a fraction of the weights, 0 to 1, got ${show(sparsity)}`);
  }
  checkBits(`${place}.bits`, bits);
  if (range !== undefined) {
    checkRange(`${place}.range`, range);
    if (bits === Infinity) {
      throw new InputError(`${place}.range`, 'is used only with bits; give bits too, or leave it out');
    }
  } else if (angle !== undefined && bits > 1 && bits < Infinity) {
    throw new InputError(
      `${place}.range`,
      'is missing: weights held at an angle are as large as the readout, not as the drawn ones; give the largest magnitude',
    );
  }
}

/** cos and sin of an angle from 0 to 90 degrees: exact at both, and the same bits on every host. */
export function rotation(angle: number, drawn: Float64Array): Rotation {
  const sine = (degrees: number) => sin((degrees * Math.PI) / 180);
  return { cosine: sine(90 - angle), sine: sine(angle), drawn, rounding: 2 ** -80 };
}

/** The form of the weights of feedback `name`; undefined if they are used unchanged. @throws InputError if no range follows from what was drawn. */
export function formOf(name: string, dials: FeedbackDials, drawn: Float64Array, kept?: Float64Array): Form | undefined {
  const { bits = Infinity } = dials;
  const graph = new Graph();
  const w = graph.read('w', 'own weight');
  const level =
    bits === Infinity ? w : onLevels(graph, w, { bits, range: graph.constant(rangeOf(name, dials, drawn)) });
  const [zero, isKept] = [graph.constant(0), graph.read('kept', 'parameter')];
  const weight = kept ? graph.choose(graph.compare('>', isKept, zero), level, zero) : level;
  return weight === w
    ? undefined
    : { weight: new LocalFunction('feedback weight', graph, weight), ...(kept && { kept }) };
}

/** Which entries are not silent; undefined if none is silent. */
export function keptOf(
  name: string,
  seed: number,
  size: number,
  { sparsity = 0 }: FeedbackDials,
): Float64Array | undefined {
  const chosen = stream(seed, 'feedback', name, 'silent');
  return sparsity === 0 ? undefined : Float64Array.from({ length: size }, () => (chosen() < sparsity ? 0 : 1));
}

/** A form as a function of the weight and its place in B. */
export function former({ weight, kept }: Form): (w: number, place: number) => number {
  const compiled = weight.compileNumber();
  return kept ? (w, place) => compiled({ w, kept: kept[place] }) : (w) => compiled({ w });
}

/**
 * Turns the carried weights V, in place, to where they are held:
 *
 *     B = cos V + sin |V| R' / |R'|,    R' = R - (R.V / V.V) V
 *
 * R is what was drawn, R' its part perpendicular to V. Every sum runs output neuron by output neuron, and within one by receiving neuron.
 */
export function rotate(
  { cosine, sine, drawn, rounding }: Rotation,
  b: Float32Array | Float64Array,
  outputs: number,
): void {
  let [along, squares, whole, across] = [0, 0, 0, 0];
  for (let k = 0; k < outputs; k++) {
    for (let at = k; at < b.length; at += outputs) {
      along += drawn[at] * b[at];
      squares += b[at] * b[at];
      whole += drawn[at] * drawn[at];
    }
  }
  const part = squares > 0 ? along / squares : 0;
  for (let k = 0; k < outputs; k++) {
    for (let at = k; at < b.length; at += outputs) {
      const rest = drawn[at] - part * b[at];
      across += rest * rest;
    }
  }
  const scale = across > rounding * whole ? (sine * Math.sqrt(squares)) / Math.sqrt(across) : 0;
  for (let at = 0; at < b.length; at++) b[at] = cosine * b[at] + scale * (drawn[at] - part * b[at]);
}

function rangeOf(name: string, { bits, range }: FeedbackDials, drawn: Float64Array): number {
  if (range !== undefined) return range;
  const largest = drawn.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
  const squares = drawn.reduce((sum, w) => sum + w * w, 0);
  const given = bits === 1 ? Math.sqrt(squares / drawn.length) : largest;
  if (given > 0) return given;
  throw new InputError(`feedback.${name}.range`, 'follows from the drawn weights, but all of them are 0; give a range');
}
