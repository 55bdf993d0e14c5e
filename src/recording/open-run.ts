import { existsSync, rmSync, statSync } from 'node:fs';
import { descendedGroups } from '../analysis/index.ts';
import type { Circuit } from '../circuit/index.ts';
import { InputError, show } from '../errors/index.ts';
import {
  floorsOf,
  lossName,
  isGradientProbe,
  isScoresProbe,
  learnedCircuit,
  testOf,
  type Learner,
  type Plan,
} from '../training/index.ts';
import { checkIdentity, loadCheckpoint, saveCheckpoint, type LearnerCheckpoint } from './checkpoint.ts';
import { frame } from './frames.ts';
import type { Identity } from './identity.ts';
import { prolonged } from './prolong.ts';
import { pack } from './pack.ts';
import { createRecording, resumeRecording, type RecordingWriter } from './recording-writer.ts';
import { namedScores, type HeaderRecord } from './records.ts';
import {
  createNumberedRunDirectory,
  createRunDirectory,
  holdsOnlyLock,
  openRunDirectory,
  undoing,
  type LockedRunDirectory,
  type RunFiles,
} from './run-directory.ts';

/** Where a run is written. */
export interface RunPlace {
  readonly directory: string;
  /** Whether to append -2, -3, ... to the name if it is taken. */
  readonly numbered?: boolean;
}

/** What to run. */
export interface Planned {
  readonly plan: Plan;
  readonly identity: Identity;
  /** How many numbers a reading of each probe has. */
  readonly probeWidths: Readonly<Record<string, number>>;
}

/** A locked run directory with its recording open at its end, and how far its learners have come. */
export interface OpenRun extends LockedRunDirectory {
  readonly recording: RecordingWriter;
  readonly learners: Readonly<Record<string, LearnerCheckpoint>>;
  /** The run's number of trials before it was resumed with more. */
  readonly trialsBefore?: number;
}

/** Makes a run directory. @throws InputError if it holds a run already, or cannot be made; then nothing is left behind. */
export function beginRun(planned: Planned, { directory, numbered = false }: RunPlace): OpenRun {
  const made = (numbered ? createNumberedRunDirectory : createRunDirectory)(directory);
  const recording = undoing(made.release, () => createRecording(made.files.recording));
  return undoing(made.discard, () => start(planned, made, recording));
}

/** Opens a run directory at its checkpoint. @throws InputError if it holds no run or a different one, or another process works there. */
export function reopenRun(planned: Planned, { directory }: RunPlace): OpenRun {
  if (holdsOnlyLock(directory)) return beginRun(planned, { directory });
  const opened = openRunDirectory(directory);
  return undoing(opened.unlock, () => resumed(planned, opened));
}

function resumed(planned: Planned, { files, unlock }: LockedRunDirectory): OpenRun {
  const { plan, identity } = planned;
  if (!existsSync(files.checkpoint)) {
    checkHardlyBegun(planned, files);
    return start(planned, { files, unlock }, resumeRecording(files.recording, 0));
  }
  const saved = loadCheckpoint(files.checkpoint);
  const checkpoint = prolonged(files.checkpoint, saved, plan, identity);
  checkIdentity(files.checkpoint, checkpoint.identity, identity);
  const recording = resumeRecording(files.recording, checkpoint.recordingBytes, () => {
    if (checkpoint !== saved) saveCheckpoint(files.checkpoint, checkpoint);
  });
  // They describe a run that has ended, but this one continues.
  for (const file of [files.summary, files.report]) rmSync(file, { force: true });
  return {
    files,
    unlock,
    recording,
    learners: checkpoint.learners,
    ...(checkpoint !== saved && { trialsBefore: Number(saved.identity['trials']) }),
  };
}

/** Begins the recording, and saves a checkpoint at once: if the run is killed from now on, it can be resumed. */
function start(planned: Planned, { files, unlock }: LockedRunDirectory, recording: RecordingWriter): OpenRun {
  recording.append(headerOf(planned));
  saveCheckpoint(files.checkpoint, { identity: planned.identity, recordingBytes: recording.sync(), learners: {} });
  return { files, unlock, recording, learners: {} };
}

/** Without a checkpoint a run can only start again. If more than its header was recorded, that must not be lost. */
function checkHardlyBegun(planned: Planned, { recording, checkpoint, summary }: RunFiles): void {
  const { size } = statSync(recording, { throwIfNoEntry: false }) ?? { size: 0 };
  if (size <= frame(pack(headerOf(planned))).length && !existsSync(summary)) return;
  throw new InputError(
    checkpoint,
    'is missing, and the run cannot be resumed without it; put it back, or start a new run with --out',
  );
}

function headerOf({ plan, probeWidths }: Planned): HeaderRecord {
  const { title, seed, learners, probes, circuit, task } = plan;
  const gradients = Object.entries(probes).filter(([, probe]) => isGradientProbe(probe));
  const test = testOf(task);
  const floors = floorsOf(task);
  const loss = lossName(circuit);
  const testing = Object.entries(probes).filter(([, probe]) => isScoresProbe(probe));
  const single = learners.filter(({ precision }) => precision === 'f32');
  return {
    kind: 'header',
    format: 'rxflo-recording/1',
    title,
    seed,
    learners: learners.map(({ name }) => name),
    ...(single.length > 0 && { precision: Object.fromEntries(single.map(({ name }) => [name, 'f32' as const])) }),
    ...(gradients.length > 0 && {
      gradientAlignment: Object.fromEntries(gradients.map(([name]) => [name, comparedGroups(name, circuit, learners)])),
    }),
    ...(Object.keys(probeWidths).length > 0 && { probes: probeWidths }),
    ...(floors.length > 0 && { floors }),
    ...(loss !== undefined && { loss }),
    ...(test && { test: { scores: namedScores(test.scores), probes: testing.map(([name]) => name) } }),
  };
}

/** The synapse groups whose gradient alignment a probe measures; a recording needs the same ones for all learners. */
function comparedGroups(probe: string, circuit: Circuit, learners: readonly Learner[]): readonly string[] {
  const [own, ...others] = learners.map(({ rules }) =>
    descendedGroups(
      Object.entries(learnedCircuit(circuit, rules).synapses).map(([name, group]) => ({
        ...group,
        name,
        atOnce: group.learns === 'at once',
      })),
    ),
  );
  const other = others.findIndex((groups) => groups.join() !== own.join());
  if (other < 0) return own;
  throw new InputError(
    `probes.${probe}`,
    `${show(learners[0].name)} and ${show(learners[other + 1].name)} learn different synapse groups, so their gradient alignment has no common columns; run them separately, or leave the probe out`,
  );
}
