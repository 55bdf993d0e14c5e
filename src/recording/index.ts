export type {
  ActivityRecord,
  FinishedRecord,
  HeaderRecord,
  Moment,
  NumberArray,
  ProbeRecord,
  RunRecord,
  TrialRecord,
  WeightsRecord,
} from './records.ts';
export { numberArray, numbersOf } from './records.ts';
export type { EngineComparison, LearnerSummary, Summary } from './summary.ts';
export { localPart, localParts, type LocalPart } from './local-part.ts';
export { whetherSame } from './whether-same.ts';
export type { ActivityData, LearnerData, Numbers2D, ProbeColumns, RunData, TrialColumns } from './run-data.ts';
export { createRecording, resumeRecording, type RecordingWriter } from './recording-writer.ts';
export { readRecording, type RecordingEnd } from './recording-reader.ts';
export {
  checkIdentity,
  loadCheckpoint,
  saveCheckpoint,
  type Checkpoint,
  type LearnerCheckpoint,
} from './checkpoint.ts';
export { readSummary, writeSummary } from './summary-file.ts';
export {
  createNumberedRunDirectory,
  createRunDirectory,
  holdsRun,
  latestDirectory,
  nextFreeDirectory,
  openRunDirectory,
  runFiles,
  type NewRunDirectory,
  type RunFiles,
} from './run-directory.ts';
export { lastGradientAlignment } from './gradient-readings.ts';
export { readRun } from './read-run.ts';
export { writeWhole } from './files.ts';
export { exportRun, type ExportFormat } from './export.ts';
export { readProblem, type Problem } from './problem.ts';
export { recordRun, type RecordedRun, type RecordOptions, type RunEvent } from './record-run.ts';
export { version } from './version.ts';
