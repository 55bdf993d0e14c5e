import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SweepSummary } from '../../src/recording/index.ts';
import { host, ROOT, rxflo, start, workplace, type Ended } from './command.ts';

const { directory, remove } = workplace();
const one = host();
const periodic = join(ROOT, 'scenarios/periodic.ts');
const sweepOf = ['sweep', periodic, '--grid', 'period=80,40', '--grid', 'learner=rflo,bptt', '--seeds', '4'];
const flags = ['--trials', '200', '--set', 'units=20', '--workers', '2'];
const at = (out: string, file: string) => join(directory, out, file);
const realizations = (out: string) =>
  existsSync(at(out, 'realizations'))
    ? readdirSync(at(out, 'realizations')).filter((name) => name.endsWith('.msgpack')).length
    : 0;

beforeAll(async () => {
  const { status, stderr, stdout } = await rxflo(directory, ...sweepOf, ...flags);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const out = join(directory, 'runs/periodic-sweep');
  expect(stdout).toContain(`Results: ${join(out, 'results.csv')}\nReport: ${join(out, 'report.html')}\n`);
  expect(stdout).toMatch(/│ +40 │ bptt +│ +4 │ +0 │ +0 │/);
});
afterAll(() => {
  one.end();
  remove();
});

/** Starts the sweep and sends it a signal when so many realizations are kept. */
async function interrupt(out: string, kept: number, signal: NodeJS.Signals, ...more: string[]): Promise<Ended> {
  const resume = existsSync(at(out, 'sweep.json')) ? ['--resume'] : [];
  const { child, ended } = start(directory, ...sweepOf, ...flags, '--out', out, ...resume, ...more);
  while (child.exitCode === null && realizations(out) < kept) await new Promise((go) => setTimeout(go, 2));
  child.kill(signal);
  return await ended;
}

function expectTheSame(out: string): void {
  for (const file of ['results.csv', 'summary.json']) {
    expect(readFileSync(at(out, file), 'utf8')).toBe(readFileSync(at('runs/periodic-sweep', file), 'utf8'));
  }
  expect(readdirSync(join(directory, out)).sort()).toEqual(readdirSync(at('runs', 'periodic-sweep')).sort());
}

