import { readFileSync } from 'node:fs';

/** Whether a process of this machine is at work. One that was killed and not yet taken away by its parent is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false; // else another user's
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    // `number (name) state ...`, and the name may hold anything, brackets too. See proc(5).
    return /\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false; // no Linux
  }
}
