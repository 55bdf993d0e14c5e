import { readFileSync } from 'node:fs';

/** Whether a process of this machine is alive. A zombie, which was killed but not yet reaped by its parent, is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false; // EPERM: it belongs to another user
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    // `number (name) state ...`, where the name may hold anything, even brackets. See proc(5).
    return /\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false; // not Linux
  }
}
