import type { Carried, GroupParameters, GroupWeights } from '../circuit/index.ts';

/** A trial is done; loss and alignment are as Murray (2019) plots them. */
export interface TrialDone {
  readonly type: 'trial';
  /** Counted from 1. */
  readonly trial: number;
  /** L of this trial, with the weights it ran with. */
  readonly loss: number;
  /** Feedback alignment after this trial's changes, -1..1; null if there is no feedback to a population that is read out. */
  readonly alignment: number | null;
}

/** A probe's reading. */
export interface ProbeReading {
  readonly type: 'probe';
  readonly probe: string;
  readonly trial: number;
  /** 1..T; null for a reading at the end of a trial, after its changes. */
  readonly timestep: number | null;
  readonly values: Float64Array;
}

/** Everything a session needs to continue as if it had never stopped: it holds nothing else between two trials. */
export interface SessionState {
  /** Trials done. */
  readonly trial: number;
  readonly weights: GroupWeights;
  /** What else is kept from trial to trial, such as traces that are not reset; absent if there is nothing. */
  readonly carried?: Carried;
  /** The tunable parameters that were set (`session.tune`), by owner; absent if none were. */
  readonly tuned?: GroupParameters;
  /** The lowest loss so far and the trial it came in, for the patience stop rule; null before the first trial. */
  readonly best: { readonly loss: number; readonly trial: number } | null;
  /** Loss and alignment of the last trial; null before the first. */
  readonly last: { readonly loss: number; readonly alignment: number | null } | null;
  /** Milliseconds by the clock that the session has run, including recording and pauses: for the time stop rule. Does not affect the result. */
  readonly elapsed: number;
  /** Of these, milliseconds within trials: for the summary. */
  readonly inTrials: number;
}

/** A good moment to save. */
export interface CheckpointReady {
  readonly type: 'checkpoint';
  readonly state: SessionState;
}

/** Why a session ended: all trials were done, the target loss was reached, the loss stopped falling, time was up, or `stop()` was called. */
export type StopReason = 'trials' | 'loss' | 'patience' | 'time' | 'stopped';

export interface Finished {
  readonly type: 'finished';
  readonly reason: StopReason;
  readonly state: SessionState;
}

/** The run failed; `state` is that of the last checkpoint, or of the start. */
export interface Failed {
  readonly type: 'failed';
  readonly error: Error;
  readonly state: SessionState;
}

export type SessionEvent = TrialDone | ProbeReading | CheckpointReady | Finished | Failed;
