import { InputError, onlyFields, show } from '../../errors/index.ts';
import { Graph, LocalFunction, startOf, type OverTrials, type Value } from '../../local/index.ts';
import { chanceSeed, stream } from '../../random/index.ts';
import { isBetween } from '../checks.ts';
import { changeOf, checkTunable, dialValue, type DialRanges, type TunedNumber } from './tunable.ts';
import { checkBits, checkRange, onLevels } from './levels.ts';

/**
 * How an error is sent to the neurons that learn from it. The dials act in this order: threshold, bits, every, drop, delay.
 * The error that the outputs themselves use is not changed.
 */
export interface Broadcast {
  /** An output's error is sent only if its magnitude exceeds this; otherwise 0 is sent. 0 or more; default 0: all errors are sent. */
  readonly threshold?: number | OverTrials;
  /** The number of bits of the error: its sign and magnitudes evenly spaced up to `range`; 1: its sign alone. 1 to 24; default Infinity. */
  readonly bits?: number;
  /** The largest magnitude that `bits` can represent; larger ones are cut to it. Default 1. */
  readonly range?: number | OverTrials;
  /** Sent only at timesteps that this divides, 0 at all others. A whole number; default 1: at every one. */
  readonly every?: number;
  /** The probability that what one output sends is lost, independently each time: then 0 arrives. 0 to 1; default 0. */
  readonly drop?: number | OverTrials;
  /** Timesteps on the way: at t arrives what was sent at t - delay, and 0 before that. Beyond the trial nothing arrives. Default 0. */
  readonly delay?: number;
  /** Dials that may change while a session runs: `session.tune('feedback.error', { 'broadcast.drop': 0.5 })`. Default none. */
  readonly tunable?: readonly ('threshold' | 'range' | 'drop')[];
}

/** A broadcast with a dial turned. */
export interface BuiltBroadcast {
  readonly delay: number;
  /** What is sent. Reads `error` and, if needed, `timestep` (from 1) and `draw`. Absent: the error itself. */
  readonly message?: LocalFunction;
  /** The seed of its draws; absent: nothing is random. */
  readonly chance?: number;
  /** The dials that the message reads, because they may change. */
  readonly tunable?: readonly TunedNumber[];
}

const FIELDS = ['threshold', 'bits', 'range', 'every', 'drop', 'delay', 'tunable'];
const TUNABLE: DialRanges = {
  threshold: [0, Number.MAX_VALUE],
  range: [Number.MIN_VALUE, Number.MAX_VALUE],
  drop: [0, 1],
};

/** The initial values of the dials that may be tuned. */
function atFirst({ threshold = 0, range = 1, drop = 0 }: Broadcast) {
  return { threshold: startOf(threshold), range: startOf(range), drop: startOf(drop) };
}

/** @throws InputError if one of the dials is out of its range; `longest` is the longest delay that can be kept. */
export function checkBroadcast(place: string, broadcast: Broadcast, longest: number): void {
  onlyFields(place, broadcast, FIELDS);
  checkTunable(place, broadcast, TUNABLE);
  const { bits = Infinity, every = 1, delay = 0 } = broadcast;
  const { threshold, range, drop } = atFirst(broadcast);
  if (!isBetween(threshold, 0, Number.MAX_VALUE)) {
    throw new InputError(`${place}.threshold`, `expected a finite number, 0 or more, got ${show(threshold)}`);
  }
  checkBits(`${place}.bits`, bits);
  if (broadcast.range !== undefined) {
    checkRange(`${place}.range`, range);
    if (bits === Infinity) {
      throw new InputError(`${place}.range`, 'is used only with bits; give bits too, or leave it out');
    }
  }
  if (!Number.isSafeInteger(every) || every < 1) {
    throw new InputError(`${place}.every`, `${show(every)} is not a whole number of timesteps, 1 or more`);
  }
  if (!isBetween(drop, 0, 1)) {
    throw new InputError(`${place}.drop`, `expected a probability, 0 to 1, got ${show(drop)}`);
  }
  if (!Number.isInteger(delay) || delay < 0) {
    throw new InputError(`${place}.delay`, `${show(delay)} is not a whole number of timesteps, 0 or more`);
  }
  if (delay > longest) {
    throw new InputError(`${place}.delay`, `${delay} timesteps need too much memory; give ${longest} or less`);
  }
}

/** The broadcast of feedback `name`; undefined if no dial is turned. */
export function builtBroadcast(name: string, seed: number, broadcast: Broadcast): BuiltBroadcast | undefined {
  const { delay = 0, tunable = [] } = broadcast;
  const dials = atFirst(broadcast);
  const graph = new Graph();
  const error = graph.read('error', 'learning signal');
  const message = messageOf(graph, error, broadcast, dials);
  if (message === error && delay === 0) return undefined;
  return {
    delay,
    ...(message !== error && { message: new LocalFunction('message', graph, message) }),
    ...((dials.drop > 0 || tunable.includes('drop')) && { chance: chanceSeed(stream(seed, 'feedback', name, 'drop')) }),
    ...(tunable.length > 0 && {
      tunable: tunable.map((dial) => ({
        ...{ owner: `feedback.${name}`, name: `broadcast.${dial}` },
        ...{ start: dials[dial], range: TUNABLE[dial] },
        ...changeOf(broadcast[dial]),
      })),
    }),
  };
}

function messageOf(
  graph: Graph,
  error: Value,
  { bits = Infinity, every = 1, tunable = [] }: Broadcast,
  dials: ReturnType<typeof atFirst>,
): Value {
  const value = dialValue(
    graph,
    tunable.map((dial) => `broadcast.${dial}`),
  );
  const dial = (name: (typeof tunable)[number]) => value(`broadcast.${name}`, dials[name]);
  const isTurned = (name: 'threshold' | 'drop') => dials[name] > 0 || tunable.includes(name);
  const [zero, timestep, period] = [graph.constant(0), graph.read('timestep', 'global'), graph.constant(every)];
  const exceeds = graph.compare('>', graph.call('abs', [error]), dial('threshold'));
  const large = isTurned('threshold') ? graph.choose(exceeds, error, zero) : error;
  const coarse = onLevels(graph, large, { bits, range: dial('range') });
  const turns = graph.call('floor', [graph.arithmetic('/', timestep, period)]);
  const due = graph.compare('===', graph.arithmetic('*', turns, period), timestep);
  const timely = every > 1 ? graph.choose(due, coarse, zero) : coarse;
  const lost = graph.compare('<', graph.read('draw', 'chance'), dial('drop'));
  return isTurned('drop') ? graph.choose(lost, zero, timely) : timely;
}
