import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stream } from '../../src/random/index.ts';
import { loadCheckpoint, readRun, type Summary } from '../../src/recording/index.ts';
import { rxflo, start, workplace, type Ended } from './command.ts';
import { noisyScenario } from './noisy-scenario.ts';

const { directory, remove } = workplace();
const at = (run: string, file: string) => join(directory, run, file);
const run = (out: string, ...flags: string[]) => ['run', 'noise.ts', '--out', out, ...flags];

/** All three learners in one run, and those that can learn online. */
const together = ['--checkpoint-seconds', '0.02'];
const online = [
  '--schedule',
  'online',
  '--learner',
  'rflo',
  'rtrl',
  '--trials',
  '300',
  '--checkpoint-seconds',
  '0.001',
];

beforeAll(async () => {
  writeFileSync(join(directory, 'noise.ts'), noisyScenario);
  const whole = await Promise.all([
    rxflo(directory, ...run('whole')),
    rxflo(directory, ...run('again', '--checkpoint-seconds', '0.3')),
    rxflo(directory, ...run('whole-online', ...online)),
  ]);
  expect(whole.map(({ status }) => status)).toEqual([0, 0, 0]);
});
afterAll(remove);

function recordedBytes(out: string): number {
  return statSync(at(out, 'recording.msgpack'), { throwIfNoEntry: false })?.size ?? 0;
}

/** Starts a command and sends it a signal, `delay` ms after its recording has reached `bytes`. */
async function interrupt(
  out: string,
  flags: readonly string[],
  { signal, bytes, delay }: { signal: NodeJS.Signals; bytes: number; delay: number },
): Promise<Ended> {
  const { child, ended } = start(directory, ...run(out, ...flags));
  const pause = (ms: number) => new Promise((go) => setTimeout(go, ms));
  while (child.exitCode === null && recordedBytes(out) < bytes) await pause(3);
  await pause(delay);
  child.kill(signal);
  return await ended;
}

/** Kills a run at moments spread over it and resumes it each time; returns how many of the kills found it running. */
async function killed(out: string, flags: readonly string[], whole: string, times: number): Promise<number> {
  const random = stream(7, 'kills', out);
  let kills = 0;
  for (let i = 0; i < times; i++) {
    const bytes = Math.max(1, ((i + random()) / times) * 0.97 * recordedBytes(whole));
    const resume = existsSync(at(out, 'recording.msgpack')) ? ['--resume'] : [];
    const { status, signal, stderr } = await interrupt(out, [...flags, ...resume], {
      signal: 'SIGKILL',
      bytes,
      delay: random() * 15,
    });
    expect(stderr).toBe('');
    if (signal === 'SIGKILL') kills++;
    else expect(status).toBe(0);
  }
  return kills;
}

/** Finishes a run, and compares it with one that was never stopped. */
async function expectTheSame(out: string, flags: readonly string[], whole: string): Promise<void> {
  const { status, stderr } = await rxflo(directory, ...run(out, ...flags, '--resume'));
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(readFileSync(at(out, 'recording.msgpack')).equals(readFileSync(at(whole, 'recording.msgpack')))).toBe(true);
  for (const { trials } of readRun(join(directory, out)).learners) {
    expect([...trials.trial]).toEqual(Array.from(trials.trial, (_, i) => i + 1)); // none lost, none twice
  }
  expect(outcome(out)).toEqual(outcome(whole));
  expect(readdirSync(join(directory, out)).sort()).toEqual(readdirSync(join(directory, whole)).sort());
}

/** Where each learner ended, its weights as bytes; not the time it took. */
function outcome(out: string): unknown {
  const { learners } = loadCheckpoint(at(out, 'checkpoint.msgpack'));
  return Object.entries(learners).map(([name, { ended, state }]) => {
    const weights = Object.entries(state.weights).map(([group, w]) => [group, Buffer.from(w.buffer).toString('hex')]);
    return { name, ended, trial: state.trial, best: state.best, last: state.last, weights };
  });
}

describe('a run', () => {
  test('has the same bytes each time, whenever its checkpoints are', () => {
    const [one, two] = ['whole', 'again'].map((out) => readFileSync(at(out, 'recording.msgpack')));
    expect(one.equals(two)).toBe(true);
    expect(outcome('again')).toEqual(outcome('whole'));
  });

  test.concurrent('killed at five moments and resumed each time ends with the same bits', async () => {
    expect(await killed('killed', together, 'whole', 5)).toBe(5);
    await expectTheSame('killed', together, 'whole');
  });

  test.concurrent('that learns online, killed while it is mostly writing, too', async () => {
    expect(await killed('killed-online', online, 'whole-online', 3)).toBe(3);
    await expectTheSame('killed-online', online, 'whole-online');
  });

  test.concurrent.each(['SIGINT', 'SIGTERM'] as const)(
    'that gets %s ends after the trial with everything saved, and can go on',
    async (signal) => {
      const out = signal.toLowerCase();
      const bytes = recordedBytes('whole') * 0.4;
      const ended = await interrupt(out, [...together, '--json'], { signal, bytes, delay: 0 });
      expect(ended).toMatchObject({ status: 1, signal: null });
      expect(ended.stderr).toBe(
        'Stopping after this trial; interrupt again to quit at once.\n' +
          'Interrupted; everything is saved. To continue, repeat the command with --resume.\n',
      );
      const summary = JSON.parse(ended.stdout) as Summary & { readonly report: string };
      expect(summary.state).toBe('interrupted');
      expect(summary.learners.map((learner) => learner.ended)).toEqual(['trials', 'stopped', 'not begun']);
      expect(readFileSync(summary.report, 'utf8')).toContain('interrupted');
      const { state } = loadCheckpoint(at(out, 'checkpoint.msgpack')).learners['bptt'];
      expect(summary.learners[1].trials).toBe(state.trial);
      await expectTheSame(out, together, 'whole');
    },
  );
});
