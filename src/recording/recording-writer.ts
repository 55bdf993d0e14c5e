import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { InputError } from '../errors/index.ts';
import { fileError, onFile } from './file-errors.ts';
import { frame, readFrames } from './frames.ts';
import { pack } from './pack.ts';
import { damaged } from './recording-reader.ts';
import type { RunRecord } from './records.ts';

/** Bytes held back before they are written. */
const BUFFER = 64 * 1024;

/**
 * Appends records to a recording.
 * What the file holds depends on the records alone, never on when they were written out.
 */
export class RecordingWriter {
  private held: Uint8Array[] = [];
  private heldBytes = 0;

  /** Takes over an open file that ends after `written` bytes; use `createRecording` or `resumeRecording`. */
  constructor(
    private readonly file: string,
    private readonly handle: number,
    private written: number,
  ) {}

  /** The bytes of the recording so far, written out or not. */
  get bytes(): number {
    return this.written + this.heldBytes;
  }

  append(record: RunRecord): void {
    const bytes = frame(pack(record));
    this.held.push(bytes);
    this.heldBytes += bytes.length;
    if (this.heldBytes >= BUFFER) this.flush();
  }

  /**
   * Writes out what is held back, so that other programs see it.
   *
   * @throws RunError if the disk is full or fails; what was not written is held on to.
   */
  flush(): void {
    let rest = Buffer.concat(this.held);
    try {
      while (rest.length > 0) {
        const done = writeSync(this.handle, rest, 0, rest.length, this.written);
        this.written += done;
        rest = rest.subarray(done);
      }
    } catch (error) {
      throw fileError(this.file, error);
    } finally {
      this.held = [rest];
      this.heldBytes = rest.length;
    }
  }

  /** Writes out everything and waits until the disk has it; returns the bytes of the recording: what a checkpoint keeps. */
  sync(): number {
    this.flush();
    fsyncSync(this.handle);
    return this.written;
  }

  /** Writes out everything and lets go of the file. */
  close(): void {
    try {
      this.sync();
    } finally {
      closeSync(this.handle);
    }
  }
}

/**
 * Begins a recording.
 *
 * @throws InputError if there is such a file already, or it cannot be made.
 */
export function createRecording(file: string): RecordingWriter {
  return new RecordingWriter(
    file,
    onFile(file, () => openSync(file, 'wx')),
    0,
  );
}

/**
 * Goes on with a recording after its first `bytes` bytes, those of the checkpoint. What came after them is dropped:
 * the trials since then run once more. 0 begins it again, whatever it holds and whether it is there or not.
 *
 * @param beforeDropping Called when the file is known to be good, and has lost nothing yet.
 * @throws InputError if the file does not hold `bytes` bytes of whole records; nothing is dropped then.
 */
export function resumeRecording(
  file: string,
  bytes: number,
  beforeDropping: () => void = () => undefined,
): RecordingWriter {
  const handle = onFile(file, () => openSync(file, bytes === 0 ? 'w' : 'r+'));
  try {
    checkBeginning(file, handle, bytes);
    beforeDropping();
    ftruncateSync(handle, bytes);
    return new RecordingWriter(file, handle, bytes);
  } catch (error) {
    closeSync(handle);
    throw error;
  }
}

function checkBeginning(file: string, handle: number, bytes: number): void {
  const { size } = fstatSync(handle);
  if (size < bytes) {
    throw new InputError(
      file,
      `has ${size} bytes, but ${bytes} when the checkpoint was saved; take both files of one run, or start a new run with --out`,
    );
  }
  const frames = readFrames(handle);
  let reached = 0;
  while (reached < bytes) {
    const step = frames.next();
    if (step.done) throw damaged(file, reached);
    reached = step.value.end;
  }
  if (reached > bytes) {
    throw new InputError(
      file,
      `has no end of a record at byte ${bytes}, where the checkpoint was saved; take both files of one run, or start a new run with --out`,
    );
  }
}
