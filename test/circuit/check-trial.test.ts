import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import { build } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { Bptt } from '../../src/solvers/index.ts';
import type { Task, Trial } from '../../src/tasks/index.ts';
import { openSession } from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { noise, noiseTrial, threeMatrices } from '../support/networks.ts';
import { eventsOf, ofType } from '../support/sessions.ts';

beforeAll(loadKernels);

const trial = noiseTrial(4);
const built = build(threeMatrices(), 1);
const how = { schedule: 'trial', feedback: 'random' } as const;

/** A list without its second of four entries. */
const HOLED: number[] = [1];
HOLED[3] = 0;

/** What is no trial of two inputs and two outputs, as a script without types may give it. */
const WRONG: readonly (readonly [string, unknown, string])[] = [
  ['nothing', undefined, 'task.trial: expected a trial { timesteps, input, target }, got undefined'],
  ['null', null, 'task.trial: expected a trial { timesteps, input, target }, got null'],
  ['a promise', Promise.resolve(3), 'task.trial: expected a trial { timesteps, input, target }, got a promise'],
  ['a number', 3, 'task.trial: expected a trial { timesteps, input, target }, got 3'],
  ['no timesteps', { input: trial.input, target: trial.target }, 'task.timesteps: undefined'],
  ['timesteps in words', { ...trial, timesteps: '4' }, "task.timesteps: '4'"],
  ['no timestep', { ...trial, timesteps: 0 }, 'task.timesteps: 0'],
  ['half a timestep', { ...trial, timesteps: 3.5 }, 'task.timesteps: 3.5'],
  [
    'no input',
    { ...trial, input: undefined },
    'task.input: expected 4 x 2 = 8 numbers, a row for each timestep, got undefined',
  ],
  [
    'a number as target',
    { ...trial, target: 0.5 },
    'task.target: expected 4 x 2 = 8 numbers, a row for each timestep, got 0.5',
  ],
  [
    'text as target',
    { ...trial, target: 'abcdefgh' },
    "task.target: expected 4 x 2 = 8 numbers, a row for each timestep, got 'abcdefgh'",
  ],
  ['too short a target', { ...trial, target: new Float64Array(3) }, 'task.target: has 3 numbers; the circuit has 2'],
  [
    'too few channels',
    { ...trial, target: new Float64Array(4) },
    'task.target: has 1 channel; the circuit has 2: y (2)',
  ],
  [
    'too many timesteps',
    { ...trial, input: new Float64Array(10) },
    'task.input: has 10 numbers; the circuit has 2: x (2); give 4 x 2 = 8 numbers',
  ],
  [
    'a list with a hole',
    { ...trial, target: [0, 1, ...HOLED, 1, 0] },
    'task.target[3]: undefined is not a number (timestep 2, channel 2)',
  ],
  ['text in a list', { ...trial, input: '01234567'.split('') }, "task.input[0]: '0' is not a number"],
  ['BigInts', { ...trial, input: new BigInt64Array(8) }, 'task.input[0]: 0 is not a number'],
  ['a mask', { ...trial, mask: new Float64Array(8) }, 'task.mask: unknown field of a trial'],
];

describe.each(WRONG)('a trial that is %s', (_, wrong, message) => {
  it('is refused by every engine', () => {
    const engines = [
      new ActorEngine(built, how),
      new KernelEngine(built, { algorithm: local(), ...how }),
      new Bptt(built, { ...how, feedback: 'symmetric' }),
    ];
    for (const engine of engines) expect(refusal(() => engine.trial(wrong as Trial))).toContain(message);
  });

  it('is refused when a session is opened, fails it later on, and is no test', async () => {
    const from = (first: number): Task => ({
      ...noise(4),
      trial: (index, random) => (index < first ? noise(4).trial(index, random) : (wrong as Trial)),
    });
    const options = { circuit: threeMatrices(), trials: 3 };
    expect(refusal(() => openSession({ ...options, task: from(1) }))).toContain(message);
    const events = await eventsOf({ ...options, task: from(2) });
    expect(events.map(({ type }) => type)).toEqual(['trial', 'failed']);
    const failure = ofType(events, 'failed')[0].error.message;
    expect(failure).toContain(message);
    expect(failure).toContain('trial 2');
    const scores = { error: { label: 'Error', better: 'lower' } } as const;
    const tested = (first: number): Task => ({
      ...noise(4),
      test: {
        scores,
        trials: 2,
        trial: (index, random) => from(first).trial(index, random),
        score: () => ({ error: 0 }),
      },
    });
    expect(refusal(() => openSession({ ...options, task: tested(1) }))).toContain(`task.test: ${message}`);
    expect(refusal(() => openSession({ ...options, task: tested(2) }).scores())).toContain(`task.test: ${message}`);
  });
});
