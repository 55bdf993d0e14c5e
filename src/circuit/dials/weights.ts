import { InputError, show } from '../../errors/index.ts';
import {
  Graph,
  LocalFunction,
  startOf,
  type OverTrials,
  type TunableParameter,
  type Value,
} from '../../local/index.ts';
import { chanceSeed, stream } from '../../random/index.ts';
import { isBetween, isList } from '../checks.ts';
import { changeOf, checkTunable, type DialRanges } from './tunable.ts';
import { checkBits, onLevels } from './levels.ts';

/** Constraints on the weights of a synapse group, besides its rule. */
export interface WeightDials {
  /** The least and the largest weight; a weight that would go beyond stays there. Default [-Infinity, Infinity]. */
  readonly bounds?: readonly [number, number];
  /**
   * The number of bits of a weight: a sign and magnitudes evenly spaced up to the farther bound, which must be finite. A changed weight is
   * rounded up or down at random, so that small changes are not lost on average. 1 to 24; default Infinity: float64.
   * Where Dale's law fixes the sign, one bit says whether a weight is 0 or as large as it can be.
   */
  readonly bits?: number;
  /** The fraction of the synapses that learn, 0 to 1, drawn once per seed; the others keep their weights. Default 1. */
  readonly plastic?: number | OverTrials;
  /**
   * What may change while a session runs: `session.tune('recurrent', { plastic: 0 })`, after which no synapse of the group learns, or
   * `{ 'bounds.low': -2, 'bounds.high': 2 }`, which hold for weights from their next change on. Default none.
   */
  readonly tunable?: readonly ('bounds' | 'plastic')[];
}

/** The constraints on a synapse's weight when a change is applied. */
export interface Settling {
  /** The new weight. Reads `w`, `change`, if needed `sign`, `plastic`, `lot` and `draw`, and the tunable dials under their names. */
  readonly weight: LocalFunction;
  /**
   * Constants of each synapse, by the name they are read under, [synapses]: `sign` is its presynaptic neuron's, `plastic` is 1 or 0; where that
   * is tunable, a synapse learns if its `lot` is below the plastic fraction.
   */
  readonly constants: Readonly<Partial<Record<'sign' | 'plastic' | 'lot', Float64Array>>>;
  readonly tunable: readonly TunableParameter[];
  /** The seed of its draws; absent: nothing is random. */
  readonly chance?: number;
}

const TUNABLE: DialRanges = { bounds: [-Number.MAX_VALUE, Number.MAX_VALUE], plastic: [0, 1] };

/** @throws InputError if one of the dials is out of its range. */
export function checkWeightDials(place: string, dials: WeightDials): void {
  const { bounds, bits = Infinity, plastic: given = 1, tunable = [] } = dials;
  const plastic = startOf(given);
  if (bounds !== undefined) {
    const both: readonly unknown[] = isList(bounds) ? bounds : [];
    const [low, high] = both;
    if (!(both.length === 2 && typeof low === 'number' && typeof high === 'number' && low <= high)) {
      throw new InputError(
        `${place}.bounds`,
        `expected the least and the largest weight, [-1, 1], got ${show(bounds)}`,
      );
    }
  }
  checkBits(`${place}.bits`, bits);
  if (bits < Infinity && !(0 < farther(bounds) && farther(bounds) < Infinity)) {
    throw new InputError(`${place}.bits`, 'needs finite bounds; give them, such as bounds: [-1, 1]');
  }
  if (!isBetween(plastic, 0, 1)) {
    throw new InputError(`${place}.plastic`, `expected a fraction of the synapses, 0 to 1, got ${show(plastic)}`);
  }
  checkTunable(place, dials, TUNABLE);
  if (bits < Infinity && tunable.includes('bounds')) {
    throw new InputError(
      `${place}.tunable`,
      "lists 'bounds', but with bits the bounds cannot change; leave out one of them",
    );
  }
}

/** The constraints on a group's weights. */
interface Held extends WeightDials {
  /** The sign of each presynaptic neuron, where it has one. */
  readonly signs: Float64Array | undefined;
  /** Presynaptic neuron of each synapse. */
  readonly pre: Int32Array;
}

/** Whether any dial is turned. For most groups none is, and no text is generated. */
function isTurned({ signs, bounds, bits, plastic, tunable }: Omit<Held, 'pre'>): boolean {
  return (signs ?? bounds ?? bits ?? plastic ?? tunable) !== undefined;
}

/** A drawn initial weight as the dials require it: of its neuron's sign, within bounds, on the nearest level. */
export function firstWeight({ signs, ...dials }: Omit<Held, 'pre'>): (w: number, pre: number) => number {
  if (!isTurned({ signs, ...dials })) return (w) => w;
  const graph = new Graph();
  const drawn = graph.read('w', 'own weight');
  const held = within(graph, drawn, { ...dials, bits: bitsOf(dials, signs) }, undefined);
  const nearest = held === drawn ? undefined : new LocalFunction('first weight', graph, held).compileNumber();
  return (w, pre) => {
    const signed = signs ? signs[pre] * Math.abs(w) : w;
    return nearest ? nearest({ w: signed }) : signed;
  };
}

