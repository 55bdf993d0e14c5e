export type {
  CheckpointReady,
  Failed,
  Finished,
  ProbeReading,
  SessionEvent,
  SessionState,
  StopReason,
  TrialDone,
} from './events.ts';
