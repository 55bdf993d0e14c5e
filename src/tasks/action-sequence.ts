import sin from '@stdlib/math-base-special-sin';
import { InputError, onlyFields, show } from '../errors/index.ts';
import { normal, sampler, stream, type Stream } from '../random/index.ts';
import type { Task, Test, Trial } from './task.ts';

/** The options of an action sequence. */
export interface ActionSequenceOptions {
  /** How many actions; there is a cue channel for each. Default 6. */
  readonly actions?: number;
  /** Timesteps of an action. Default 200. */
  readonly duration?: number;
  /** How many of those pass before the movement begins: the length of the cue. Default 20. */
  readonly preparation?: number;
  /** How many sines are summed for each coordinate. Default 4. */
  readonly modes?: number;
  /** The seed that the actions are drawn with. Default 1. */
  readonly shapes?: number;
  /** In this many first trials, the actions come in a random order, drawn for each trial. Default 0. */
  readonly practice?: number;
  /** Which actions are cued: 'all', or only the 'first' of a trial. Default 'all'. */
  readonly cued?: 'all' | 'first';
}

const FIELDS = ['actions', 'duration', 'preparation', 'modes', 'shapes', 'practice', 'cued'];
/** The minimum of each whole number. */
const WHOLE = [
  ['actions', 1],
  ['duration', 2],
  ['preparation', 0],
  ['modes', 1],
  ['shapes', 0],
  ['practice', 0],
] as const;
const DIMENSIONS = 2;

/**
 * A sequence of actions, each a trajectory in the plane that begins and ends at the origin. After Murray, eLife 8:e43299 (2019), Fig. 4.
 *
 *     x_k(t)      1 in the first `preparation` timesteps of action k, if it is cued; else 0
 *     target_d(t) sum_m a_kdm sin(pi m s)     d = 1, 2; s from 0 to 1 while action k moves; 0 before
 *
 * a_kdm ~ Normal(0, 1/m^2), then each action is scaled to a mean of target_1^2 + target_2^2 of 1/2 over its timesteps.
 * A trial is all the actions, one after another: T = actions x duration. The order is 1, 2, 3, ... except in trials of practice.
 *
 * The test is the sequence in order, with only its first action cued. Scores: `error`, the mean over the actions of
 * sum |target - y|^2 / sum |target|^2, and `largest error`, that of the worst action.
 */
export function actionSequence(options: ActionSequenceOptions = {}): Task {
  onlyFields('actionSequence', options, FIELDS);
  const { actions = 6, duration = 200, preparation = 20, modes = 4, shapes = 1, practice = 0, cued = 'all' } = options;
  const settings = { actions, duration, preparation, modes, shapes, practice, cued };
  for (const [field, least] of WHOLE) {
    const value = settings[field];
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new InputError(`actionSequence.${field}`, `${show(value)} is not a whole number, ${least} or more`);
  }
  if (preparation > duration - 2) {
    const right = `leave too few to move in; give ${duration - 2} or less, or a longer duration`;
    throw new InputError('actionSequence.preparation', `${preparation} of ${duration} timesteps ${right}`);
  }
  if (!['all', 'first'].includes(cued)) {
    throw new InputError('actionSequence.cued', `expected 'all' or 'first', got ${show(cued)}`);
  }
  const trajectories = Array.from({ length: actions }, (_, k) => trajectory(k, settings));
  const inOrder = Array.from({ length: actions }, (_, k) => k);

  const play = (order: readonly number[], cues = cued): Trial => {
    const timesteps = actions * duration;
    const [input, target] = [new Float64Array(timesteps * actions), new Float64Array(timesteps * DIMENSIONS)];
    order.forEach((action, place) => {
      const begin = place * duration;
      target.set(trajectories[action], begin * DIMENSIONS);
      if (cues === 'first' && place > 0) return;
      for (let t = begin; t < begin + preparation; t++) input[t * actions + action] = 1;
    });
    return { timesteps, input, target };
  };
  const learned = play(inOrder);
  return {
    name: 'action sequence',
    inputs: actions,
    outputs: DIMENSIONS,
    settings,
    trial: (index, random) => (index > practice ? learned : play(shuffled(inOrder, random))),
    test: testOf(play(inOrder, 'first'), duration),
  };
}

/** Whether the first cue alone produces the sequence, scored action by action. */
function testOf(played: Trial, duration: number): Test {
  const size = duration * DIMENSIONS;
  return {
    scores: {
      error: { label: 'Normalised error of an action (mean)', better: 'lower' },
      'largest error': { label: 'Normalised error of the worst action', better: 'lower' },
    },
    trials: 1,
    shown: ['from the first cue'],
    trial: () => played,
    score: ({ target }, answer) => {
      const errors = Array.from({ length: target.length / size }, (_, action) => {
        const [wanted, found] = [target, answer].map((values) => values.subarray(action * size, (action + 1) * size));
        const squared = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0);
        return squared(wanted.map((value, at) => value - found[at])) / squared(wanted);
      });
      return {
        error: errors.reduce((sum, error) => sum + error, 0) / errors.length,
        'largest error': Math.max(...errors),
      };
    },
  };
}

/** One action, [duration][2]. (The host's square root may be used: IEEE 754 fixes its bits.) */
function trajectory(
  action: number,
  { duration, preparation, modes, shapes }: Required<Omit<ActionSequenceOptions, 'cued'>>,
): Float64Array {
  const draw = sampler(normal(), stream(shapes, 'action', action));
  const a = Array.from({ length: DIMENSIONS }, () => Array.from({ length: modes }, (_, m) => draw() / (m + 1)));
  const moving = duration - preparation;
  const target = Float64Array.from({ length: duration * DIMENSIONS }, (_, at) => {
    const s = (Math.floor(at / DIMENSIONS) + 1 - preparation) / moving;
    if (s <= 0) return 0;
    return a[at % DIMENSIONS].reduce((sum, amplitude, m) => sum + amplitude * sin(Math.PI * (m + 1) * s), 0);
  });
  const power = target.reduce((sum, value) => sum + value * value, 0) / duration;
  return target.map((value) => value * Math.sqrt(0.5 / power));
}

/** Fisher and Yates' shuffle. */
function shuffled(list: readonly number[], random: Stream): readonly number[] {
  const drawn = [...list];
  for (let last = drawn.length - 1; last > 0; last--) {
    const place = Math.floor(random() * (last + 1));
    [drawn[last], drawn[place]] = [drawn[place], drawn[last]];
  }
  return drawn;
}
