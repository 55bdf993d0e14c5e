import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { lastValueFrom, tap, toArray } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { circuit } from '../../src/circuit/index.ts';
import { input, leakyRelu, leakyTanh, linear } from '../../src/neurons/index.ts';
import { constant, normal } from '../../src/random/index.ts';
import {
  loadCheckpoint,
  readRun,
  readSummary,
  recordRun,
  type RecordOptions,
  type RunEvent,
} from '../../src/recording/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { periodic } from '../../src/tasks/index.ts';
import { scenario, type Plan, type PlanOverrides } from '../../src/training/index.ts';
import { bytesOf, complaint, scratch } from './sample.ts';

const small = scenario({
  title: 'Small',
  options: { rate: 0.1 },
  circuit: ({ rate }) =>
    circuit({
      neurons: { h: leakyTanh(3, { initial: 0.1 }), y: linear(1) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: normal(), rule: rflo({ eta: rate }) },
        readout: { from: 'h', to: 'y', weights: normal({ sd: 0.1 }), rule: delta({ eta: rate }) },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    }),
  task: () => periodic({ period: 8 }),
  trials: 12,
  compare: ['rflo', 'bptt'],
});

async function run(plan: Plan, options: Omit<RecordOptions, 'scenario'>): Promise<readonly RunEvent[]> {
  return lastValueFrom(recordRun(plan, { ...options, scenario: 'small.ts' }).events$.pipe(toArray()));
}

/** The recording of a run that nothing stopped. */
async function whole(overrides: PlanOverrides = {}): Promise<Buffer> {
  const directory = join(scratch(), 'whole');
  await run(small.plan(overrides), { directory });
  return bytesOf(join(directory, 'recording.msgpack'));
}

/** Begins or resumes a run, of which then nothing more is heard: as if its process were killed. */
function killedAtOnce(plan: Plan, options: Omit<RecordOptions, 'scenario'>): void {
  recordRun(plan, { ...options, scenario: 'small.ts' });
  rmSync(join(options.directory, `lock.${process.pid}`));
}

const recordingOf = (directory: string) => bytesOf(join(directory, 'recording.msgpack'));

