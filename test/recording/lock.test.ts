import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordRun } from '../../src/recording/index.ts';
import { makeRun, tiny } from '../hostile/examples.ts';
import { complaint, scratch } from './sample.ts';

/** A run that has ended. */
const whole = join(mkdtempSync(join(tmpdir(), 'rxflo-lock-')), 'run');
beforeAll(() => makeRun(whole));
afterAll(() => {
  rmSync(join(whole, '..'), { recursive: true });
});

/** A copy of it, and a lock in it. */
function lockedRun(): { directory: string; lock: (pid: number, host?: string) => string } {
  const directory = join(scratch(), 'run');
  cpSync(whole, directory, { recursive: true });
  const lock = (pid: number, host = hostname()) => {
    const file = join(directory, `lock.${pid}`);
    writeFileSync(file, JSON.stringify({ host, pid, began: 1 }));
    return file;
  };
  return { directory, lock };
}

const resume = (directory: string) => recordRun(tiny.plan(), { directory, scenario: 'tiny.ts', resume: true });

describe('a run directory', () => {
  test('belongs to one process until it has ended', () => {
    const directory = join(scratch(), 'run');
    const { events$ } = recordRun(tiny.plan(), { directory, scenario: 'tiny.ts' });
    const at = `lock.${process.pid}: process ${process.pid} is at work here`;
    expect(complaint(() => resume(directory))).toContain(at);
    expect(complaint(() => recordRun(tiny.plan(), { directory, scenario: '' }))).toContain('already holds a run');
    expect(readdirSync(directory)).toContain(`lock.${process.pid}`);
    events$.subscribe().unsubscribe();
    expect(readdirSync(directory)).not.toContain(`lock.${process.pid}`);
    resume(directory).events$.subscribe().unsubscribe();
  });

  test('is kept from others while a process is alive, and says what to delete if it is another', () => {
    const { directory, lock } = lockedRun();
    const file = lock(process.ppid);
    expect(complaint(() => resume(directory))).toMatch(
      /is at work here; wait for it.* is not rxflo, delete .*lock\.\d+$/,
    );
    expect(existsSync(file)).toBe(true);
    expect(readdirSync(directory)).not.toContain(`lock.${process.pid}`);
    lock(1, 'else\u001b[2Jwhere');
    expect(complaint(() => resume(directory))).toMatch(/process 1 on else\\u001b\[2Jwhere is at work here.*delete/);
  });

  test('is free where its process was killed, also one that nobody has taken away yet', () => {
    const { directory, lock } = lockedRun();
    lock(spawnSync(process.execPath, ['-e', '']).pid);
    lock(process.pid); // an earlier process of the same number
    // A child that ended, of a parent that does not ask: a zombie as long as the parent sleeps.
    if (process.platform === 'linux') {
      const number = execFileSync('sh', ['-c', '(true & echo $!; exec sleep 5 >/dev/null 2>&1) & '], {
        encoding: 'utf8',
      });
      lock(Number(number));
    }
    resume(directory).events$.subscribe().unsubscribe();
    expect(readdirSync(directory).filter((name) => name.startsWith('lock'))).toEqual([]);
  });

  test('that holds nothing but a lock, for its run was killed as it began, is begun', () => {
    const directory = scratch();
    writeFileSync(join(directory, 'lock.999999999'), JSON.stringify({ host: hostname(), pid: 999_999_999, began: 1 }));
    resume(directory).events$.subscribe().unsubscribe();
    expect(readdirSync(directory).sort()).toEqual(['checkpoint.msgpack', 'recording.msgpack']);
  });

  test.each([
    ['a pipe', (lock: string) => execFileSync('mkfifo', [lock]), 'is a directory or a device'],
    [
      'a directory',
      (lock: string) => {
        mkdirSync(lock);
      },
      'is a directory or a device',
    ],
    [
      'of a gigabyte',
      (lock: string) => {
        writeFileSync(lock, '');
        truncateSync(lock, 2 ** 30);
      },
      'has 1073741824 bytes',
    ],
  ])('with a lock that is %s is refused at once', (_, make, problem) => {
    const { directory } = lockedRun();
    const lock = join(directory, 'lock.1');
    make(lock);
    expect(complaint(() => resume(directory))).toContain(`${lock}: ${problem}`);
  });

  test('with a lock that is a link loses the link alone', () => {
    const { directory } = lockedRun();
    const mine = join(directory, '..', 'mine.txt');
    writeFileSync(mine, 'mine');
    symlinkSync(mine, join(directory, 'lock.1'));
    resume(directory).events$.subscribe().unsubscribe();
    expect([existsSync(mine), existsSync(join(directory, 'lock.1'))]).toEqual([true, false]);
  });
});
