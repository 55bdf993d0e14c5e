import { closeSync, fstatSync, readFileSync } from 'node:fs';
import { InputError, oneLine } from '../errors/index.ts';
import { onFile } from './file-errors.ts';
import { scanJson, type JsonBounds } from './json-scan.ts';
import { openToRead } from './open-file.ts';

/** How large a file may be; a larger one is refused without loading it. */
export interface Bounds extends JsonBounds {
  readonly bytes: number;
}

/** Far above any summary or sweep. */
const USUAL_BOUNDS: Bounds = {
  bytes: 64 * 1024 * 1024,
  values: 1_000_000,
  names: 1_000_000,
  lists: 1_000_000,
  textBytes: 64 * 1024 * 1024,
};

/**
 * The value of a JSON file in UTF-8. It is unchecked: check it against a schema.
 *
 * @throws InputError if it cannot be read, is empty, larger than its bounds or not JSON, or has a field twice.
 */
export function readJson(file: string, bounds: Bounds = USUAL_BOUNDS): unknown {
  const bytes = readBytes(file, bounds.bytes);
  const foreign = foreignEncoding(bytes);
  if (foreign !== null) throw new InputError(file, foreign);
  const problem = scanJson(bytes, bounds);
  if (problem !== null) throw new InputError(file, problem);
  const text = textOf(file, bytes);
  if (text.trim() === '') throw new InputError(file, 'is empty; expected JSON');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new InputError(
      file,
      `is not JSON: ${notFinite(text) ?? oneLine(error instanceof Error ? error.message : String(error))}`,
    );
  }
}

/** What Python writes for numbers that are not finite. */
function notFinite(text: string): string | null {
  const found = /[[,:]\s*(NaN|-?Infinity)\b/.exec(text);
  if (!found) return null;
  const line = text.slice(0, found.index + found[0].length).split('\n').length;
  return `line ${line} has ${found[1]}, which JSON does not allow; give a finite number`;
}

/** All bytes of a file. @throws InputError if it has more than `most`. */
export function readBytes(file: string, most: number): Uint8Array {
  const handle = openToRead(file);
  try {
    const { size } = fstatSync(handle);
    if (size > most) throw new InputError(file, `has ${size} bytes; give a file of at most ${most}`);
    return onFile(file, () => readFileSync(handle));
  } finally {
    closeSync(handle);
  }
}

function foreignEncoding(bytes: Uint8Array): string | null {
  const [first, second] = bytes;
  if (first === 0x1f && second === 0x8b) return 'is compressed (gzip); unpack it first';
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (marked || first === 0 || second === 0) return 'is UTF-16, or not text; save it as UTF-8';
  return null;
}

/** The text, without the byte order mark that some editors put first. */
function textOf(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(file, 'holds bytes that are not UTF-8; save it as UTF-8');
  }
}
