import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'figures-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function drawn(...words: string[]) {
  const figure = 'scenarios/figures/predictive-coding.ts';
  return spawnSync(process.execPath, ['--import', 'tsx', figure, ...words], { encoding: 'utf8' });
}

describe('the command of a figure', () => {
  it.each([
    ['a directory that cannot be made', 'file/x', [], /file\/x: cannot be created \(E\w+\); give a writable directory/],
    ['a flag of other figures', 'none', ['--seeds', '3'], /^--seeds: is unknown here/],
    ['a flag of none', 'none', ['--sedes', '3'], /^command line: Unknown option '--sedes'; give --quick/],
    ['two directories', 'none', ['other'], /^other: is a second directory; give only one/],
  ])('says in one line what is wrong, before it computes anything: %s', (_, name, flags, message) => {
    writeFileSync(join(folder, 'file'), '');
    const { status, stdout, stderr } = drawn(join(folder, name), ...flags);
    expect({ status, stdout, lines: stderr.trim().split('\n').length }).toEqual({ status: 2, stdout: '', lines: 1 });
    expect(stderr).toMatch(message);
    expect(readdirSync(folder)).toEqual(['file']);
  });
});
