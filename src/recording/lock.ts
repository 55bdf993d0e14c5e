import { existsSync, readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../errors/index.ts';
import { writeWhole } from './files.ts';
import { readBytes } from './json.ts';
import { isAlive } from './processes.ts';

/** The names of locks: `lock.` and the process's number. */
export const LOCK = /^lock\.\d+$/;

/** Far above any lock. */
const LARGEST = 4096;

/** The owner of a lock. `began`: when the process began, since another process may get the same number later. */
const OURS = { host: hostname(), pid: process.pid, began: performance.timeOrigin };

/**
 * Reserves a run or sweep directory for this process: no other works in it until it is released, or the process ends in any way.
 *
 * Each process writes its own lock and then looks for others. So of two that start together at least one sees the other, and
 * a living process never loses its lock; if they start at the same instant, both may give up.
 *
 * @returns A function that releases it.
 * @throws InputError if another process works there.
 */
export function lockDirectory(directory: string): () => void {
  const own = join(directory, `lock.${OURS.pid}`);
  refuseIfHeld(own);
  writeWhole(own, JSON.stringify(OURS));
  const release = () => {
    rmSync(own, { force: true });
  };
  try {
    for (const other of locksIn(directory)) {
      if (other === own) continue;
      refuseIfHeld(other);
      rmSync(other, { force: true }); // its process was killed
    }
  } catch (error) {
    release();
    throw error;
  }
  return release;
}

function locksIn(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => LOCK.test(name))
    .map((name) => join(directory, name));
}

/** @throws InputError if the lock exists and its process is alive, or may be; or if the file cannot be a lock of ours. */
function refuseIfHeld(lock: string): void {
  const owner = ownerOf(lock);
  if (owner === null) return;
  const { host, pid, began } = owner;
  if (host !== OURS.host) {
    throw new InputError(
      lock,
      `process ${pid} on ${host} is at work here; wait for it, or delete ${lock} if it has ended`,
    );
  }
  if (pid === OURS.pid ? began !== OURS.began : !isAlive(pid)) return;
  throw new InputError(
    lock,
    `process ${pid} is at work here; wait for it, or give another directory with --out. If process ${pid} is not rxflo, delete ${lock}`,
  );
}

/** Null for a lock that no longer exists, or is not one of ours. */
function ownerOf(lock: string): typeof OURS | null {
  if (!existsSync(lock)) return null;
  const text = new TextDecoder().decode(readBytes(lock, LARGEST));
  try {
    const { host, pid, began } = JSON.parse(text) as Partial<typeof OURS>;
    const isOurs = typeof host === 'string' && Number.isSafeInteger(pid) && typeof began === 'number';
    return isOurs && typeof pid === 'number' && pid > 0 ? { host, pid, began } : null;
  } catch {
    return null;
  }
}
