import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('a million synapses run a trial in less than 2 GB', () => {
  const script = fileURLToPath(new URL('a-million.ts', import.meta.url));
  const told = execFileSync(process.execPath, ['--import', 'tsx', '--max-old-space-size=2000', script]);
  const { synapses, loss, megabytes } = JSON.parse(told.toString()) as Record<string, number>;
  expect(synapses).toBe(1_001_000);
  expect(loss).toBeGreaterThan(0.1);
  expect(loss).toBeLessThan(10);
  // The most it ever held, everything counted; 315 MB when this was written.
  expect(megabytes, `took ${megabytes} MB`).toBeLessThan(2000);
});
