import { join } from 'node:path';
import { lastValueFrom, takeWhile, tap } from 'rxjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { local } from '../../src/algorithms/index.ts';
import { compareEngines } from '../../src/recording/engine-comparison.ts';
import {
  loadCheckpoint,
  readRun,
  recordRun,
  whetherSame,
  type LearnerData,
  type LearnerSummary,
  type Reading,
} from '../../src/recording/index.ts';
import { bptt } from '../../src/solvers/index.ts';
import { loadEngines, scenario, type Learner, type Plan, type PlanOverrides } from '../../src/training/index.ts';
import { noise, threeMatrices } from '../support/networks.ts';
import { bytes } from '../support/weights.ts';
import { bytesOf, complaint, scratch } from './sample.ts';

const plan = (overrides: PlanOverrides = {}): Plan =>
  scenario({
    title: 'Engines',
    circuit: () => threeMatrices(),
    task: () => noise(),
    trials: 40,
    probes: { rates: { neurons: 'h', value: 'rate', everyTimesteps: 2, everyTrials: 5 } },
    compare: ['rflo'],
  }).plan(overrides);

beforeAll(() => loadEngines([{ engine: 'kernels' }]));

const learner = (name: string, more: Partial<Learner> = {}): Learner => ({
  ...{
    name,
    algorithm: local(),
    schedule: 'trial',
    batch: 1,
    feedback: 'random',
    rateHalfLife: 0,
    trials: 40,
    engine: 'actors',
    precision: 'f64',
  },
  ...more,
});
const pair = [learner('rflo'), learner('rflo-kernels', { engine: 'kernels' })];

/** What was recorded of a learner, one number of it changed. */
function recorded(change: (data: LearnerData) => unknown = () => null, trials = 20): LearnerData {
  const column = (f: (t: number) => number) => Float64Array.from({ length: trials }, (_, i) => f(i + 1));
  const matrix = (k: number) => ({ shape: [1, 2] as const, values: Float64Array.of(k, NaN) });
  const data: LearnerData = {
    name: 'rflo',
    trials: { trial: column((t) => t), loss: column((t) => 1 / t), alignment: column(() => NaN) },
    read: ['r'],
    probes: new Map([
      ['r', { trial: column((t) => t), timestep: column(() => NaN), values: column((t) => -t), width: 1 }],
    ]),
    weights: { before: new Map([['g', matrix(0)]]), after: new Map([['g', matrix(1)]]) },
    shown: { before: new Map(), after: new Map() },
    activity: { before: new Map(), after: new Map() },
    scores: Float64Array.of(0.5, NaN),
    finished: null,
  };
  change(data);
  return data;
}

const summary = (name: string, millisecondsPerTrial: number | null, precision = 'f64') =>
  ({ learner: name, millisecondsPerTrial, precision }) as LearnerSummary;
const summaries = [summary('rflo', 3), summary('rflo-kernels', 0.25)];

const compared = (one: LearnerData, other: LearnerData, learners: readonly Learner[] = pair) => {
  const [first, second] = learners.map(({ name }, i) => ({ ...[one, other][i], name }));
  return compareEngines(
    learners,
    new Map([
      [first.name, first],
      [second.name, second],
    ]),
    summaries,
    () => [...readingsOf(first), ...readingsOf(second)],
  );
};

/** What the recording of a learner's probes holds. */
const readingsOf = ({ name, probes }: LearnerData): Reading[] =>
  [...probes].flatMap(([probe, { trial, values }]) =>
    Array.from(trial, (each, i) => ({
      ...{ learner: name, probe, trial: each, timestep: null, values: values.subarray(i, i + 1) },
    })),
  );

