import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const script = fileURLToPath(new URL('allocation.ts', import.meta.url));

it('trials take next to no JavaScript heap, and leave none of it behind', () => {
  // A young generation so large that nothing is collected meanwhile: what is taken is seen.
  const flags = ['--expose-gc', '--max-semi-space-size=128', '--min-semi-space-size=128'];
  const told = execFileSync(process.execPath, [...flags, '--import', 'tsx', script]);
  const results = JSON.parse(told.toString()) as Record<'T' | 'taken' | 'left' | 'buffers', number>[];
  expect(results).toHaveLength(4);
  for (const { T, taken, left, buffers } of results) {
    // Some 800 bytes when this was written, however long the trial: less than one number for each of 400 timesteps.
    expect(taken, `T = ${T}`).toBeLessThan(2000);
    expect(left, `T = ${T}`).toBeLessThan(50);
    expect(buffers, `T = ${T}`).toBeLessThan(4096);
  }
});
