import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';
import { READERS } from './readers.ts';

const directory = mkdtempSync(join(tmpdir(), 'rxflo-hostile-'));
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** `npm run fuzz` runs many more; see fuzz-all.ts. */
describe('wrong files are refused in one short line, or harmless:', () => {
  it.each(Object.keys(READERS))('%s', async (name) => {
    const { faults, refused, slowest } = await fuzz(name, directory, 150, { useEvery: 20 });
    expect(faults).toEqual([]);
    expect(refused).toBeGreaterThan(30);
    expect(slowest).toBeLessThan(2);
  });
});