describe('a sweep', () => {
  test('killed at three moments and resumed each time ends with the same bytes', async () => {
    for (const kept of [0, 5, 12]) {
      const { signal, stderr } = await interrupt('killed', kept, 'SIGKILL');
      expect({ signal, stderr: stderr.replace(/^sweep: .*\n/gm, '') }).toEqual({ signal: 'SIGKILL', stderr: '' });
    }
    const before = realizations('killed');
    expect(before).toBeGreaterThanOrEqual(12);
    const { status, progress } = await rxflo(directory, ...sweepOf, ...flags, '--out', 'killed', '--resume');
    expect(status).toBe(0);
    expect(progress).toContain(`sweep: ${before} of 16 realizations are already done\n`);
    expectTheSame('killed');
  });

  test('that gets SIGINT ends with what has ended, and can go on', async () => {
    const ended = await interrupt('interrupted', 3, 'SIGINT', '--json');
    expect(ended).toMatchObject({ status: 1, signal: null });
    expect(ended.stderr).toBe(
      'Interrupted; finished realizations are saved. To continue, repeat the command with --resume.\n',
    );
    const summary = JSON.parse(ended.stdout) as SweepSummary & { readonly report: string };
    expect(summary.state).toBe('unfinished');
    expect(summary.realizations.ended).toBe(realizations('interrupted'));
    expect(readFileSync(summary.report, 'utf8')).toContain('Not finished');
    const { status } = await rxflo(directory, ...sweepOf, ...flags, '--out', 'interrupted', '--resume');
    expect(status).toBe(0);
    expectTheSame('interrupted');
  });

  test('is reported again by rxflo report', async () => {
    const report = readFileSync(at('runs/periodic-sweep', 'report.html'));
    const { status, stdout } = await one.rxflo(directory, 'report', 'runs/periodic-sweep');
    expect({ status, stdout }).toEqual({ status: 0, stdout: `Report: ${at('runs/periodic-sweep', 'report.html')}\n` });
    expect(readFileSync(at('runs/periodic-sweep', 'report.html')).equals(report)).toBe(true);
  });

  test('of the quick size of Fig. 2 is shown at the best rate, and says which that is', async () => {
    const fig2 = join(ROOT, 'scenarios/murray2019-fig2.ts');
    const { status, stderr, stdout } = await one.rxflo(
      directory,
      'sweep',
      fig2,
      '--quick',
      '--trials',
      '5',
      '--seeds',
      '2',
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('Fig. 2: periodic output: 48 of 48 realizations');
    expect(stdout.match(/│ best +│/g)).toHaveLength(8);
    expect(stdout).toContain('│ best rate │');
    const out = join(directory, 'runs/murray2019-fig2-sweep');
    expect(readdirSync(join(out, 'figures')).sort()).toEqual([
      ...['alignment.svg', 'final-loss.svg', 'loss.svg', 'output.svg', 'tuning.svg'],
    ]);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('<h2>Best rates</h2>');
  });

  test('that a scenario names itself needs no grid; what fails is said, and the exit code is 1', async () => {
    const hazards = readFileSync(join(ROOT, 'test/sweep/hazards.ts'), 'utf8');
    const own = `compare: ['rflo', 'bptt'],\n  sweep: { grid: { diverges: [0, 1], quits: [0, 0.0125] }, seeds: [4] },`;
    writeFileSync(join(directory, 'own.ts'), hazards.replace("compare: ['rflo', 'bptt'],", own));
    const { status, stderr, stdout } = await one.rxflo(directory, 'sweep', 'own.ts', '--workers', '1');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^diverges=1 quits=0 seed=4 diverged: .*\(trial 1, timestep \d+\).*$/m);
    expect(stderr).toMatch(/^diverges=0 quits=0\.0125 seed=4 failed: its worker ended: worker exited with code: 3$/m);
    expect(stdout).toContain('Hazards: 4 of 4 realizations');
    const csv = readFileSync(join(directory, 'runs/own-sweep/results.csv'), 'utf8');
    expect(csv.split('\n').map((row) => row.split(',')[10])).toEqual([
      'ended',
      'trials',
      'failed',
      'diverged',
      'diverged',
      undefined,
    ]);
  });
});

describe('what is wrong with a sweep is said in one line', () => {
  test.each<[readonly string[], RegExp]>([
    [['--grid', 'period='], /^rxflo: grid period: has no values/],
    [['--grid', 'period'], /^rxflo: --grid: expected name=a,b,c, got 'period'/],
    [['--grid', 'period=40,forty'], /^rxflo: --grid period: expected a number, .* got 'forty'/],
    [['--grid', 'period=40', '--grid', 'period=80'], /^rxflo: --grid period: is given twice/],
    [
      ['--grid', 'period=40', '--seeds', 'few'],
      /^rxflo: --seeds: expected the number of seeds, such as 9, or a list, .* got 'few'/,
    ],
    [['--grid', 'period=40', '--workers', '0'], /^rxflo: --workers: '0' is not a whole number, 1 or more/],
    [[], /^rxflo: grid: is missing, and the scenario defines no sweep; give a grid/],
    [['--grid', 'period=40', '--best', 'rate'], /^rxflo: best: unknown axis 'rate' of the grid; expected 'period'/],
    [['--grid', 'period=40', '--quick'], /^rxflo: quick: this scenario has no quick size; leave it out/],
    [['--grid', 'period=40', '--resume', '--out', 'none'], /^rxflo: .*none: holds no sweep to resume/],
  ])('%j', async (wrong, message) => {
    const { status, stdout, stderr } = await one.rxflo(directory, 'sweep', periodic, ...wrong);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain('\n');
  });
});
