import { spawnSync } from 'node:child_process';

const INTERPRETERS = ['python3', '/usr/bin/python3'];

/** A Python that has all of `modules`, or null: tests that need one are skipped without it. */
export function pythonWith(...modules: string[]): string | null {
  const found = INTERPRETERS.find((python) => spawnSync(python, ['-c', `import ${modules.join(', ')}`]).status === 0);
  if (found === undefined) console.warn(`skipped: no ${INTERPRETERS.join(' or ')} with ${modules.join(' and ')}`);
  return found ?? null;
}

/** What a Python program prints. */
export function runPython(python: string, program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(python, ['-', ...args], { input: program, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
