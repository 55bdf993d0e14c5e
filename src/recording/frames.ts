import { fstatSync, readSync } from 'node:fs';
import crc from 'crc-32';

/**
 * A frame: one msgpack array `[crc32 of payload, payload]`, so a file of frames is a plain msgpack stream.
 *
 * Its head has a fixed width (msgpack lets a number take more bytes than it needs), which lets a reader go from frame to
 * frame without decoding any, and see at once where the bytes stop making sense:
 *
 *     0x92 | 0xce crc32 (4 bytes) | 0xc6 length (4 bytes) | payload
 */
const HEAD = 11;
const [PAIR, UINT32, BIN32] = [0x92, 0xce, 0xc6];

/** Bytes read at a time, where they are there. */
const WINDOW = 1 << 20;

/** How many places are tried to find a good frame after a bad one: a bound on what a hostile file can cost. */
const TRIES = 64;

/** A payload found in a file, and where its frame stands: bytes `offset` to `end`. */
export interface Frame {
  readonly offset: number;
  readonly end: number;
  readonly payload: Uint8Array;
}

/** Where the good frames of a file end, and what comes after them. */
export interface FramesEnd {
  /** The bytes up to the end of the last good frame. */
  readonly goodBytes: number;
  /**
   * Nothing; a tail that was never written whole; or bad bytes with a good frame after them,
   * which no interrupted write leaves behind.
   */
  readonly after: 'nothing' | 'torn' | 'damaged';
}

/** CRC-32 as zlib and PNG have it, 0 to 2^32 - 1. */
function crc32(bytes: Uint8Array): number {
  return crc.buf(bytes) >>> 0;
}

/** Puts a payload into a frame. */
export function frame(payload: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(HEAD + payload.length);
  bytes[0] = PAIR;
  bytes[1] = UINT32;
  bytes.writeUInt32BE(crc32(payload), 2);
  bytes[6] = BIN32;
  bytes.writeUInt32BE(payload.length, 7);
  bytes.set(payload, HEAD);
  return bytes;
}

/**
 * The good frames at the beginning of an open file, one by one; returns where they end.
 *
 * Reads only what the file held when it began: a run may be writing to it. No length is believed before the file is
 * seen to hold that many bytes.
 */
export function* readFrames(file: number): Generator<Frame, FramesEnd, undefined> {
  const bytes = new FileWindow(file);
  let offset = 0;
  while (offset < bytes.size) {
    const found = frameAt(bytes, offset);
    if (!found) return { goodBytes: offset, after: goodFrameAfter(bytes, offset) ? 'damaged' : 'torn' };
    yield found;
    offset = found.end;
  }
  return { goodBytes: offset, after: 'nothing' };
}

function frameAt(bytes: FileWindow, offset: number): Frame | null {
  const head = bytes.read(offset, HEAD);
  if (head?.[0] !== PAIR || head[1] !== UINT32 || head[6] !== BIN32) return null;
  const checksum = head.readUInt32BE(2);
  const length = head.readUInt32BE(7);
  const payload = bytes.read(offset + HEAD, length);
  if (!payload || crc32(payload) !== checksum) return null;
  return { offset, end: offset + HEAD + length, payload };
}

function goodFrameAfter(bytes: FileWindow, bad: number): boolean {
  let tries = 0;
  for (let from = bad + 1; from < bytes.size && tries < TRIES; from += WINDOW) {
    const part = bytes.read(from, Math.min(WINDOW + HEAD, bytes.size - from));
    if (!part) return false;
    for (let i = 0; i < WINDOW && i + HEAD <= part.length && tries < TRIES; i++) {
      if (part[i] !== PAIR || part[i + 1] !== UINT32 || part[i + 6] !== BIN32) continue;
      tries++;
      if (frameAt(bytes, from + i)) return true;
    }
  }
  return false;
}

/** Random access to an open file through a window over it, so that small reads cost no system call each. */
class FileWindow {
  /** The file's bytes when the window was opened. */
  readonly size: number;
  private start = 0;
  private held: Buffer = Buffer.alloc(0);

  constructor(private readonly file: number) {
    this.size = fstatSync(file).size;
  }

  /** `length` bytes from `offset`; null if the file does not hold them. They stay as they are: no later read changes them. */
  read(offset: number, length: number): Buffer | null {
    if (offset + length > this.size) return null;
    if (offset < this.start || offset + length > this.start + this.held.length) {
      const wanted = Math.min(Math.max(length, WINDOW), this.size - offset);
      const fresh = Buffer.allocUnsafeSlow(wanted);
      let got = 0;
      while (got < wanted) {
        const more = readSync(this.file, fresh, got, wanted - got, offset + got);
        if (more === 0) break; // the file has become shorter meanwhile
        got += more;
      }
      [this.start, this.held] = [offset, fresh.subarray(0, got)];
      if (got < length) return null;
    }
    return this.held.subarray(offset - this.start, offset - this.start + length);
  }
}
