import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadCheckpoint, type Summary } from '../../src/recording/index.ts';
import { ROOT, rxflo, workplace } from './command.ts';

const { directory, remove } = workplace();
afterAll(remove);

const periodic = join(ROOT, 'scenarios/periodic.ts');

describe('a run that fails', () => {
  test.concurrent('says who, when and why; the others go on, and what is good is kept', async () => {
    const flags = ['--set', 'units=8', 'period=20', 'rate=1e6', '--trials', '30', '--checkpoint-seconds', '1e-6'];
    const { status, stdout, stderr } = await rxflo(directory, 'run', periodic, ...flags, '--out', 'diverged', '--json');
    expect(status).toBe(1);
    const summary = JSON.parse(stdout) as Summary;
    expect(summary.state).toBe('failed');
    const [rflo, bptt, rtrl] = summary.learners;
    expect([rflo, bptt, rtrl].map(({ ended }) => ended)).toEqual(['failed', 'failed', 'trials']);
    expect(rtrl.error).toBe(null);
    expect(stderr).toBe(`rflo failed: ${rflo.error}\nbptt failed: ${bptt.error}\n`);

    const file = join(directory, 'diverged/checkpoint.msgpack');
    const { learners } = loadCheckpoint(file);
    for (const { learner, error, trials } of [rflo, bptt]) {
      expect(error).toMatch(/^(neuron|synapse|error unit).* \(trial \d+, timestep \d+\): .* became -?(Infinity|NaN)$/);
      expect(error).toContain(`(trial ${trials + 1}, `);
      const { state, ended } = learners[learner];
      expect(ended).toBe(`failed: ${error}`);
      expect(state.trial).toBe(trials); // a checkpoint after every trial: the one before the failure
    }
    expect(readFileSync(join(directory, 'diverged/report.html'), 'utf8')).toContain('became');
  });

  test.concurrent('ends with one line where a timer or a promise of its scenario fails', async () => {
    const start = readFileSync(periodic, 'utf8');
    writeFileSync(join(directory, 'timer.ts'), `setTimeout(() => { throw new Error('late'); }, 1);\n${start}`);
    writeFileSync(join(directory, 'promise.ts'), `void Promise.reject(new Error('late'));\n${start}`);
    for (const file of ['timer.ts', 'promise.ts']) {
      const { status, stderr } = await rxflo(directory, 'run', file, '--out', 'strays', '--trials', '100000');
      expect(status).toBe(1);
      expect(stderr).toMatch(/^rxflo: a timer or a promise that nothing waits for failed: late\n$/);
    }
  });

  test.concurrent('ends with one line and exit code 1 if its scenario calls process.exit', async () => {
    writeFileSync(join(directory, 'exit.ts'), `process.exit(0);\n${readFileSync(periodic, 'utf8')}`);
    const { status, stderr } = await rxflo(directory, 'run', 'exit.ts', '--out', 'exit');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^rxflo: .*process\.exit.*\n$/);
  });

  test.concurrent('ends with one line and exit code 2 if two of its files import each other', async () => {
    const start = readFileSync(periodic, 'utf8');
    writeFileSync(join(directory, 'circle.ts'), `import { b } from './other.ts';\nexport const a = b + 1;\n${start}`);
    writeFileSync(join(directory, 'other.ts'), "import { a } from './circle.ts';\nexport const b = a + 1;\n");
    const { status, stderr } = await rxflo(directory, 'run', 'circle.ts', '--out', 'circle');
    expect(stderr).toMatch(/^rxflo: circle\.ts.*: .*import each other.*\n$/); // Node has two errors for this
    expect(status).toBe(2);
  });

  test.concurrent("names the actor in which a scenario's own rule threw, and keeps the report", async () => {
    writeFileSync(
      join(directory, 'throws.ts'),
      `import { circuit, delta, leakyTanh, linear, normal, periodic, plasticityRule, scenario } from 'rxflo';

const fragile = plasticityRule({
  name: 'fragile',
  opaque: true,
  params: { eta: 0.1 },
  state: { age: 0 },
  trace: ({ age }) => {
    if (age === 7) throw new Error('too old');
    return { age: age + 1 };
  },
  change: ({ eta, post, pre }) => eta * post.signal * pre.rate,
});

export default scenario({
  title: 'Fragile',
  circuit: () =>
    circuit({
      neurons: { h: leakyTanh(3, { initial: 0.1 }), y: linear(1) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: normal(), rule: fragile() },
        readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
      },
    }),
  task: () => periodic({ period: 10 }),
  trials: 5,
  compare: ['fragile', 'bptt'],
});
`,
    );
    const { status, stdout, stderr } = await rxflo(directory, 'run', 'throws.ts');
    expect(status).toBe(1);
    expect(stderr).toBe(
      "rule 'fragile' is opaque: it runs as actors; its locality is not certified, its cost and formula are unknown\n" +
        'fragile failed: synapse recurrent 0 <- 0 (trial 1, timestep 8): too old\n',
    );
    expect(stdout).toMatch(/│ fragile .*│ failed │\n/);
    expect(stdout).toMatch(/│ bptt .*│ trials │\n/);
    expect(existsSync(join(directory, 'runs/throws/report.html'))).toBe(true);
  });

  test.concurrent('makes solve fail, too, with nothing on standard output', async () => {
    const vector = readFileSync(join(ROOT, 'test/golden/rflo-trial.json'), 'utf8');
    const { problem } = JSON.parse(vector) as { problem: { learning: object } };
    const learning = { ...problem.learning, rates: { w_in: 1e200, w_rec: 1e200, w_out: 1e200 } };
    writeFileSync(join(directory, 'wild.json'), JSON.stringify({ ...problem, learning }));
    const { status, stdout, stderr } = await rxflo(directory, 'solve', 'wild.json');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^rxflo: .* \(trial 2, timestep 1\): .* became -?(Infinity|NaN)\n$/);
  });
});

describe.skipIf(!existsSync('/dev/full'))('a command that cannot print', () => {
  test.each([
    ['stderr', ['solve', 'nothing.json'], 'rxflo: cannot print: ENOSPC'],
    ['stdout', ['--version'], 'rxflo: cannot print: ENOSPC'],
  ] as const)('on %s says so once, on the other stream, and ends', (full, words, said) => {
    const handle = openSync('/dev/full', 'w');
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...words], {
      cwd: ROOT,
      stdio: full === 'stderr' ? ['ignore', 'pipe', handle] : ['ignore', handle, 'pipe'],
      encoding: 'utf8',
      timeout: 60_000,
    });
    closeSync(handle);
    expect(status).not.toBe(0);
    const told = full === 'stderr' ? stdout : stderr;
    expect(told.split('\n')).toEqual([expect.stringContaining(said), '']);
  });
});
