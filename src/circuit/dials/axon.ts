import { InputError, onlyFields, show } from '../../errors/index.ts';
import { Graph, LocalFunction, startOf, type OverTrials } from '../../local/index.ts';
import { chanceSeed, draw, stream } from '../../random/index.ts';
import { isBetween } from '../checks.ts';
import { gauss } from './gauss.ts';
import { changeOf, checkTunable, dialValue, type DialRanges, type TunedNumber } from './tunable.ts';
import { checkBits, checkRange, onLevels } from './levels.ts';

/**
 * What a population's axons send, and how. The rate itself, from which the neuron continues and an output's error is computed, is unchanged;
 * synapses and their rules see what was sent (as `pre.rate`):
 *
 *     s(t)    = on levels (h(t) + noise n(t))                      n(t) standard normal, independent for each neuron and timestep
 *     sent(t) = s(t) where |s(t) - sent(t-1)| > threshold, else sent(t-1);        sent(0) = h(0)
 */
export interface Axon {
  /**
   * An axon is silent, and its synapses keep using what it sent last, until the new rate differs from that by more than this: 0 or more, in
   * units of rate. Default 0; Infinity: nothing is sent after the initial rate.
   */
  readonly threshold?: number | OverTrials;
  /** What is sent is rounded to the nearest level of this many bits, 1 to 24. Default Infinity: float64. */
  readonly bits?: number;
  /** The largest magnitude that can be sent with `bits`; larger ones are cut to it. Default 1. */
  readonly range?: number | OverTrials;
  /** Standard deviation of the noise that is added to the rate, 0 or more, in units of rate. Default 0. */
  readonly noise?: number | OverTrials;
  /** Timesteps that are added to the delay of every synapse group that leaves the population. Default 0. */
  readonly delay?: number;
  /**
   * Dale's law: this fraction of the neurons, the first ones, excite; the others inhibit. Every synapse that leaves a neuron has the
   * neuron's sign and keeps it: a weight that a change would take beyond 0 stays at 0. 0 to 1; absent: any sign.
   */
  readonly excitatory?: number;
  /** Dials that may change while a session runs: `session.tune('axons.h', { threshold: 0.2 })`. Default none. */
  readonly tunable?: readonly ('threshold' | 'noise' | 'range')[];
}

/** How what an axon sends is computed from its neuron's rate. */
export interface Sending {
  /** Reads `rate`, the new one, `sent`, what the axon sent last, and `draw`, if it needs one. */
  readonly sent: LocalFunction;
  /** The seed of its draws; absent: nothing is random. */
  readonly chance?: number;
  /** The dial that makes the messages jump, so that they have no derivative; absent: they have one. */
  readonly jumps?: 'threshold' | 'bits';
  /** The dials that it reads, because they may change. */
  readonly tunable?: readonly TunedNumber[];
}

const FIELDS = ['threshold', 'bits', 'range', 'noise', 'delay', 'excitatory', 'tunable'];
const TUNABLE: DialRanges = {
  threshold: [0, Number.MAX_VALUE],
  noise: [0, Number.MAX_VALUE],
  range: [Number.MIN_VALUE, Number.MAX_VALUE],
};

/** The initial values of the dials that may be tuned. */
function atFirst({ threshold = 0, range = 1, noise = 0 }: Axon) {
  return { threshold: startOf(threshold), range: startOf(range), noise: startOf(noise) };
}

/** @throws InputError if one of the dials is out of its range. */
export function checkAxon(place: string, axon: Axon): void {
  onlyFields(place, axon, FIELDS);
  checkTunable(place, axon, TUNABLE);
  const { excitatory, bits = Infinity, delay = 0 } = axon;
  const { threshold, range, noise } = atFirst(axon);
  if (excitatory !== undefined && !isBetween(excitatory, 0, 1)) {
    throw new InputError(`${place}.excitatory`, `expected a fraction of the neurons, 0 to 1, got ${show(excitatory)}`);
  }
  if (!isBetween(threshold, 0, Infinity))
    throw new InputError(`${place}.threshold`, `expected a number, 0 or more, got ${show(threshold)}`);
  checkBits(`${place}.bits`, bits);
  checkRange(`${place}.range`, range);
  if (!(noise >= 0 && Number.isFinite(noise))) {
    throw new InputError(`${place}.noise`, `expected a standard deviation, 0 or more and finite, got ${show(noise)}`);
  }
  if (!Number.isInteger(delay) || delay < 0) {
    throw new InputError(`${place}.delay`, `${show(delay)} is not a whole number of timesteps, 0 or more`);
  }
}

/** @throws InputError if a dial would change an event. */
export function checkEventAxon(place: string, axon: Axon): void {
  const turned = (['threshold', 'bits', 'range', 'noise', 'tunable'] as const).find((dial) => axon[dial] !== undefined);
  if (turned === undefined) return;
  throw new InputError(`${place}.${turned}`, 'has no meaning for axons that send events, 0 or 1; leave it out');
}

/** What the axons of population `name` send; undefined if no dial is turned: then the rate itself. */
export function sending(name: string, seed: number, axon: Axon | undefined): Sending | undefined {
  if (!axon) return undefined;
  const { bits = Infinity, tunable = [] } = axon;
  const dials = atFirst(axon);
  const graph = new Graph();
  const isTurned = (dial: 'threshold' | 'noise') => dials[dial] > 0 || tunable.includes(dial);
  const value = dialValue(graph, tunable);
  const dial = (name: (typeof tunable)[number]) => value(name, dials[name]);
  const rate = graph.read('rate', 'own state');
  const drawn = () => graph.arithmetic('*', dial('noise'), gauss(graph, graph.read('draw', 'chance')));
  const noisy = isTurned('noise') ? graph.arithmetic('+', rate, drawn()) : rate;
  const wanted = onLevels(graph, noisy, { bits, range: dial('range') });
  const last = graph.read('sent', 'own state');
  const moved = graph.call('abs', [graph.arithmetic('-', wanted, last)]);
  const sent = isTurned('threshold')
    ? graph.choose(graph.compare('>', moved, dial('threshold')), wanted, last)
    : wanted;
  if (sent === rate) return undefined;
  return {
    sent: new LocalFunction('sent', graph, sent),
    ...(isTurned('noise') && { chance: chanceSeed(stream(seed, 'axons', name, 'noise')) }),
    ...(wanted !== noisy && { jumps: 'bits' }),
    ...(isTurned('threshold') && { jumps: 'threshold' }),
    ...(tunable.length > 0 && {
      tunable: tunable.map((each) => ({
        owner: `axons.${name}`,
        name: each,
        start: dials[each],
        range: TUNABLE[each],
        ...changeOf(axon[each]),
      })),
    }),
  };
}

/** What an axon sends; `place` is the neuron's own in every draw, `key` is common to all draws of the timestep. */
export type Sender = (rate: number, sent: number, place: number, key: number) => number;

/** A sending as a function. */
export function sender({ sent: graph, chance }: Sending): Sender {
  const compiled = graph.compileNumber();
  if (chance === undefined) return (rate, sent) => compiled({ rate, sent });
  return (rate, sent, place, key) => compiled({ rate, sent, draw: draw(key, place) });
}
