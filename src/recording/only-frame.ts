import { closeSync } from 'node:fs';
import { InputError } from '../errors/index.ts';
import { writeWhole } from './files.ts';
import { frame, readFrames } from './frames.ts';
import { openToRead } from './open-file.ts';

/** Writes a file that is exactly one frame, completely or not at all. */
export function writeOnlyFrame(file: string, payload: Uint8Array): void {
  writeWhole(file, frame(payload));
}

/**
 * The payload of a file that is exactly one frame.
 *
 * @param what What the file should be, for the message.
 * @param fix What to do if it is not, for the message.
 * @throws InputError if it cannot be read, is damaged, or is a different file.
 */
export function readOnlyFrame(file: string, what: string, fix?: string): Uint8Array {
  const advice = fix === undefined ? '' : `; ${fix}`;
  const handle = openToRead(file);
  try {
    const frames = readFrames(handle);
    const first = frames.next();
    if (first.done) throw new InputError(file, `is not a ${what}, or is damaged: its checksum is wrong${advice}`);
    const second = frames.next();
    if (!second.done || second.value.after !== 'nothing') {
      throw new InputError(file, `is not a ${what}: data follows its end at byte ${first.value.end}${advice}`);
    }
    return first.value.payload;
  } finally {
    closeSync(handle);
  }
}
