import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const SCRIPT = fileURLToPath(new URL('numpy_rflo.py', import.meta.url));

const Printed = z.object({
  numpy: z.string(),
  blas: z.string().nullable(),
  milliseconds: z.array(z.number()).length(2),
  loss: z.array(z.number()),
});

/** What the NumPy loop did: milliseconds per trial, and the loss of each trial. */
export interface PeerResult {
  /** Its version. */
  readonly numpy: string;
  /** The library it does its linear algebra with, where the system tells. */
  readonly blas: string | null;
  readonly milliseconds: number;
  readonly loss: readonly number[];
}

/** A Python that has NumPy: the one named in PYTHON, the first on the path, or the system's own; null if none has. */
export function findNumpy(): string | null {
  const candidates = [process.env['PYTHON'], 'python3', '/usr/bin/python3'].filter((name) => name !== undefined);
  return candidates.find((python) => spawnSync(python, ['-c', 'import numpy']).status === 0) ?? null;
}

/** Runs the NumPy loop twice in one process; the first run warms it up, the second is measured. */
export function runPeer(python: string, problem: string): PeerResult {
  const { status, stdout, stderr } = spawnSync(python, [SCRIPT, problem, '--repeats', '2'], {
    encoding: 'utf8',
    // Two variables that hold OpenBLAS to kernels of old processors are taken away: let OpenBLAS choose its kernel.
    env: { ...process.env, OPENBLAS_CORETYPE: undefined, OPENBLAS_L2_SIZE: undefined },
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`the NumPy peer failed: ${stderr}`);
  const { milliseconds, ...rest } = Printed.parse(JSON.parse(stdout));
  return { ...rest, milliseconds: milliseconds[1] };
}
