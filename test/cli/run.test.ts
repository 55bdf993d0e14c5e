import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Summary } from '../../src/recording/index.ts';
import { contentsOf, host, ROOT, rxflo, start, workplace } from './command.ts';

interface Printed extends Summary {
  readonly directory: string;
  readonly report: string;
}

const { directory, remove } = workplace();
const one = host();
afterAll(() => {
  one.end();
  remove();
});

const scenarios = (name: string) => join(ROOT, 'scenarios', name);
const periodic = scenarios('periodic.ts');
const small = ['--set', 'units=8', 'period=20', '--trials', '30'];

/** A place for one test, to type commands in. */
function place(name: string): string {
  const path = join(directory, name);
  mkdirSync(path);
  return path;
}

/** What a run prints under --json; it must have gone well. */
async function json(cwd: string, ...args: string[]): Promise<Printed> {
  const { status, stdout, stderr } = await one.rxflo(cwd, 'run', ...args, '--json');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as Printed;
}

describe('rxflo run', () => {
  test.concurrent('prints a table and where the report is, nothing else', async () => {
    const cwd = place('table');
    const { status, stdout, stderr } = await rxflo(cwd, 'run', periodic, ...small);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('Periodic output, seed 1');
    for (const learner of ['rflo', 'bptt', 'rtrl']) {
      expect(lines.filter((line) => line.startsWith(`│ ${learner} `) && line.includes('│ trials │'))).toHaveLength(1);
    }
    expect(lines.at(-1)).toBe(`Report: ${join(cwd, 'runs/periodic/report.html')}`);
    expect(readFileSync(join(cwd, 'runs/periodic/report.html'), 'utf8')).toContain('</html>');
    expect(readdirSync(join(cwd, 'runs/periodic')).sort()).toEqual([
      ...['checkpoint.msgpack', 'figures', 'recording.msgpack', 'report.html', 'summary.json'],
    ]);
  });

  test.concurrent.each([
    ['custom-rule', ['--set', 'units=8', 'period=20'], ['slow-rflo', 'bptt'], ['periodic', 'leaky-sigmoid']],
    ['from-csv', ['--set', 'units=8'], ['rflo', 'bptt'], ['from-csv', 'input']],
  ])('runs %s', async (name, flags, learners, [task, model]) => {
    const cwd = place(name);
    const summary = await json(cwd, scenarios(`${name}.ts`), ...flags, '--trials', '30');
    expect(summary.directory).toBe(join(cwd, 'runs', name));
    expect(existsSync(summary.report)).toBe(true);
    expect(summary).toMatchObject({ format: 'rxflo-summary/2', state: 'finished', seed: 1, task: { name: task } });
    expect(summary.circuit.populations[0].model).toBe(model);
    expect(summary.learners.map(({ learner }) => learner)).toEqual(learners);
    expect(JSON.parse(readFileSync(join(summary.directory, 'summary.json'), 'utf8'))).toEqual(
      Object.fromEntries(Object.entries(summary).filter(([key]) => key !== 'directory' && key !== 'report')),
    );
  });

  test.concurrent('runs the quick size of a scenario, where nothing else is asked', async () => {
    const cwd = place('quick');
    const text = readFileSync(scenarios('custom-rule.ts'), 'utf8');
    writeFileSync(
      join(cwd, 'quick.ts'),
      text.replace('trials: 2000,', 'trials: 2000,\n  quick: { trials: 4, settings: { units: 5, period: 20 } },'),
    );
    const ran = async (...flags: string[]) => {
      const { settings, learners } = await json(cwd, 'quick.ts', '--quick', ...flags);
      return [settings['units'], settings['period'], ...learners.map(({ trials }) => trials)];
    };
    expect(await ran()).toEqual([5, 20, 4, 4]);
    expect(await ran('--trials', '2', '--set', 'units=6')).toEqual([6, 20, 2, 2]);
  });

  test.concurrent(
    'runs ladder: each step with random and with symmetric feedback, and how near it came to the gradient',
    async () => {
      const cwd = place('ladder');
      const flags = ['--set', 'units=10', 'period=20', 'density=0.2', '--trials', '20', '--json'];
      const { status, stdout, stderr } = await one.rxflo(cwd, 'run', scenarios('ladder.ts'), ...flags);
      const snaps = ['snap-1-random', 'snap-2-random', 'snap-3-random', 'snap-1', 'snap-2', 'snap-3'];
      const plain = `${snaps.join(', ')}: SnAp has no kernels and runs in the plain solver`;
      expect({ status, stderr }).toEqual({ status: 0, stderr: `${plain}\n` });
      const { learners, directory: run } = JSON.parse(stdout) as Printed;
      expect(learners.map(({ learner }) => learner)).toEqual([
        ...['rflo', ...snaps.slice(0, 3), 'bptt-random'],
        ...['rflo-weight-transport', ...snaps.slice(3), 'bptt'],
      ]);
      expect(learners.map(({ engine }) => engine).filter((engine) => engine === 'kernels')).toHaveLength(4);
      const reached = learners.map(({ gradientAlignment }) => gradientAlignment ?? NaN);
      for (const cosine of reached) expect(Math.abs(cosine)).toBeLessThanOrEqual(1);
      expect(reached[8]).toBeGreaterThan(reached[6]); // snap-3 and snap-1
      expect(reached[9]).toBeGreaterThan(1 - 1e-9);
      expect(existsSync(join(run, 'figures/gradient-alignment.svg'))).toBe(true);
      expect(readFileSync(join(run, 'report.html'), 'utf8')).toContain(`<p>${plain}.</p>`);
    },
  );

  test.concurrent('learns signals of one own, seen from where the command is typed', async () => {
    const cwd = place('own-signals');
    const rows = Array.from({ length: 25 }, (_, t) => `${t},${Math.sin(t / 4).toFixed(3)},${Number(t === 3)}`);
    writeFileSync(join(cwd, 'mine.csv'), `t,wave,cue\n${rows.join('\n')}\n`);
    const options = ['--set', 'signals=mine.csv', 'inputs=cue', 'targets=wave', 'units=10'];
    const { learners, task } = await json(cwd, scenarios('from-csv.ts'), ...options, '--trials', '300');
    expect(task.settings).toMatchObject({ timesteps: 25, input: { columns: ['cue'] }, target: { file: 'mine.csv' } });
    for (const { firstLoss, lastLoss } of learners) {
      expect(lastLoss ?? NaN).toBeLessThan(0.7 * (firstLoss ?? NaN));
    }
  });

  test.concurrent('takes learners, schedule, feedback, seed and settings from flags', async () => {
    const cwd = place('flags');
    const learnersOf = async (...flags: string[]) =>
      (await json(cwd, periodic, ...small, ...flags)).learners.map(
        ({ learner, engine, schedule, feedback }) => `${learner} ${engine} ${schedule} ${feedback}`,
      );
    const [spaces, commas, online, symmetric, seeded] = await Promise.all([
      learnersOf('--learner', 'rflo', 'bptt', '--out', 'spaces'),
      learnersOf('--learner', 'rflo,bptt', '--out', 'commas'),
      learnersOf('--learner', 'rflo', '--schedule', 'online', '--out', 'online'),
      learnersOf('--learner', 'rflo', 'bptt', '--feedback', 'symmetric', '--engine', 'actors', '--out', 'symmetric'),
      json(cwd, periodic, ...small, '--seed', '-7', '--learner', 'bptt', '--out', 'seeded'),
    ]);
    expect(spaces).toEqual(['rflo kernels trial random', 'bptt kernels trial symmetric']);
    expect(commas).toEqual(spaces);
    expect(online).toEqual(['rflo-online kernels online random']);
    expect(symmetric).toEqual(['rflo-weight-transport actors trial symmetric', 'bptt bptt trial symmetric']);
    expect(seeded).toMatchObject({ seed: -7, settings: { units: 8, period: 20 } });
  });

  test.concurrent('numbers its directories, and --resume takes the last', async () => {
    const cwd = place('numbers');
    const typed = ['run', periodic, ...small, '--learner', 'bptt'];
    // At one time: each takes a directory of its own.
    const runs = await Promise.all([rxflo(cwd, ...typed), rxflo(cwd, ...typed)]);
    expect(runs.map(({ status }) => status)).toEqual([0, 0]);
    expect(readdirSync(join(cwd, 'runs')).sort()).toEqual(['periodic', 'periodic-2']);
    const before = contentsOf(join(cwd, 'runs/periodic'));
    const { directory: resumed } = await json(cwd, periodic, ...small, '--learner', 'bptt', '--resume');
    expect(resumed).toBe(join(cwd, 'runs/periodic-2'));
    expect(contentsOf(join(cwd, 'runs/periodic'))).toEqual(before);
  });

  test.concurrent('a scenario elsewhere imports rxflo, and what it prints is no result', async () => {
    const cwd = place('elsewhere');
    const text = readFileSync(periodic, 'utf8').replace(/^export default/m, "console.log('made by hand');\n$&");
    writeFileSync(join(cwd, 'mine.ts'), `import { basename } from 'node:path';\n${text}\nvoid basename;\n`);
    const { status, stdout, stderr } = await rxflo(cwd, 'run', 'mine.ts', ...small, '--learner', 'bptt', '--json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'made by hand\n' });
    expect((JSON.parse(stdout) as Printed).directory).toBe(join(cwd, 'runs/mine'));
  });

  test.concurrent('tells on standard error how far it is', async () => {
    const cwd = place('progress');
    const typed = ['run', periodic, '--learner', 'rflo', '--trials', '1000000', '--seconds', '2.5', '--json'];
    const { stdout, stderr, progress } = await rxflo(cwd, ...typed);
    expect(stderr).toBe('');
    expect(progress).toMatch(/^(rflo: trial \d+ of \d+, loss \d\.\d+e-\d, \d+ s left\n)+$/);
    expect((JSON.parse(stdout) as Printed).learners[0].ended).toBe('time');
  });

  test.concurrent('goes on to its end when nobody reads what it prints', async () => {
    const cwd = place('closed');
    const { child, ended } = start(cwd, 'run', periodic, ...small);
    child.stdout?.destroy();
    child.stderr?.destroy();
    expect((await ended).status).toBe(0);
    expect(existsSync(join(cwd, 'runs/periodic/report.html'))).toBe(true);
  });

  test('is what npm runs, from any folder', () => {
    const cwd = place('npm');
    const args = ['run', '-s', '--prefix', ROOT, 'rxflo', '--', 'solve', 'nowhere.json'];
    const { status, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toContain(`rxflo: ${join(cwd, 'nowhere.json')}: does not exist; check the name\n`);
  });
});

describe('rxflo export and rxflo report', () => {
  const cwd = join(directory, 'made-of-runs');
  beforeAll(async () => {
    place('made-of-runs');
    await json(cwd, periodic, ...small, '--out', 'one');
  });

  test.concurrent('export as CSV', async () => {
    const { status, stdout, stderr } = await one.rxflo(cwd, 'export', 'one', '--format', 'csv');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const files = stdout.trimEnd().split('\n');
    expect(files).toEqual(['trials', 'weights', 'activity'].map((name) => join(cwd, 'one/export', `${name}.csv`)));
    const [header, ...rows] = readFileSync(files[0], 'utf8').trimEnd().split('\n');
    expect(header).toBe('learner,trial,loss,alignment');
    const { learners } = JSON.parse(readFileSync(join(cwd, 'one/summary.json'), 'utf8')) as Summary;
    expect(rows).toHaveLength(learners.reduce((sum, { trials }) => sum + trials, 0));
    expect(rows.filter((row) => row.startsWith('rflo,')).map((row) => row.split(',')[2])).toContain(
      String(learners[0].lastLoss), // full precision
    );
  });

  test.concurrent('export as NPZ, elsewhere, as JSON', async () => {
    const { status, stdout } = await one.rxflo(cwd, 'export', 'one', '--format', 'npz', '--out', 'there', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ files: [join(cwd, 'there/run.npz')] });
    expect(readFileSync(join(cwd, 'there/run.npz')).subarray(0, 2).toString()).toBe('PK');
  });

  test.concurrent('report', async () => {
    const report = join(cwd, 'one/report.html');
    const before = readFileSync(report);
    const [text, data] = [await one.rxflo(cwd, 'report', 'one'), await one.rxflo(cwd, 'report', 'one', '--json')];
    expect(text).toMatchObject({ status: 0, stdout: `Report: ${report}\n`, stderr: '' });
    const { files } = JSON.parse(data.stdout) as { files: readonly string[] };
    expect(files[0]).toBe(report);
    expect(files.every((file) => existsSync(file))).toBe(true);
    expect(readFileSync(report).equals(before)).toBe(true);
  });
});
