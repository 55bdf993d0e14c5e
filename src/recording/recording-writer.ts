import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { InputError, RunError } from '../errors/index.ts';
import { fileError, onFile } from './file-errors.ts';
import { frame, readFrames } from './frames.ts';
import { checkPlaceOfFile } from './links.ts';
import { pack } from './pack.ts';
import { damaged } from './recording-reader.ts';
import type { RunRecord } from './records.ts';

/** Bytes that are buffered before they are written. */
const BUFFER = 64 * 1024;

/**
 * Appends records to a recording.
 * The file's content depends only on the records, never on when they were written.
 */
export class RecordingWriter {
  private held: Uint8Array[] = [];
  private heldBytes = 0;
  /** Set if a write failed. Closing does not try again, since the failure has been reported. */
  private failed = false;

  /** Takes over an open file that ends after `written` bytes; use `createRecording` or `resumeRecording`. */
  constructor(
    private readonly file: string,
    private readonly handle: number,
    private written: number,
  ) {}

  /** The bytes of the recording so far, written or buffered. */
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
   * Writes what is buffered, so that other programs see it.
   *
   * @throws RunError if the disk is full or fails, or the file was removed or another program writes to it; unwritten bytes stay buffered.
   */
  flush(): void {
    let rest = Buffer.concat(this.held);
    this.failed = true;
    try {
      this.checkUntouched();
      while (rest.length > 0) {
        const done = writeSync(this.handle, rest, 0, rest.length, this.written);
        this.written += done;
        rest = rest.subarray(done);
      }
      this.failed = false;
    } catch (error) {
      throw fileError(this.file, error);
    } finally {
      this.held = [rest];
      this.heldBytes = rest.length;
    }
  }

  /** Writes everything and waits until the disk has it; returns the length of the recording, for the checkpoint. */
  sync(): number {
    this.flush();
    fsyncSync(this.handle);
    return this.written;
  }

  /** Writes everything and closes the file. */
  close(): void {
    try {
      if (!this.failed) this.sync();
    } finally {
      closeSync(this.handle);
    }
  }

  private checkUntouched(): void {
    const { nlink, size } = fstatSync(this.handle);
    if (nlink === 0) throw new RunError(this.file, 'was removed while the run was writing to it');
    if (size === this.written) return;
    throw new RunError(this.file, `has ${size} bytes, but ${this.written} were written: another program writes to it`);
  }
}

/**
 * Begins a recording.
 *
 * @throws InputError if the file exists already, or cannot be made.
 */
export function createRecording(file: string): RecordingWriter {
  return new RecordingWriter(
    file,
    onFile(file, () => openSync(file, 'wx')),
    0,
  );
}

/**
 * Continues a recording after its first `bytes` bytes, those of the checkpoint. What came after them is dropped:
 * the trials since then run again. 0 starts it again, whatever it holds and whether or not it exists.
 *
 * @param beforeDropping Called when the file is known to be good, before anything is dropped.
 * @throws InputError if the file does not hold `bytes` bytes of complete records; then nothing is dropped.
 */
export function resumeRecording(
  file: string,
  bytes: number,
  beforeDropping: () => void = () => undefined,
): RecordingWriter {
  checkPlaceOfFile(file);
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
  const handle = onFile(file, () => openSync(file, O_RDWR | O_NOFOLLOW | (bytes === 0 ? O_CREAT : 0)));
  try {
    checkOneName(file, handle);
    checkBeginning(file, handle, bytes);
    beforeDropping();
    ftruncateSync(handle, bytes);
    return new RecordingWriter(file, handle, bytes);
  } catch (error) {
    closeSync(handle);
    throw error;
  }
}

/** A recording is written in place, so every other file that shares its bytes would change, too. */
function checkOneName(file: string, handle: number): void {
  const { nlink } = fstatSync(handle);
  if (nlink < 2) return;
  throw new InputError(file, `is one of ${nlink} names of the same file (hard links); replace it with a copy`);
}

function checkBeginning(file: string, handle: number, bytes: number): void {
  const { size } = fstatSync(handle);
  if (size < bytes) {
    throw new InputError(
      file,
      `has ${size} bytes, but had ${bytes} when the checkpoint was saved; use both files of one run, or start a new run with --out`,
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
      `no record ends at byte ${bytes}, where the checkpoint was saved; use both files of one run, or start a new run with --out`,
    );
  }
}
