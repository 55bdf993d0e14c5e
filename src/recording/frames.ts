import { fstatSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { RunError } from '../errors/index.ts';

/**
 * A frame: one msgpack array `[crc32 of payload, payload]`, so a file of frames is a plain msgpack stream.
 *
 * Its head has a fixed width (msgpack allows a number more bytes than it needs), so that a reader can go from frame to
 * frame without decoding any, and notices at once where the bytes are not a frame:
 *
 *     0x92 | 0xce crc32 (4 bytes) | 0xc6 length (4 bytes) | payload
 */
const HEAD = 11;
const [PAIR, UINT32, BIN32] = [0x92, 0xce, 0xc6];

/** Bytes read at a time, if the file has them. */
const WINDOW = 1 << 20;

/** How many places are tried to find a good frame after a bad one: together with the size of the file, this bounds the cost of a hostile file. */
const TRIES = 64;

/** The most bytes of a payload: a matrix of some 11,000 x 11,000 numbers. */
const LARGEST = 2 ** 30;

/** A payload found in a file, and the bytes of its frame, `offset` to `end`. */
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
   * Nothing; a tail that was not written completely; or bad bytes with a good frame after them,
   * which no interrupted write leaves behind.
   */
  readonly after: 'nothing' | 'torn' | 'damaged';
}

/**
 * Puts a payload into a frame. The checksum is the CRC-32 of zlib and PNG.
 *
 * @throws RunError if it is larger than any that is read.
 */
export function frame(payload: Uint8Array): Uint8Array {
  if (payload.length > LARGEST) {
    throw new RunError('recording', `a record has ${payload.length} bytes, but can have at most ${LARGEST}`);
  }
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
 * Reads only what the file held at the start: a run may be writing to it. A length is used only after checking that the file holds
 * that many bytes, and a payload is loaded only after its checksum was found correct.
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
  if (length > LARGEST || bytes.checksum(offset + HEAD, length) !== checksum) return null;
  const payload = bytes.read(offset + HEAD, length);
  return payload && { offset, end: offset + HEAD + length, payload };
}

function goodFrameAfter(bytes: FileWindow, bad: number): boolean {
  let [tries, bytesTried] = [0, 0];
  for (let from = bad + 1; from < bytes.size && tries < TRIES; from += WINDOW) {
    const part = bytes.read(from, Math.min(WINDOW + HEAD, bytes.size - from));
    if (!part) return false;
    for (let i = 0; i < WINDOW && i + HEAD <= part.length && tries < TRIES; i++) {
      if (part[i] !== PAIR || part[i + 1] !== UINT32 || part[i + 6] !== BIN32) continue;
      tries++;
      if (frameAt(bytes, from + i)) return true;
      const length = part.readUInt32BE(i + 7);
      if (from + i + HEAD + length <= bytes.size) bytesTried += length;
      if (bytesTried > bytes.size) return false;
    }
  }
  return false;
}

/** Random access to an open file through a window over it, so that not every small read costs a system call. */
class FileWindow {
  /** The file's bytes when the window was opened. */
  readonly size: number;
  private start = 0;
  private held: Buffer = Buffer.alloc(0);

  constructor(private readonly file: number) {
    this.size = fstatSync(file).size;
  }

  /** The CRC-32 of `length` bytes from `offset`; null if the file does not hold them. Keeps at most a window of them. */
  checksum(offset: number, length: number): number | null {
    if (offset + length > this.size) return null;
    let checksum = 0;
    for (let done = 0; done < length; done += WINDOW) {
      const part = this.read(offset + done, Math.min(WINDOW, length - done));
      if (!part) return null;
      checksum = crc32(part, checksum);
    }
    return checksum;
  }

  /** `length` bytes from `offset`; null if the file does not hold them. Later reads do not change them. */
  read(offset: number, length: number): Buffer | null {
    if (offset + length > this.size) return null;
    if (offset < this.start || offset + length > this.start + this.held.length) {
      const wanted = Math.min(Math.max(length, WINDOW), this.size - offset);
      const fresh = Buffer.allocUnsafeSlow(wanted);
      let got = 0;
      while (got < wanted) {
        const more = readSync(this.file, fresh, got, wanted - got, offset + got);
        if (more === 0) break; // the file has become shorter in the meantime
        got += more;
      }
      [this.start, this.held] = [offset, fresh.subarray(0, got)];
      if (got < length) return null;
    }
    return this.held.subarray(offset - this.start, offset - this.start + length);
  }
}