/** What is wrong with a weight that was given or resumed, not drawn; undefined if nothing is. */
export function wrongWeight(dials: Omit<Held, 'pre'>): (w: number, pre: number) => string | undefined {
  const { signs, bounds = [-Infinity, Infinity] } = dials;
  const [low, high] = bounds;
  const bits = bitsOf(dials, signs);
  const step = bits === Infinity ? 0 : farther(bounds) / Math.max(1, 2 ** (bits - 1) - 1);
  const nearest = step === 0 ? undefined : firstWeight(dials);
  return (w, pre) => {
    if (signs && signs[pre] * w < 0) {
      const [kind, right] = signs[pre] > 0 ? ['excitatory', '0 or more'] : ['inhibitory', '0 or less'];
      return `${w} has the wrong sign: presynaptic neuron ${pre} is ${kind}; give ${right}`;
    }
    // If weights are kept in float32, so are their bounds.
    const isBound = bounds.some((bound) => w === bound || w === Math.fround(bound));
    if (isBound) return undefined;
    if (!(w >= low && w <= high)) return `${w} is outside its bounds; give ${low} to ${high}`;
    if (!nearest || Math.abs(w - nearest(w, pre)) <= Math.min(farther(bounds) * ROUNDING, step / 4)) return undefined;
    return `${w} is not a weight of ${bits} bits; the nearest is ${nearest(w, pre)}`;
  };
}

/** How far from a level a weight may be, as a fraction of the range: as far as rounding to float32 takes it. */
const ROUNDING = 2 ** -21;

/** How changes are applied to the weights of group `name`; undefined if no dial is turned: then they are added. */
export function settling(name: string, seed: number, { signs, pre, ...dials }: Held): Settling | undefined {
  if (!isTurned({ signs, ...dials })) return undefined;
  const { tunable = [], bounds = [-Infinity, Infinity] } = dials;
  const plastic = startOf(dials.plastic ?? 1);
  const bits = bitsOf(dials, signs);
  const graph = new Graph();
  const [w, change] = [graph.read('w', 'own weight'), graph.read('change', 'own state')];
  const sum = graph.arithmetic('+', w, change);
  const signed = signs ? ofSign(graph, sum) : sum;
  const held = tunable.includes('bounds')
    ? withinTuned(graph, signed)
    : within(graph, signed, { ...dials, bits }, graph.read('draw', 'chance'));
  const byLot = tunable.includes('plastic');
  const learns = byLot
    ? graph.compare('<', graph.read('lot', 'own state'), graph.read('plastic', 'parameter'))
    : graph.compare('>', graph.read('plastic', 'own state'), graph.constant(0));
  const weight = plastic < 1 || byLot ? graph.choose(learns, held, w) : held;
  if (weight === sum) return undefined;
  const chosen = stream(seed, 'synapses', name, 'plastic');
  const [least, most] = TUNABLE['bounds'];
  return {
    weight: new LocalFunction('weight', graph, weight),
    constants: {
      ...(signs && { sign: Float64Array.from(pre, (j) => signs[j]) }),
      ...(byLot && { lot: Float64Array.from(pre, () => chosen()) }),
      ...(plastic < 1 && !byLot && { plastic: Float64Array.from(pre, () => (chosen() < plastic ? 1 : 0)) }),
    },
    tunable: [
      ...(tunable.includes('bounds')
        ? [
            { name: LOW, start: bounds[0], range: [least, signs ? 0 : most] as const, atMost: HIGH },
            { name: HIGH, start: bounds[1], range: [signs ? 0 : least, most] as const },
          ]
        : []),
      ...(byLot ? [{ name: 'plastic', start: plastic, range: TUNABLE['plastic'], ...changeOf(dials.plastic) }] : []),
    ],
    ...(bits < Infinity && { chance: chanceSeed(stream(seed, 'synapses', name, 'rounding')) }),
  };
}

/** The sign of each neuron: the first, the fraction `excitatory`, excite (+1), the others inhibit (-1). Undefined: a neuron may do both. */
export function signsOf(size: number, excitatory: number | undefined): Float64Array | undefined {
  if (excitatory === undefined) return undefined;
  return new Float64Array(size).fill(1, 0, Math.round(size * excitatory)).map((sign) => sign || -1);
}

/** w if it has the sign of its presynaptic neuron, else 0. */
function ofSign(graph: Graph, w: Value): Value {
  const zero = graph.constant(0);
  const product = graph.arithmetic('*', graph.read('sign', 'presynaptic'), w);
  return graph.choose(graph.compare('<', product, zero), zero, w);
}

/** If the sign is fixed, the one bit is that of the magnitude: the levels are those of two bits with this sign. */
function bitsOf({ bits = Infinity }: WeightDials, signs: Float64Array | undefined): number {
  return signs && bits === 1 ? 2 : bits;
}

function within(graph: Graph, w: Value, { bounds, bits = Infinity }: WeightDials, chance: Value | undefined): Value {
  const [low, high] = bounds ?? [-Infinity, Infinity];
  const above = low === -Infinity ? w : graph.call('max', [w, graph.constant(low)]);
  const held = high === Infinity ? above : graph.call('min', [above, graph.constant(high)]);
  if (bits === Infinity) return held;
  const range = farther(bounds);
  const level = onLevels(graph, held, { bits, range: graph.constant(range) }, chance);
  return low <= -range && high >= range ? level : withinAgain(graph, level, low, high);
}

const [LOW, HIGH] = ['bounds.low', 'bounds.high'];

/** Between bounds that may change. */
function withinTuned(graph: Graph, w: Value): Value {
  const above = graph.call('max', [w, graph.read(LOW, 'parameter')]);
  return graph.call('min', [above, graph.read(HIGH, 'parameter')]);
}

/** Cuts again, because the level next to the nearer bound may lie beyond it. */
function withinAgain(graph: Graph, level: Value, low: number, high: number): Value {
  return graph.call('min', [graph.call('max', [level, graph.constant(low)]), graph.constant(high)]);
}

function farther(bounds: WeightDials['bounds']): number {
  return bounds ? Math.max(Math.abs(bounds[0]), Math.abs(bounds[1])) : Infinity;
}
