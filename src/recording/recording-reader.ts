import { closeSync } from 'node:fs';
import { InputError } from '../errors/index.ts';
import { readFrames, type Frame } from './frames.ts';
import { openToRead } from './open-file.ts';
import { unpack } from './pack.ts';
import { checkRecord } from './record-schema.ts';
import type { HeaderRecord, RunRecord } from './records.ts';

/** How a recording ends. */
export interface RecordingEnd {
  /** The bytes up to the end of the last good record. */
  readonly goodBytes: number;
  /** True if they are followed by an incomplete record: the run was killed, or is writing it. */
  readonly torn: boolean;
}

/**
 * The records of a recording, one by one, in the order they were written; returns how it ends.
 * Keeps about a megabyte in memory, or one record if that is larger.
 *
 * @throws InputError if the file cannot be read, is not a recording, or is damaged before its end, naming the byte.
 */
export function* readRecording(file: string): Generator<RunRecord, RecordingEnd, undefined> {
  const handle = openToRead(file);
  try {
    const frames = readFrames(handle);
    let step = frames.next();
    if (step.done) throw new InputError(file, 'is not a recording: it does not begin with a header record');
    checkHeader(file, recordIn(file, step.value));
    for (; !step.done; step = frames.next()) yield recordIn(file, step.value);
    if (step.value.after === 'damaged') throw damaged(file, step.value.goodBytes);
    return { goodBytes: step.value.goodBytes, torn: step.value.after === 'torn' };
  } finally {
    closeSync(handle);
  }
}

export function damaged(file: string, at: number): InputError {
  return new InputError(
    file,
    `is damaged at byte ${at}: expected a complete record there; use a good copy of the file`,
  );
}

function recordIn(file: string, { offset, payload }: Frame): RunRecord {
  const place = `${file}: record at byte ${offset}`;
  return checkRecord(unpack(payload, place), place);
}

function checkHeader(file: string, first: RunRecord): asserts first is HeaderRecord {
  if (first.kind !== 'header') {
    throw new InputError(file, `begins with a ${first.kind} record; a recording begins with a header`);
  }
}
