import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { host, ROOT, rxflo } from './command.ts';

const one = host();
afterAll(one.end);

describe('help', () => {
  test.each(['', 'run', 'solve', 'export', 'report', 'audit', 'ledger', 'alignment', 'nir', 'neurobench'])(
    'rxflo %s --help has examples',
    async (command) => {
      const { status, stdout, stderr } = await one.rxflo(ROOT, ...(command === '' ? [] : [command]), '--help');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(new RegExp(`^Usage: rxflo ${command}`));
      expect(stdout).toMatch(/\nExamples?:\n {2}rxflo \w+/);
      expect(stdout).toContain('Exit codes: 0 done, 1 ');
      for (const file of stdout.match(/(?<= )(scenarios|test)\/\S+/g) ?? [])
        expect(existsSync(join(ROOT, file))).toBe(true);
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    },
  );

  test('without a command, help goes to standard error', async () => {
    const { status, stdout, stderr } = await rxflo(ROOT);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('Usage: rxflo');
  });

  test('--version is that of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect((await rxflo(ROOT, '--version')).stdout).toBe(`${version}\n`);
  });
});
