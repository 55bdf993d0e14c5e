import { InputError, onlyFields, show } from '../errors/index.ts';

/** The options of interval matching, in timesteps. */
export interface IntervalMatchingOptions {
  /** The least delay between the two pulses. Default 150. */
  readonly shortest?: number;
  /** The largest one; also fixes the length of a trial. Default 250. */
  readonly longest?: number;
  /** How long an input pulse lasts. Default 10. */
  readonly pulse?: number;
  /** The standard deviation of the answer, a bell. Default 10. */
  readonly width?: number;
  /** The silence before the first pulse. Default 20. */
  readonly before?: number;
  /** What follows after the longest answer. Default 50. */
  readonly after?: number;
  /** How far from its correct time an answer may be and still count in the test. Default 10: one time constant of the paper's network. */
  readonly tolerance?: number;
  /** The first and last of the delays within shortest..longest that training leaves out, so that the test has some never seen. Absent: none. */
  readonly unseen?: readonly [number, number];
}

/** An interval matching task with all options resolved. */
export type Intervals = Required<Omit<IntervalMatchingOptions, 'unseen'>> & Pick<IntervalMatchingOptions, 'unseen'>;

/** Completes the options of an interval matching task. @throws InputError naming the one that is wrong. */
export function intervalsOf(options: IntervalMatchingOptions): Intervals {
  const { shortest = 150, longest = 250, pulse = 10, width = 10, before = 20, after = 50, tolerance = 10 } = options;
  const { unseen } = options;
  const positive = { shortest, longest, pulse };
  const whole = { ...positive, before, after, tolerance };
  onlyFields('intervalMatching', options, [...Object.keys(whole), 'width', 'unseen']);
  for (const [field, value] of Object.entries(whole)) {
    const least = Object.hasOwn(positive, field) ? 1 : 0;
    if (Number.isInteger(value) && value >= least) continue;
    throw wrong(field, `${show(value)} is not a whole number of timesteps, ${least} or more`);
  }
  if (!(width > 0)) throw wrong('width', `${show(width)} is not a number of timesteps above 0`);
  if (longest < shortest) throw wrong('longest', `${longest} is less than shortest; give ${shortest} or more`);
  if (pulse > shortest) {
    throw wrong('pulse', `${pulse} timesteps overlap the second pulse; give ${shortest} or less`);
  }
  if (unseen !== undefined) checkUnseen(unseen, shortest, longest);
  return { shortest, longest, pulse, width, before, after, tolerance, ...(unseen && { unseen }) };
}

function checkUnseen(unseen: readonly number[], shortest: number, longest: number): void {
  const [first, last, ...others] = Array.isArray(unseen) ? (unseen as readonly unknown[]) : [];
  const isDelay = (delay: unknown) => Number.isInteger(delay) && Number(delay) >= shortest && Number(delay) <= longest;
  if (!isDelay(first) || !isDelay(last) || Number(first) > Number(last) || others.length > 0) {
    throw wrong(
      'unseen',
      `expected the first and last of some delays within ${shortest}..${longest}, got ${show(unseen)}`,
    );
  }
  if (first === shortest && last === longest) {
    throw wrong('unseen', `leaves no delay to train with; give only some of the delays ${shortest}..${longest}`);
  }
}

function wrong(field: string, problem: string): InputError {
  return new InputError(`intervalMatching.${field}`, problem);
}
