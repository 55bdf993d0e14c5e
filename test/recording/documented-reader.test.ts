import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pythonWith, runPython } from './python.ts';
import { sample, scratch, write } from './sample.ts';

const python = pythonWith('msgpack', 'numpy');

test.skipIf(python === null)('the Python of docs/formats.md reads a recording, also a torn one', () => {
  const page = readFileSync(new URL('../../docs/formats.md', import.meta.url), 'utf8');
  const program = /```python\n(import sys.*?)```/s.exec(page)?.[1] ?? '';
  const file = join(scratch(), 'recording.msgpack');
  const wanted = 'rflo before recurrent (2, 3)\nrflo 1 0.30000000000000004\nrflo 2 5e-324\n';
  write(file, sample);
  expect(runPython(python ?? '', program, file)).toBe(wanted);
  appendFileSync(file, readFileSync(file).subarray(0, 40));
  expect(runPython(python ?? '', program, file)).toBe(wanted);
});