describe('two engines are compared by what was recorded', () => {
  test('and found the same', () => {
    const found = compared(recorded(), recorded());
    expect(found).toEqual([
      {
        learners: ['rflo', 'rflo-kernels'],
        ...{ trials: 20, weightsAfter: true, same: true, firstDifference: null, faster: 'rflo-kernels', times: 12 },
      },
    ]);
    expect(whetherSame(found[0], summaries)).toEqual({
      sentence:
        'rflo and rflo-kernels have the same bits in 20 trials and in the weights they led to; rflo-kernels was 12 times faster.',
      alarming: false,
    });
  });

  test.each<[string, (data: LearnerData) => unknown, { trial: number | null; what: string }]>([
    ['the last bit of a loss', ({ trials }) => (trials.loss[16] += 2 ** -56), { trial: 17, what: 'loss' }],
    ['an alignment', ({ trials }) => (trials.alignment[2] = 0), { trial: 3, what: 'alignment' }],
    ['a reading', ({ probes }) => probes.get('r')?.values.fill(0, 4, 5), { trial: 5, what: 'probe r' }],
    [
      'a reading that is missing',
      ({ probes }) => Object.assign(probes.get('r') ?? {}, { trial: Float64Array.of(1, 2, 3) }),
      { trial: 4, what: 'probe r' },
    ],
    [
      'two things: the first counts',
      ({ trials, probes }) => [trials.loss.fill(9, 7), probes.get('r')?.values.fill(0, 4)],
      { trial: 5, what: 'probe r' },
    ],
    [
      'the sign of a zero to begin with',
      ({ weights }) => weights.before.get('g')?.values.fill(-0, 0, 1),
      { trial: null, what: 'weights of g before learning' },
    ],
    [
      'a weight at the end',
      ({ weights }) => weights.after.get('g')?.values.fill(1.5, 0, 1),
      { trial: 20, what: 'weights of g after learning' },
    ],
    ['a score at the end', ({ scores }) => scores?.fill(0.25, 1), { trial: 20, what: 'scores after learning' }],
  ])('and found unlike by %s', (_, change, firstDifference) => {
    const [found] = compared(recorded(), recorded(change));
    expect(found).toMatchObject({ same: false, firstDifference });
    const when = firstDifference.trial === null ? 'before learning' : `from trial ${firstDifference.trial} on`;
    expect(whetherSame(found, summaries)).toEqual({
      sentence: `rflo and rflo-kernels DIFFER ${when} (${firstDifference.what}), in float64 they should have the same bits; rflo-kernels was 12 times faster.`,
      alarming: true,
    });
  });

  test('as far as both went', () => {
    const [found] = compared(recorded(), recorded(undefined, 7));
    expect(found).toMatchObject({ trials: 7, weightsAfter: false, same: true });
    expect(whetherSame(found, summaries).sentence).toContain('have the same bits in the 7 trials that both did');
    expect(compared(recorded(), recorded(undefined, 0))).toEqual([]);
  });

  test('and in float32 may differ without alarm', () => {
    const single = [pair[0], learner('rflo-f32', { engine: 'kernels', precision: 'f32' })];
    const [found] = compared(
      recorded(),
      recorded(({ trials }) => trials.loss.fill(7, 3)),
      single,
    );
    expect(whetherSame(found, [summary('rflo', null), summary('rflo-f32', null, 'f32')])).toEqual({
      sentence: 'rflo and rflo-f32 differ from trial 4 on (loss), one of them in float32.',
      alarming: false,
    });
  });

  test('where nothing else tells them apart', () => {
    const online = learner('rflo-online', { engine: 'kernels', schedule: 'online' });
    const falling = learner('falling', { engine: 'kernels', rateHalfLife: 500 });
    expect(compared(recorded(), recorded(), [pair[0], online])).toEqual([]);
    expect(compared(recorded(), recorded(), [pair[0], falling])).toEqual([]);
    expect(
      compared(recorded(), recorded(), [pair[0], learner('bptt', { engine: 'kernels', algorithm: bptt() })]),
    ).toEqual([]);
  });
});

describe('a run on one engine', () => {
  /** Runs to its end, or to the end of a trial. */
  async function run(what: Plan, directory: string, { resume = false, until = Infinity } = {}): Promise<void> {
    const recording = recordRun(what, { directory, scenario: 'engines.ts', resume });
    await lastValueFrom(
      recording.events$.pipe(
        tap((event) => {
          if (event.type === 'session' && event.event.type === 'trial' && event.event.trial >= until) recording.stop();
        }),
        takeWhile(({ type }) => type !== 'done', true),
      ),
    );
  }
  const weightsIn = (directory: string) =>
    bytes(loadCheckpoint(join(directory, 'checkpoint.msgpack')).learners['rflo'].state.weights);

  test.each([
    ['kernels', 'actors'],
    ['actors', 'kernels'],
  ] as const)('%s, is gone on with on another, %s, to the same bytes', async (first, then) => {
    const [whole, part] = [join(scratch(), 'whole'), join(scratch(), 'part')];
    await run(plan(), whole);
    await run(plan({ engine: first }), part, { until: 13 });
    expect(readRun(part).summary?.learners[0]).toMatchObject({ engine: first, trials: 13 });
    await run(plan({ engine: then }), part, { resume: true });
    expect(readRun(part).summary?.learners[0]).toMatchObject({ engine: then, trials: 40 });
    expect(weightsIn(part)).toBe(weightsIn(whole));
    expect(bytesOf(join(part, 'recording.msgpack'))).toEqual(bytesOf(join(whole, 'recording.msgpack')));
  });

  test('in float32 is another run, and its recording says so', async () => {
    const directory = join(scratch(), 'run');
    const single = (precision: 'f32' | 'f64') =>
      scenario({
        title: 'Engines',
        circuit: () => threeMatrices(),
        task: () => noise(),
        trials: 5,
        compare: [{ learner: 'rflo', name: 'mine', engine: 'kernels', precision }],
      }).plan();
    await run(single('f32'), directory);
    expect(readRun(directory).header.precision).toEqual({ mine: 'f32' });
    expect(complaint(() => recordRun(single('f64'), { directory, scenario: '', resume: true }))).toContain(
      'learner mine: ',
    );
  });
});
