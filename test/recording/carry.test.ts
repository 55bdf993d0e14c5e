import { join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import { beforeAll, expect, test } from 'vitest';
import { circuit, clock, fromTask } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { loadCheckpoint, recordRun, runFiles } from '../../src/recording/index.ts';
import { plasticityRule } from '../../src/rules/index.ts';
import type { Task } from '../../src/tasks/index.ts';
import { scenario } from '../../src/training/index.ts';
import { bytesOf, complaint, scratch } from './sample.ts';

beforeAll(loadKernels);

const rewarded = plasticityRule({
  name: 'rewarded',
  params: { eta: 0.5 },
  state: { p: 0 },
  globals: ['reward', 'awake'],
  trace: ({ p, pre, post }) => ({ p: 0.9 * p + pre.rate * post.rate }),
  change: ({ p, global, eta }) => eta * global.awake * global.reward * p,
});

/** A stream that is rewarded where it is near its target. */
const matching: Task = {
  name: 'matching',
  inputs: 0,
  outputs: 1,
  settings: {},
  trial: (_, random) => {
    const [aim, timesteps] = [random(), 5];
    const answer = ({ outputs: [y] }: { outputs: Float64Array }) => ({ reward: 1 - (aim - y) * (aim - y) });
    return { timesteps, input: new Float64Array(0), target: new Float64Array(timesteps).fill(aim), answer };
  },
};

const stream = scenario({
  title: 'Stream',
  circuit: () =>
    circuit({
      neurons: { h: leakyTanh(3, { initial: 0.4, tau: 6 }), y: linear(1) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: normal(), delay: 2, rule: rewarded() },
        readout: { from: 'h', to: 'y', weights: normal({ sd: 0.1 }), rule: rewarded() },
      },
      globals: { reward: fromTask(), awake: clock(({ count }) => (count > 12 ? 1 : 0.5)) },
    }),
  task: () => matching,
  carry: true,
  probes: {
    h: { neurons: 'h', value: 'rate', everyTrials: 3 },
    reward: { global: 'reward', everyTimesteps: 1 },
  },
  compare: ['rewarded', 'rtrl', 'bptt'],
});

async function run(directory: string, trials: number, { resume = false, carry = true } = {}): Promise<void> {
  const plan = stream.plan({ trials, carry, usualEngine: 'kernels', checkpointSeconds: Number.MIN_VALUE });
  await lastValueFrom(recordRun(plan, { directory, resume, scenario: 'stream.ts' }).events$.pipe(toArray()));
}

function statesOf(directory: string) {
  const { learners } = loadCheckpoint(runFiles(directory).checkpoint);
  return Object.fromEntries(
    Object.entries(learners).map(([name, { state }]) => [name, [state.weights, state.carried, state.last]]),
  );
}

test('a run that carries on has every bit of one that never stopped, when it is resumed', async () => {
  const [whole, parts, anew] = ['whole', 'parts', 'anew'].map((name) => join(scratch(), name));
  await run(whole, 9);
  await run(parts, 4);
  await run(parts, 9, { resume: true });
  await run(anew, 9, { carry: false });
  expect(statesOf(parts)).toEqual(statesOf(whole));
  expect(bytesOf(runFiles(whole).recording).length).toBeGreaterThan(0);
  expect(statesOf(anew)).not.toEqual(statesOf(whole));
  const { rewarded: rules, rtrl } = loadCheckpoint(runFiles(whole).checkpoint).learners;
  expect(Object.keys(rules.state.carried ?? {})).toEqual(
    expect.arrayContaining(['session.timesteps', 'globals.reward', 'neurons.h.rate', 'synapses.recurrent.p']),
  );
  expect(Object.keys(rtrl.state.carried ?? {})).toContain('influences.recurrent.0.h.rate');
  expect(rules.state.carried?.['session.timesteps']).toEqual(Float64Array.of(45));
});

test('a run is not resumed the other way', async () => {
  const directory = join(scratch(), 'run');
  await run(directory, 3);
  const other = stream.plan({ trials: 5, carry: false });
  expect(complaint(() => recordRun(other, { directory, resume: true, scenario: 'stream.ts' }))).toContain('carry');
});
