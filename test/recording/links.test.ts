import {
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportRun, openSweep, readRun, readSweep, recordRun } from '../../src/recording/index.ts';
import { writeReport, writeSweepReport } from '../../src/report/index.ts';
import { makeRun, makeSweep, tiny } from '../hostile/examples.ts';
import { complaint, scratch } from './sample.ts';

/** A run and a sweep that have ended. */
const whole = mkdtempSync(join(tmpdir(), 'rxflo-links-'));
beforeAll(async () => {
  await makeRun(join(whole, 'run'));
  makeSweep(join(whole, 'sweep'));
});
afterAll(() => {
  rmSync(whole, { recursive: true });
});

interface Trap {
  readonly directory: string;
  /** Puts a link in the directory, to a file of the reader's or to a directory with one. */
  readonly link: (name: string, to: 'file' | 'directory') => void;
  /** What the reader has. */
  readonly mine: () => string;
}

function trap(kind: 'run' | 'sweep'): Trap {
  const base = scratch();
  const [directory, own] = [join(base, 'evil'), join(base, 'own')];
  cpSync(join(whole, kind), directory, { recursive: true });
  mkdirSync(own);
  writeFileSync(join(own, 'loss.svg'), 'mine');
  const link = (name: string, to: 'file' | 'directory') => {
    rmSync(join(directory, name), { force: true, recursive: true });
    mkdirSync(join(directory, name, '..'), { recursive: true });
    symlinkSync(to === 'file' ? join(own, 'loss.svg') : own, join(directory, name));
  };
  return { directory, link, mine: () => `${readdirSync(own).join()}: ${readFileSync(join(own, 'loss.svg'), 'utf8')}` };
}

const resume = (directory: string) => () => {
  recordRun(tiny.plan(), { directory, scenario: 'tiny.ts', resume: true });
};
const report = (directory: string) => () => writeReport(readRun(directory));
const csv = (directory: string) => () => exportRun(directory, 'csv', join(directory, 'export'));
const sweepReport = (directory: string) => () => writeSweepReport(readSweep(directory));
const again = (directory: string) => () => openSweep(readSweep(directory).description, { directory, resume: true });

describe('nothing is written through a link in', () => {
  test.each([
    ['run', 'report.html', 'file', report],
    ['run', 'figures', 'directory', report],
    ['run', 'figures/loss.svg', 'file', report],
    ['run', 'export', 'directory', csv],
    ['run', 'export/trials.csv', 'file', csv],
    ['run', 'recording.msgpack', 'file', resume],
    ['run', 'checkpoint.msgpack', 'file', resume],
    ['run', 'summary.json', 'file', resume],
    ['run', 'report.html', 'file', resume],
    ['run', 'figures', 'directory', resume],
    ['sweep', 'results.csv', 'file', sweepReport],
    ['sweep', 'summary.json', 'file', sweepReport],
    ['sweep', 'figures', 'directory', sweepReport],
    ['sweep', 'realizations', 'directory', again],
    ['sweep', 'summary.json', 'file', again],
  ] as const)('a %s directory: %s, to a %s', (kind, name, to, action) => {
    const { directory, link, mine } = trap(kind);
    link(name, to);
    const before = mine();
    expect(complaint(action(directory))).toContain(`${join(directory, name)}: is a link`);
    expect(mine()).toBe(before);
    expect(readdirSync(directory).filter((left) => /lock|tmp/.test(left))).toEqual([]);
  });

  test('a directory that links out of the one that was named, but that itself may be a link', () => {
    const { directory, link, mine } = trap('run');
    link('deep', 'directory');
    expect(complaint(() => exportRun(directory, 'npz', join(directory, 'deep', 'er')))).toContain('deep: is a link');
    expect(mine()).toBe('loss.svg: mine');
    const named = `${directory}-link`;
    symlinkSync(directory, named);
    expect(writeReport(readRun(named))[0]).toBe(join(named, 'report.html'));
  });

  test('a recording that shares its bytes with another file', () => {
    const { directory } = trap('run');
    linkSync(join(directory, 'recording.msgpack'), join(directory, '..', 'kept.msgpack'));
    expect(complaint(resume(directory))).toContain('recording.msgpack: is one of 2 names of the same file');
  });

  test('a sweep: a score called /../../../own/loss', () => {
    const base = scratch();
    const directory = join(base, 'evil');
    makeSweep(directory, '/../../../own/loss');
    sweepReport(directory)();
    expect(readdirSync(base)).toEqual(['evil']);
    expect(readdirSync(join(directory, 'figures')).join()).toContain('score-_.._.._.._own_loss');
  });
});

describe('a run whose directory', () => {
  const begun = (directory: string) => recordRun(tiny.plan({ trials: 2000 }), { directory, scenario: 'tiny.ts' });

  test.each([
    [
      'is removed',
      (directory: string) => {
        rmSync(directory, { recursive: true });
      },
      'was removed while the run',
    ],
    [
      'is moved away',
      (directory: string) => {
        renameSync(directory, `${directory}-2`);
      },
      'does not exist',
    ],
    [
      'has its recording cut by another program',
      (directory: string) => {
        writeFileSync(join(directory, 'recording.msgpack'), '');
      },
      'another program writes to it',
    ],
  ])('%s has failed at its next write: that is no wrong input', async (_, spoil, problem) => {
    const directory = join(scratch(), 'run');
    const { events$ } = begun(directory);
    const error = await new Promise<unknown>((resolve) => {
      let spoilt = false;
      events$.subscribe({
        next: ({ type }) => {
          if (type === 'session' && !spoilt) spoil(directory);
          spoilt ||= type === 'session';
        },
        error: resolve,
        complete: () => {
          resolve(null);
        },
      });
    });
    expect(error).toMatchObject({ name: 'RunError' });
    expect(String(error)).toContain(problem);
  });
});
