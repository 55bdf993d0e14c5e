import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { InputError } from '../../src/errors/index.ts';
import {
  createRecording,
  numberArray,
  readRecording,
  type RecordingEnd,
  type RunRecord,
} from '../../src/recording/index.ts';

/** A directory for one test. */
export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'rxflo-recording-'));
  onTestFinished(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

export const header: RunRecord = {
  kind: 'header',
  format: 'rxflo-recording/1',
  title: 'Sample, "quoted"',
  seed: 7,
  learners: ['rflo', 'bptt'],
};

/** One record of every kind, with the numbers that are easily lost. */
export const sample: readonly RunRecord[] = [
  header,
  {
    kind: 'weights',
    learner: 'rflo',
    when: 'before',
    group: 'recurrent',
    values: numberArray(Float64Array.of(1.5, NaN, -0, 5e-324, 1e300, 0.1), [2, 3]),
  },
  { kind: 'trial', learner: 'rflo', trial: 1, loss: 0.1 + 0.2, alignment: -0 },
  {
    kind: 'probe',
    learner: 'rflo',
    probe: 'h',
    trial: 1,
    timestep: 3,
    values: numberArray(Float64Array.of(1, 2), [2]),
  },
  { kind: 'trial', learner: 'rflo', trial: 2, loss: 5e-324, alignment: null },
  {
    kind: 'probe',
    learner: 'rflo',
    probe: 'h',
    trial: 2,
    timestep: null,
    values: numberArray(Float64Array.of(-3, 4), [2]),
  },
  {
    kind: 'activity',
    learner: 'rflo',
    when: 'after',
    population: 'y',
    rates: numberArray(Float64Array.of(0.25, 0.5), [2, 1]),
    target: numberArray(Float64Array.of(1, -1), [2, 1]),
  },
  {
    kind: 'shown',
    learner: 'rflo',
    when: 'after',
    probe: 'voltage: v',
    values: numberArray(Float64Array.of(0.5, NaN, -0, 4), [2, 2]),
  },
  { kind: 'scores', learner: 'rflo', values: numberArray(Float64Array.of(0.5, NaN, -Infinity), [3]) },
  { kind: 'finished', learner: 'rflo', reason: 'trials', trials: 2 },
];

/** Writes a recording; returns the length of the file after each record. */
export function write(file: string, records: readonly RunRecord[]): number[] {
  const writer = createRecording(file);
  const ends = records.map((record) => {
    writer.append(record);
    return writer.bytes;
  });
  writer.close();
  return ends;
}

/** All records of a recording, and how it ends. */
export function readAll(file: string): { records: RunRecord[]; end: RecordingEnd } {
  const reader = readRecording(file);
  const records: RunRecord[] = [];
  let step = reader.next();
  for (; !step.done; step = reader.next()) records.push(step.value);
  return { records, end: step.value };
}

export function bytesOf(file: string): Buffer {
  return readFileSync(file);
}

/** The message of the InputError that `action` throws. */
export function complaint(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
}
