import { createHash, randomBytes } from 'node:crypto';
import { closeSync, constants, fsyncSync, openSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { onFile } from './file-errors.ts';
import { isAlive } from './processes.ts';

const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** `report.html.HOST-PROCESS-RANDOM.tmp`: the name cannot be predicted, so that nobody can put a link there. */
const TEMPORARY = /\.([\da-f]{8})-(\d+)-[\da-f]{16}\.tmp$/;

/** Only a new file, and not a link. */
const FRESH = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Writes a temporary file next to `file` and flushes it to the disk.
 *
 * @returns Its path.
 * @throws InputError if it cannot be made there, RunError if the disk is full or fails; nothing is left of it.
 */
export function writeTemporary(file: string, parts: Iterable<string | Uint8Array>): string {
  const directory = dirname(file);
  onFile(directory, () => statSync(directory));
  const temporary = `${file}.${HOST}-${process.pid}-${randomBytes(8).toString('hex')}.tmp`;
  return onFile(file, () => {
    const handle = openSync(temporary, FRESH, 0o666);
    try {
      for (const part of parts) writeFileSync(handle, part);
      fsyncSync(handle);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    } finally {
      closeSync(handle);
    }
    return temporary;
  });
}

/** True for a name that `writeTemporary` gives. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/**
 * Removes the temporary files that killed processes left in a directory.
 *
 * @param locked Whether this process holds the directory's lock. Then files with its own number, or from another machine, are leftovers,
 * too; without the lock, they may be in use.
 */
export function clearTemporaries(directory: string, locked = false): void {
  for (const name of readdirSync(directory)) {
    const found = TEMPORARY.exec(name);
    if (found === null) continue;
    const [, host, pid] = found;
    const isKnown = host === HOST && Number(pid) !== process.pid;
    if (isKnown ? isAlive(Number(pid)) : !locked) continue;
    onFile(directory, () => {
      rmSync(join(directory, name), { force: true });
    });
  }
}
