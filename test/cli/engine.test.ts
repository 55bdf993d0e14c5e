import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Summary } from '../../src/recording/index.ts';
import { host, ROOT, rxflo, start, workplace } from './command.ts';
import { noisyScenario } from './noisy-scenario.ts';
import { opaqueScenario } from './opaque-scenario.ts';

const { directory, remove } = workplace();
const one = host();
afterAll(() => {
  one.end();
  remove();
});

const periodic = join(ROOT, 'scenarios/periodic.ts');
const small = ['--set', 'units=6', 'period=12', '--trials', '20'];

function place(name: string): string {
  const path = join(directory, name);
  mkdirSync(path);
  return path;
}

const recordingOf = (cwd: string, run: string) => readFileSync(join(cwd, run, 'recording.msgpack'));

describe('rxflo run --engine', () => {
  test.concurrent(
    'kernels: an algorithm that has none for this circuit runs without, and that is said, also in the report',
    async () => {
      const cwd = place('carry');
      const typed = [
        'run',
        periodic,
        ...small,
        '--carry',
        '--engine',
        'kernels',
        '--learner',
        'rflo',
        'rtrl',
        '--json',
      ];
      const { status, stdout, stderr } = await one.rxflo(cwd, ...typed);
      const plain = 'rtrl: RTRL has no kernels for trials that carry on and runs in the plain solver';
      expect({ status, stderr }).toEqual({ status: 0, stderr: `${plain}\n` });
      const { learners } = JSON.parse(stdout) as Summary;
      expect(learners.map(({ learner, engine, lack }) => [learner, engine, lack])).toEqual([
        ['rflo', 'kernels', undefined],
        ['rtrl', 'rtrl', 'no kernels for trials that carry on'],
      ]);
      const report = readFileSync(join(cwd, 'runs/periodic/report.html'), 'utf8');
      expect(report).toContain(`${plain}.`);
      expect(report).toContain('carried on from trial to trial');
    },
  );

  test.concurrent('kernels: an algorithm of one own runs without, and that is said', async () => {
    const cwd = place('own');
    const typed = ['run', join(ROOT, 'test/support/perturbation.ts'), '--engine', 'kernels', '--trials', '3', '--json'];
    const { status, stdout, stderr } = await one.rxflo(cwd, ...typed, '--learner', 'rflo', 'perturbation');
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: 'perturbation: weight perturbation has no kernels and runs in the plain solver\n',
    });
    const { learners } = JSON.parse(stdout) as Summary;
    expect(learners.map(({ learner, engine, settings }) => [learner, engine, settings])).toEqual([
      ['rflo', 'kernels', {}],
      ['perturbation', 'perturbation', { size: 1e-4 }],
    ]);
  });

  test.concurrent('both: rules on each, side by side, and whether they had the same bits', async () => {
    const cwd = place('both');
    const typed = ['run', periodic, '--engine', 'actors', 'kernels', ...small, '--learner', 'rflo', 'bptt'];
    const [table, json] = [
      await one.rxflo(cwd, ...typed, '--out', 'one'),
      await one.rxflo(cwd, ...typed, '--out', 'two', '--json'),
    ];
    expect([table.status, table.stderr, json.status]).toEqual([0, '', 0]);
    expect(table.stdout).toMatch(
      /^rflo and rflo-kernels have the same bits in 20 trials and in the weights they led to; rflo\S* was [\d.]+ times faster\.$/m,
    );
    const { learners, comparisons } = JSON.parse(json.stdout) as Summary;
    expect(
      learners.map(({ learner, algorithm, engine, precision }) => [learner, algorithm, engine, precision]),
    ).toEqual([
      ['rflo', 'local', 'actors', 'f64'],
      ['rflo-kernels', 'local', 'kernels', 'f64'],
      ['bptt', 'bptt', 'kernels', 'f64'],
    ]);
    expect(comparisons).toHaveLength(1);
    expect(comparisons[0]).toMatchObject({
      learners: ['rflo', 'rflo-kernels'],
      trials: 20,
      weightsAfter: true,
      same: true,
      firstDifference: null,
    });
    const [slower, faster] = [learners[0], learners[1]]
      .map(({ millisecondsPerTrial }) => millisecondsPerTrial ?? NaN)
      .sort((a, b) => b - a);
    expect(comparisons[0].times).toBe(slower / faster);
    const report = readFileSync(join(cwd, 'two/report.html'), 'utf8');
    expect(report).toContain('rflo and rflo-kernels have the same bits in 20 trials');
  });

  test.concurrent('kernels in float32, which say so', async () => {
    const cwd = place('single');
    const typed = ['run', periodic, '--engine', 'actors,kernels', '--precision', 'f32', '--learner', 'rflo', ...small];
    const { status, stdout, stderr } = await one.rxflo(cwd, ...typed, '--out', 'one');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/│ rflo-f32 +│ kernels f32 │/);
    expect(stdout).toMatch(
      /^rflo and rflo-f32 differ (before learning|from trial \d+ on) \(.+\), one of them in float32; /m,
    );
  });

  test.concurrent('one or the other: the same recording, byte for byte', async () => {
    const cwd = place('bytes');
    writeFileSync(join(cwd, 'noise.ts'), noisyScenario);
    const typed = ['run', 'noise.ts', '--trials', '120'];
    const runs = [
      await rxflo(cwd, ...typed, '--engine', 'actors', '--out', 'actors'),
      await rxflo(cwd, ...typed, '--engine', 'kernels', '--out', 'kernels'),
      await rxflo(cwd, ...typed, '--out', 'usual'),
    ];
    expect(runs.map(({ status, stderr }) => ({ status, stderr }))).toEqual(runs.map(() => ({ status: 0, stderr: '' })));
    expect(recordingOf(cwd, 'kernels').equals(recordingOf(cwd, 'actors'))).toBe(true);
    expect(recordingOf(cwd, 'usual').equals(recordingOf(cwd, 'actors'))).toBe(true);
  });

  test.concurrent('of a run that is gone on with may be another', async () => {
    const cwd = place('resume');
    writeFileSync(join(cwd, 'noise.ts'), noisyScenario);
    const typed = ['run', 'noise.ts', '--learner', 'rflo', 'bptt', '--trials', '700', '--checkpoint-seconds', '0.02'];
    const whole = await rxflo(cwd, ...typed, '--engine', 'actors', '--out', 'whole');
    const { child, ended } = start(cwd, ...typed, '--engine', 'kernels', '--out', 'part');
    const bytes = () => {
      try {
        return recordingOf(cwd, 'part').length;
      } catch {
        return 0;
      }
    };
    while (child.exitCode === null && bytes() < 1000) await new Promise((go) => setTimeout(go, 2));
    child.kill('SIGINT');
    expect([whole.status, (await ended).status]).toEqual([0, 1]);
    const { status, stderr } = await rxflo(cwd, ...typed, '--engine', 'actors', '--out', 'part', '--resume');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(recordingOf(cwd, 'part').equals(recordingOf(cwd, 'whole'))).toBe(true);
  });
});

