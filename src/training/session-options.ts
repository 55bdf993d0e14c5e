import type { Circuit } from '../circuit/index.ts';
import { InputError, onlyFields, show } from '../errors/index.ts';
import { checkTask, type Task } from '../tasks/index.ts';
import type { SessionState } from './events.ts';
import type { LearnerChoice } from './learner.ts';
import { positive } from './positive.ts';
import type { Probe } from './probe/probe.ts';

/** When a session ends: as soon as one of these applies. */
export interface StopRules {
  /** After this many trials in all. Default 1000. */
  readonly trials?: number;
  /** As soon as a trial's loss is at or below this. */
  readonly targetLoss?: number;
  /** When the loss has reached no new minimum in this many trials. */
  readonly patience?: number;
  /** When the session has run for this many seconds by the clock: the only stop rule that the seed does not determine. */
  readonly seconds?: number;
}

export interface SessionOptions<R extends string = string, G extends string = string> extends StopRules {
  readonly circuit: Circuit<R, G>;
  readonly task: Task;
  /** Default 'local': the circuit's own rules, by actors. With engine 'kernels', `await loadKernels()` must come first; `train` does that itself. */
  readonly learner?: LearnerChoice<NoInfer<R>, NoInfer<G>>;
  /** Changes are applied after every `batch` trials, as their mean, unless the learner has its own `batch`. Default 1: after each trial. */
  readonly batch?: number;
  /** A whole number; fixes, with circuit and task, every bit of the result. Default 1. */
  readonly seed?: number;
  /**
   * True: trials are one endless stream. Neurons, signals on their way along axons, traces, and the influences of RTRL and SnAp continue from trial
   * to trial; BPTT looks back only to the start of the trial. Tests still begin from the initial state. Default false: each trial does.
   */
  readonly carry?: boolean;
  /** What to record, by name. */
  readonly probes?: Readonly<Record<string, Probe>>;
  /** Seconds between checkpoint events. Default 1. */
  readonly checkpointSeconds?: number;
  /** Continues from this state. */
  readonly resume?: SessionState;
}

/** The fields of a session's options. */
export const SESSION_FIELDS = [
  ...['circuit', 'task', 'learner', 'batch', 'seed', 'carry', 'probes', 'checkpointSeconds', 'resume'],
  ...['trials', 'targetLoss', 'patience', 'seconds'],
];

/** Checks the options that can be checked without the circuit, and completes them. @throws InputError naming the option that is wrong. */
export function checkOptions<R extends string>(
  options: SessionOptions<R>,
): Required<Pick<SessionOptions, 'trials' | 'checkpointSeconds'>> {
  onlyFields('session', options, SESSION_FIELDS);
  const { task, trials = 1000, checkpointSeconds = 1, targetLoss, patience, seconds, carry } = options;
  checkTask(task);
  checkCarry(carry);
  positive('trials', trials, true);
  if (patience !== undefined) positive('patience', patience, true);
  if (seconds !== undefined) positive('seconds', seconds);
  if (targetLoss !== undefined) positive('targetLoss', targetLoss);
  positive('checkpointSeconds', checkpointSeconds);
  return { trials, checkpointSeconds };
}

/** @throws InputError if it is neither true nor false. */
export function checkCarry(carry: unknown): void {
  if (carry === undefined || typeof carry === 'boolean') return;
  throw new InputError('carry', `expected true or false, got ${show(carry)}`);
}
