import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { lastValueFrom, takeWhile, toArray } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { circuit } from '../../src/circuit/index.ts';
import { leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { loadCheckpoint, readRun, recordRun, runFiles, type RunEvent } from '../../src/recording/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { periodic } from '../../src/tasks/index.ts';
import { scenario } from '../../src/training/index.ts';
import { bytesOf, complaint, scratch } from './sample.ts';

/** Traces that are kept, so that more goes on than the weights. */
const small = scenario({
  title: 'Small',
  circuit: () =>
    circuit({
      neurons: { h: leakyTanh(3, { initial: 0.1 }), y: linear(1) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: normal(), rule: rflo(), traces: { keep: true } },
        readout: { from: 'h', to: 'y', weights: normal({ sd: 0.1 }), rule: delta() },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    }),
  task: () => periodic({ period: 8 }),
  probes: { h: { neurons: 'h', value: 'rate', everyTrials: 5 } },
  compare: [
    'rflo',
    'bptt',
    { learner: 'rflo', name: 'limited', trials: 5 },
    { rules: { recurrent: rflo({ eta: Number.MAX_VALUE }) }, name: 'wild' },
  ],
});

/** A checkpoint after every trial. */
const planOf = (trials: number, learners: readonly string[]) =>
  small.plan({ trials, learners, checkpointSeconds: Number.MIN_VALUE });
type Plan = ReturnType<typeof planOf>;
const events$ = (plan: Plan, directory: string, resume = false) =>
  recordRun(plan, { directory, resume, scenario: 'small.ts' }).events$;
const run = (...how: Parameters<typeof events$>) => lastValueFrom(events$(...how).pipe(toArray()));

/** A run of this plan that nothing stopped. */
async function whole(plan: Plan): Promise<string> {
  const directory = join(scratch(), 'whole');
  await run(plan, directory);
  return directory;
}

/** All that a run recorded, and the weights to go on from. */
function outcomeOf(directory: string) {
  const { learners } = loadCheckpoint(runFiles(directory).checkpoint);
  const states = Object.entries(learners).map(([name, { state, ended }]) => [
    name,
    { ...state, elapsed: 0, inTrials: 0 },
    ended,
  ]);
  return { states, recorded: readRun(directory).learners };
}

describe('a run that is resumed with more trials', () => {
  test('has the bytes of the longer run, where one learner runs', async () => {
    const directory = join(scratch(), 'run');
    for (const trials of [7, 12, 20]) await run(planOf(trials, ['rflo']), directory, trials > 7);
    const longer = await whole(planOf(20, ['rflo']));
    expect(bytesOf(runFiles(directory).recording)).toEqual(bytesOf(runFiles(longer).recording));
    expect(outcomeOf(directory)).toEqual(outcomeOf(longer));
    expect(readRun(directory).summary?.stops.trials).toBe(20);
  });

  test('has the bits of the longer run for each of several learners, but for one with a limit of its own', async () => {
    const directory = join(scratch(), 'run');
    const learners = ['rflo', 'bptt', 'limited'];
    for (const trials of [7, 12, 20]) await run(planOf(trials, learners), directory, trials > 7);
    expect(outcomeOf(directory)).toEqual(outcomeOf(await whole(planOf(20, learners))));
  });

  test('may be killed on its way, and is no shorter run any more', async () => {
    const directory = join(scratch(), 'run');
    const learners = ['rflo', 'bptt'];
    await run(planOf(7, learners), directory);
    const until = (event: RunEvent) =>
      !(event.type === 'session' && event.event.type === 'trial' && event.event.trial === 10);
    await lastValueFrom(events$(planOf(12, learners), directory, true).pipe(takeWhile(until)));
    const [rflo] = readRun(directory).learners;
    expect([rflo.finished, rflo.weights.after.size, rflo.trials.trial.length]).toEqual([null, 0, 10]);
    expect(complaint(() => events$(planOf(7, learners), directory, true))).toContain("trials: the saved run has '12'");
    await run(planOf(12, learners), directory, true);
    expect(outcomeOf(directory)).toEqual(outcomeOf(await whole(planOf(12, learners))));
  });

  test('keeps what a learner recorded that was at work when the run was killed', async () => {
    const directory = join(scratch(), 'run');
    const learners = ['rflo', 'bptt'];
    const until = (event: RunEvent) =>
      !(
        event.type === 'session' &&
        event.learner.name === 'bptt' &&
        event.event.type === 'trial' &&
        event.event.trial === 5
      );
    await lastValueFrom(events$(planOf(7, learners), directory).pipe(takeWhile(until)));
    expect(loadCheckpoint(runFiles(directory).checkpoint).learners['bptt'].state.trial).toBe(4);
    await run(planOf(12, learners), directory, true);
    expect(outcomeOf(directory)).toEqual(outcomeOf(await whole(planOf(12, learners))));
  });

  test('keeps what a learner recorded that failed after another had ended', async () => {
    const directory = join(scratch(), 'run');
    const learners = ['rflo', 'wild'];
    for (const trials of [7, 12]) await run(planOf(trials, learners), directory, trials > 7);
    expect(loadCheckpoint(runFiles(directory).checkpoint).learners['wild'].ended).toMatch(/^failed: /);
    expect(outcomeOf(directory)).toEqual(outcomeOf(await whole(planOf(12, learners))));
  });

  test('tells how many it was to have, and nothing of a damaged one is changed', async () => {
    const directory = join(scratch(), 'run');
    await run(planOf(7, ['rflo']), directory);
    const { recording, checkpoint } = runFiles(directory);
    const saved = bytesOf(checkpoint);
    truncateSync(recording, 100);
    expect(complaint(() => events$(planOf(12, ['rflo']), directory, true))).toContain('has 100 bytes');
    expect(bytesOf(checkpoint)).toEqual(saved);
    const other = join(scratch(), 'run');
    await run(planOf(7, ['rflo']), other);
    const before = [];
    for (const trials of [7, 12, 12]) {
      const { trialsBefore, events$: resumed$ } = recordRun(planOf(trials, ['rflo']), {
        directory: other,
        resume: true,
        scenario: '',
      });
      await lastValueFrom(resumed$);
      before.push(trialsBefore);
    }
    expect(before).toEqual([null, 7, null]);
  });
});