describe('a recorded run', () => {
  test('can be gone on with from the moment its directory is made', async () => {
    const directory = join(scratch(), 'run');
    killedAtOnce(small.plan(), { directory });
    expect(readdirSync(directory).sort()).toEqual(['checkpoint.msgpack', 'recording.msgpack']);
    expect(complaint(() => recordRun(small.plan({ seed: 2 }), { directory, scenario: '', resume: true }))).toContain(
      "seed: the saved run has '1', this one '2'",
    );
    await run(small.plan(), { directory, resume: true });
    expect(recordingOf(directory)).toEqual(await whole());
  });

  test.each([0, 20, Infinity])('killed before any checkpoint, with %d bytes recorded, begins again', async (bytes) => {
    const directory = join(scratch(), 'run');
    killedAtOnce(small.plan(), { directory });
    rmSync(join(directory, 'checkpoint.msgpack'));
    writeFileSync(join(directory, 'recording.msgpack'), recordingOf(directory).subarray(0, bytes));
    writeFileSync(join(directory, `checkpoint.msgpack.00000000-1-${'0'.repeat(16)}.tmp`), 'half');
    await run(small.plan(), { directory, resume: true });
    expect(recordingOf(directory)).toEqual(await whole());
    expect(readdirSync(directory).sort()).toEqual(['checkpoint.msgpack', 'recording.msgpack', 'summary.json']);
  });

  test('resumed on a task of the same name that plays another trial says so', async () => {
    const directory = join(scratch(), 'run');
    const plan = small.plan();
    await run(plan, { directory });
    const { target, ...rest } = plan.task.trial(1, () => 0);
    const other = { ...plan.task, trial: () => ({ ...rest, target: target.map((value) => -value) }) };
    expect(complaint(() => recordRun({ ...plan, task: other }, { directory, scenario: '', resume: true }))).toContain(
      'first trial: differs from that of the saved run',
    );
  });

  test('has an alignment of those alone whose error comes back through the feedback weights', async () => {
    const directory = join(scratch(), 'run');
    await run(small.plan(), { directory });
    const { learners, summary } = readRun(directory);
    const [rflo, bptt] = learners.map(({ trials }) => trials.alignment.at(-1));
    expect(rflo).toEqual(expect.any(Number));
    expect(bptt).toEqual(expect.any(Number)); // measured, but of no use to it
    expect(summary?.learners.map(({ alignment }) => alignment)).toEqual([rflo, null]);
  });

  test('gone on with has no summary of its end until it ends again', async () => {
    const directory = join(scratch(), 'run');
    await run(small.plan(), { directory });
    expect(readRun(directory).summary?.state).toBe('finished');
    killedAtOnce(small.plan(), { directory, resume: true });
    expect(readRun(directory).summary).toBeNull();
    await run(small.plan(), { directory, resume: true });
    expect(readRun(directory).summary?.state).toBe('finished');
  });

  test('that ended and is resumed stays as it is', async () => {
    const directory = join(scratch(), 'run');
    await run(small.plan(), { directory });
    const before = recordingOf(directory);
    const events = await run(small.plan(), { directory, resume: true });
    expect(events.map(({ type }) => type)).toEqual(['done']);
    expect(recordingOf(directory)).toEqual(before);
  });

  test('whose checkpoint was lost is not begun again over its trials', async () => {
    const directory = join(scratch(), 'run');
    await run(small.plan(), { directory });
    rmSync(join(directory, 'checkpoint.msgpack'));
    const before = recordingOf(directory);
    const problem = complaint(() => recordRun(small.plan(), { directory, scenario: '', resume: true }));
    expect(problem).toContain('checkpoint.msgpack: is missing, and the run cannot be resumed without it');
    rmSync(join(directory, 'summary.json'));
    expect(complaint(() => recordRun(small.plan(), { directory, scenario: '', resume: true }))).toBe(problem);
    expect(recordingOf(directory)).toEqual(before);
  });

  test.each([1, 11])('stopped in trial %d and resumed has the same bytes', async (trial) => {
    const directory = join(scratch(), 'run');
    const stopping = recordRun(small.plan(), { directory, scenario: 'small.ts' });
    await lastValueFrom(
      stopping.events$.pipe(
        tap((event) => {
          if (event.type === 'session' && event.event.type === 'trial' && event.event.trial === trial) stopping.stop();
        }),
      ),
    );
    expect(readSummary(join(directory, 'summary.json'))).toMatchObject({
      state: 'interrupted',
      learners: [{ ended: 'stopped', trials: trial }, { ended: 'not begun' }],
    });
    await run(small.plan(), { directory, resume: true });
    expect(recordingOf(directory)).toEqual(await whole());
    expect(readSummary(join(directory, 'summary.json')).state).toBe('finished');
  });

  test('of a circuit with noise and with traces that are kept, stopped and resumed, has the same bytes', async () => {
    const dialled = scenario({
      title: 'Dialled',
      circuit: () =>
        circuit({
          neurons: { h: leakyTanh(3, { initial: 0.1 }), y: linear(1) },
          synapses: {
            recurrent: {
              from: 'h',
              to: 'h',
              weights: normal(),
              rule: rflo({ eta: 0.1 }),
              traces: { keep: true, bits: 8 },
            },
            readout: { from: 'h', to: 'y', weights: normal(), rule: delta({ eta: 0.1 }), bounds: [-1, 1], bits: 3 },
          },
          feedback: { error: { from: 'y', to: 'h', weights: normal() } },
          axons: { h: { noise: 0.2, threshold: 0.05 } },
        }),
      task: () => periodic({ period: 8 }),
      trials: 12,
      compare: ['rflo'],
    });
    const unbroken = join(scratch(), 'unbroken');
    await run(dialled.plan(), { directory: unbroken });
    for (const trial of [1, 7, 12]) {
      const directory = join(scratch(), `stopped-${trial}`);
      const first = recordRun(dialled.plan(), { directory, scenario: 'small.ts' });
      await lastValueFrom(
        first.events$.pipe(
          tap((event) => {
            if (event.type === 'session' && event.event.type === 'trial' && event.event.trial === trial) first.stop();
          }),
        ),
      );
      await run(dialled.plan(), { directory, resume: true });
      expect(recordingOf(directory)).toEqual(recordingOf(unbroken));
    }
    const { circuit: described } = readSummary(join(unbroken, 'summary.json'));
    expect(described.populations[0].dials).toEqual({ threshold: '0.05', noise: '0.2' });
    expect(described.synapses.map(({ dials }) => dials)).toEqual([
      { 'traces.bits': '8', 'traces.range': '1', 'traces.keep': 'true' },
      { bounds: '-1 to 1', bits: '3' },
    ]);
  });

  test('stopped in its very last trial has finished', async () => {
    const directory = join(scratch(), 'run');
    const plan = small.plan({ learners: ['bptt'] });
    const stopping = recordRun(plan, { directory, scenario: 'small.ts' });
    await lastValueFrom(
      stopping.events$.pipe(
        tap((event) => {
          if (event.type === 'session' && event.event.type === 'trial' && event.event.trial === 12) stopping.stop();
        }),
      ),
    );
    expect(readSummary(join(directory, 'summary.json')).state).toBe('finished');
  });

  test('resumed under other settings says which', async () => {
    const directory = join(scratch(), 'run');
    await run(small.plan(), { directory });
    const refusal = (overrides: PlanOverrides) =>
      complaint(() => recordRun(small.plan(overrides), { directory, scenario: '', resume: true }));
    expect(refusal({ settings: { rate: 0.2 } })).toContain("option rate: the saved run has '0.1', this one");
    expect(refusal({ trials: 11 })).toContain("trials: the saved run has '12', this one '11'");
    expect(refusal({ trials: 13, patience: 3 })).toContain("patience: the saved run has 'none', this one '3'");
    expect(refusal({ learners: ['rflo'] })).toContain("learners: the saved run has 'rflo, bptt', this one");
    expect(refusal({ patience: 3 })).toContain("patience: the saved run has 'none', this one '3'");
  });

  test('gets a directory of its own if numbered, whatever else begins', () => {
    const base = join(scratch(), 'runs', 'small');
    const directories = Array.from({ length: 3 }, () => {
      const options = { directory: base, numbered: true, scenario: 'small.ts' };
      return basename(recordRun(small.plan(), options).directory);
    });
    expect(directories).toEqual(['small', 'small-2', 'small-3']);
  });

  test('that is wrong leaves nothing behind', () => {
    const base = scratch();
    const plan = { ...small.plan(), task: { ...periodic(), inputs: 1, outputs: 2, trial: () => three } };
    const three = { timesteps: 1, input: new Float64Array(0), target: new Float64Array(3) };
    for (const numbered of [false, true]) {
      const options = { directory: join(base, 'a', 'b'), numbered, scenario: '' };
      expect(complaint(() => recordRun(plan, options))).toContain('target');
    }
    expect(readdirSync(base)).toEqual([]);
  });

  test('into a directory in which another begins at the same time touches nothing of it', () => {
    const directory = join(scratch(), 'run');
    mkdirSync(directory);
    const racing = small.plan();
    // The other run begins while this one is still opening its learners, and has no more than its directory's first file.
    const task = periodic({ period: 8 });
    const trial: typeof task.trial = (index, random) => {
      writeFileSync(join(directory, 'recording.msgpack'), 'of the other');
      return task.trial(index, random);
    };
    expect(complaint(() => recordRun({ ...racing, task: { ...task, trial } }, { directory, scenario: '' }))).toContain(
      'already holds a run',
    );
    expect(readFileSync(join(directory, 'recording.msgpack'), 'utf8')).toBe('of the other');
  });
});

