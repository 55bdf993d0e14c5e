import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { numberArray, readRun, type RunRecord } from '../../src/recording/index.ts';
import { bytesOf, complaint, header, sample, scratch, write } from './sample.ts';

describe('a run that is read back', () => {
  test('has what was recorded, by learner', () => {
    const directory = scratch();
    write(join(directory, 'recording.msgpack'), sample);
    const run = readRun(directory);
    expect(run).toMatchObject({ directory, summary: null, header, torn: false });
    const [rflo, bptt] = run.learners;
    expect(rflo.name).toBe('rflo');
    expect(rflo.trials).toEqual({
      trial: Float64Array.of(1, 2),
      loss: Float64Array.of(0.1 + 0.2, 5e-324),
      alignment: Float64Array.of(-0, NaN),
    });
    expect(rflo.probes).toEqual(
      new Map([
        [
          'h',
          {
            trial: Float64Array.of(1, 2),
            timestep: Float64Array.of(3, NaN),
            values: Float64Array.of(1, 2, -3, 4),
            width: 2,
          },
        ],
      ]),
    );
    expect(rflo.weights).toEqual({
      before: new Map([['recurrent', { shape: [2, 3], values: Float64Array.of(1.5, NaN, -0, 5e-324, 1e300, 0.1) }]]),
      after: new Map(),
    });
    expect(rflo.activity.after).toEqual(
      new Map([['y', { shape: [2, 1], rates: Float64Array.of(0.25, 0.5), target: Float64Array.of(1, -1) }]]),
    );
    expect(rflo.finished).toEqual({ reason: 'trials', trials: 2 });
    expect(bptt).toMatchObject({ name: 'bptt', finished: null, trials: { trial: new Float64Array(0) } });
  });

  test('may still be going on', () => {
    const directory = scratch();
    const file = join(directory, 'recording.msgpack');
    write(file, sample);
    writeFileSync(file, bytesOf(file).subarray(0, -3));
    const run = readRun(directory);
    expect(run.torn).toBe(true);
    expect(run.learners[0].finished).toBe(null);
    expect(run.learners[0].trials.trial.length).toBe(2);
  });

  test.each<[string, RunRecord[], string]>([
    [
      'a learner that the header does not name',
      [header, { kind: 'trial', learner: 'adam', trial: 1, loss: 1, alignment: null }],
      "has a record of learner 'adam'; its header names 'rflo' or 'bptt'",
    ],
    ['two headers', [header, header], 'has a second header'],
    ['a probe that changes its width', [header, reading(2), reading(3)], 'reads 3 numbers in trial 1, but 2 before'],
  ])('with %s is refused', (_, records, problem) => {
    const directory = scratch();
    write(join(directory, 'recording.msgpack'), records);
    expect(complaint(() => readRun(directory))).toContain(problem);
  });

  test('is refused where there is none', () => {
    const directory = scratch();
    expect(complaint(() => readRun(directory))).toContain('holds no recording.msgpack');
    expect(complaint(() => readRun(join(directory, 'no')))).toContain('does not exist');
    write(join(directory, 'recording.msgpack'), sample);
    expect(complaint(() => readRun(join(directory, 'recording.msgpack')))).toContain('is not a directory');
    writeFileSync(join(directory, 'summary.json'), '{}');
    expect(complaint(() => readRun(directory))).toContain('summary.json: format: is missing');
  });
});

function reading(width: number): RunRecord {
  const values = numberArray(new Float64Array(width), [width]);
  return { kind: 'probe', learner: 'rflo', probe: 'h', trial: 1, timestep: null, values };
}
