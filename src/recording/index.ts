export type { Moment, NamedScore, RunRecord } from './records.ts';
export { FEEDBACK, numberArray, numbersOf } from './records.ts';
export type { EngineComparison, LearnerSummary, Summary } from './summary.ts';
export { certificatesOf } from './certificates.ts';
export { localPart, localParts, type LocalPart } from './local-part.ts';
export { whetherSame } from './whether-same.ts';
export type { ActivityData, LearnerData, Numbers2D, RunData, TrialColumns } from './run-data.ts';
export { createRecording, resumeRecording } from './recording-writer.ts';
export { readRecording, type RecordingEnd } from './recording-reader.ts';
export { checkIdentity, loadCheckpoint, saveCheckpoint, type Checkpoint } from './checkpoint.ts';
export { readSummary, writeSummary } from './summary-file.ts';
export { createRunDirectory, holdsRun, latestDirectory, openRunDirectory, runFiles } from './run-directory.ts';
export { finalScores } from './final-scores.ts';
export { lastGradientAlignment } from './gradient-readings.ts';
export { readRun } from './read-run.ts';
export { usesFeedbackWeights } from './feedback-use.ts';
export { isMeasure, type Reading } from './readings.ts';
export { weightsOf, type WeightsOfOptions } from './weights-of.ts';
export {
  alignmentFiles,
  learnerQuartiles,
  pairQuartiles,
  type AlignedLearner,
  type Alignment,
} from './alignment-file.ts';
export { writeTogether, writeWhole, type FileParts } from './files.ts';
export { readBytes } from './json.ts';
export { ledgerFiles } from './ledger-files.ts';
export { exportRun, type ExportFormat } from './export.ts';
export { imagesIn, type ImageFolder, type ImagePart } from './image-folder.ts';
export { openProblem, problemFields, readProblem, type OpenedProblem, type Problem } from './problem.ts';
export { ProblemFields, type Size } from './problem-fields.ts';
export {
  fileOfFormat,
  isProblemFormat,
  problemFormat,
  problemRunner,
  type ProblemFormat,
  type ProblemOutcome,
  type ProblemRun,
  type RunProblem,
} from './problem-format.ts';
export { recordRun, type RecordedRun, type RecordOptions, type RunEvent } from './record-run.ts';
export { version } from './version.ts';
export { identityOf } from './identity.ts';
export { makeDirectory, nextFreeDirectory } from './directories.ts';
export { whileRunning } from './file-errors.ts';
export { freeName } from './free-name.ts';
export {
  sweepCells,
  type LearnerCost,
  type SweepCell,
  type SweepDescription,
  type SweptLearner,
} from './sweep/description.ts';
export {
  holdsSweep,
  latestSweepDirectory,
  openSweep,
  keptRealizations,
  realizationFile,
  sweepFiles,
  type SweepFiles,
  type SweepPlace,
} from './sweep/directory.ts';
export { readSweep, type RealizationData, type SweepCellData, type SweepData } from './sweep/read-sweep.ts';
export { readRealization, writeRealization, type KeptRealization } from './sweep/realization-file.ts';
export { resultsCsv } from './sweep/results.ts';
export { atBest, badness, bestCells } from './sweep/best.ts';
export { idleAxes } from './sweep/idle-axes.ts';
export { cellStatistics, scoreStatistics, sweepCounts } from './sweep/statistics.ts';
export { summarizeSweep, type SweepSummary } from './sweep/summary.ts';