describe('a circuit that diverges', () => {
  const wild = (weight: number, rate: number) =>
    scenario({
      title: 'Wild',
      circuit: () =>
        circuit({
          neurons: { h: leakyRelu(2, { tau: 1, initial: 1 }), y: linear(1) },
          synapses: {
            recurrent: { from: 'h', to: 'h', weights: constant(weight) },
            readout: { from: 'h', to: 'y', weights: constant(1), rule: delta({ eta: rate }) },
          },
          feedback: { error: { from: 'y', to: 'h', weights: normal() } },
        }),
      task: () => periodic({ period: 4 }),
      trials: 2,
      compare: ['delta', 'bptt'],
    }).plan();

  test('before it learns anything, fails in its first trial', async () => {
    const directory = join(scratch(), 'run');
    const events = await run(wild(1e200, 0.1), { directory });
    expect(events.at(-1)).toMatchObject({ type: 'done', summary: { state: 'failed' } });
    const { learners } = readSummary(join(directory, 'summary.json'));
    for (const { ended, error, trials } of learners) {
      expect([ended, trials]).toEqual(['failed', 0]);
      expect(error).toMatch(/^(error unit|neuron h 0) \(trial 1, timestep 1\): .* became Infinity$/);
    }
    expect(readRun(directory).learners[0].activity.before.size).toBe(0);
  });

  test('only once it has learned, fails when it is to be shown', async () => {
    const directory = join(scratch(), 'run');
    const plan = { ...wild(0.5, 1e155), trials: 1 };
    const once = plan.learners.map((learner) => ({ ...learner, trials: 1 }));
    const events = await run({ ...plan, learners: once }, { directory });
    expect(events.filter((event) => event.type === 'session').map(({ event }) => event.type)).toEqual([
      ...['trial', 'failed', 'trial', 'failed'],
    ]);
    const { learners } = loadCheckpoint(join(directory, 'checkpoint.msgpack'));
    expect(learners['delta'].state.trial).toBe(1);
    expect(learners['delta'].ended).toMatch(/^failed: .* \(trial 2, timestep 1\): .* became Infinity$/);
  });
});

test('an input population is recorded, too', async () => {
  const directory = join(scratch(), 'run');
  const driven = scenario({
    title: 'Driven',
    circuit: () =>
      circuit({
        neurons: { x: input(1), y: linear(1) },
        synapses: { readout: { from: 'x', to: 'y', weights: normal(), rule: delta() } },
      }),
    task: () => ({ ...periodic({ period: 3 }), inputs: 1, trial: () => step }),
    trials: 2,
    compare: ['delta'],
  });
  const step = { timesteps: 3, input: Float64Array.of(0, 1, 1), target: Float64Array.of(0, 0.5, 0.5) };
  await run(driven.plan(), { directory });
  const [{ activity }] = readRun(directory).learners;
  expect([...(activity.before.get('x')?.rates ?? [])]).toEqual([0, 1, 1]);
  expect([...(activity.after.get('y')?.target ?? [])]).toEqual([0, 0.5, 0.5]);
});