describe('a scenario with something opaque', () => {
  test.concurrent('runs as actors, and says what falls away', async () => {
    const cwd = place('opaque');
    writeFileSync(join(cwd, 'opaque.ts'), opaqueScenario);
    const said =
      "rule 'mine' is opaque: it runs as actors; its locality is not certified, its cost and formula are unknown";
    const [usual, actors, solver] = [
      await one.rxflo(cwd, 'run', 'opaque.ts', '--json', '--out', 'usual'),
      await one.rxflo(cwd, 'run', 'opaque.ts', '--engine', 'actors', '--out', 'actors'),
      await one.rxflo(cwd, 'run', 'opaque.ts', '--learner', 'bptt', '--out', 'solver'),
    ];
    expect([usual, actors, solver].map(({ status, stderr }) => [status, stderr])).toEqual([
      ...[0, 0].map((status) => [status, `${said}\n`]),
      [0, ''], // a solver runs no rule
    ]);
    const { learners } = JSON.parse(usual.stdout) as Summary;
    expect(learners.map(({ learner, engine }) => [learner, engine])).toEqual([
      ['mine', 'actors'],
      ['bptt', 'kernels'],
    ]);
    const reports = ['usual', 'solver'].map((run) => readFileSync(join(cwd, run, 'report.html'), 'utf8'));
    const warned = reports.map((report) =>
      report.includes('is opaque: it runs as actors; its locality is not certified'),
    );
    expect(warned).toEqual([true, false]);
  });
});

describe('rxflo solve --engine', () => {
  test.concurrent('gives the same numbers on both, and others in float32', async () => {
    const cwd = join(ROOT, 'test/golden');
    const typed = ['solve', 'rflo-trial.json', '--json'];
    const [actors, kernels, single] = [
      await one.rxflo(cwd, ...typed, '--engine', 'actors'),
      await one.rxflo(cwd, ...typed, '--engine', 'kernels'),
      await one.rxflo(cwd, ...typed, '--precision', 'f32'),
    ];
    expect([actors, kernels, single].map(({ status, stderr }) => [status, stderr])).toEqual(
      [1, 2, 3].map(() => [0, '']),
    );
    expect(kernels.stdout).toBe(actors.stdout);
    expect(single.stdout).not.toBe(actors.stdout);
  });
});
