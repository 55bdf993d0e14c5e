import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frame } from '../../src/recording/frames.ts';
import {
  checkIdentity,
  loadCheckpoint,
  numberArray,
  saveCheckpoint,
  type Checkpoint,
} from '../../src/recording/index.ts';
import { pack } from '../../src/recording/pack.ts';
import { bytesOf, complaint, scratch } from './sample.ts';

const checkpoint: Checkpoint = {
  identity: { seed: '7', circuit: 'abc' },
  recordingBytes: 5_000_000_000,
  learners: {
    rflo: {
      state: {
        trial: 3,
        weights: { recurrent: Float64Array.of(5e-324, -0, 0.1 + 0.2, -1e308), readout: new Float64Array(0) },
        carried: { 'synapses.recurrent.p': Float64Array.of(1, -0, NaN, Infinity) },
        best: { loss: 0.1, trial: 2 },
        last: { loss: 0.2, alignment: -0 },
        elapsed: 12.5,
        inTrials: 8.25,
      },
      ended: null,
    },
    bptt: {
      state: { trial: 0, weights: {}, best: null, last: null, elapsed: 0, inTrials: 0 },
      ended: 'stopped',
    },
  },
};

/** A checkpoint's payload as it stands in the file, with one learner whose state is changed. */
function payload(change: object = {}, outer: object = {}): object {
  const state = {
    trial: 3,
    weights: { recurrent: numberArray(Float64Array.of(1, 2), [2]) },
    best: null,
    last: { loss: 0.2, alignment: null },
    elapsed: 1,
    inTrials: 1,
    ...change,
  };
  return {
    format: 'rxflo-checkpoint/1',
    identity: { seed: '7' },
    recordingBytes: 0,
    learners: { rflo: { state, ended: null } },
    ...outer,
  };
}

describe('a checkpoint', () => {
  test('comes back with every bit', () => {
    const file = join(scratch(), 'c');
    saveCheckpoint(file, checkpoint);
    expect(loadCheckpoint(file)).toStrictEqual(checkpoint);
  });

  test('holds more learners than a short msgpack map', () => {
    const file = join(scratch(), 'c');
    const learners = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`l${i}`, checkpoint.learners['rflo']]));
    saveCheckpoint(file, { ...checkpoint, learners });
    expect(loadCheckpoint(file)).toStrictEqual({ ...checkpoint, learners });
  });

  test('replaces the one before it and leaves nothing beside it', () => {
    const directory = scratch();
    const file = join(directory, 'c');
    for (let i = 0; i < 3; i++) saveCheckpoint(file, { ...checkpoint, recordingBytes: i });
    expect(loadCheckpoint(file).recordingBytes).toBe(2);
    expect(readdirSync(directory)).toEqual(['c']);
  });

  test('that cannot be saved leaves the one before it', () => {
    const directory = scratch();
    const file = join(directory, 'c');
    saveCheckpoint(file, checkpoint);
    expect(
      complaint(() => {
        saveCheckpoint(join(directory, 'no', 'c'), checkpoint);
      }),
    ).toContain('does not exist');
    mkdirSync(join(directory, 'sub'));
    expect(
      complaint(() => {
        saveCheckpoint(join(directory, 'sub'), checkpoint);
      }),
    ).toContain('is a directory');
    expect(readdirSync(directory)).toEqual(['c', 'sub']);
    expect(loadCheckpoint(file)).toStrictEqual(checkpoint);
  });

  test('with any bit flipped or any byte missing is refused', () => {
    const file = join(scratch(), 'c');
    saveCheckpoint(file, checkpoint);
    const good = bytesOf(file);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(7), (at, bit) => {
        const bad = Buffer.from(good);
        bad[at] ^= 1 << bit;
        writeFileSync(file, bad);
        expect(complaint(() => loadCheckpoint(file))).toContain(file);
        writeFileSync(file, good.subarray(0, at));
        expect(complaint(() => loadCheckpoint(file))).toBe(
          `${file}: is not a checkpoint, or is damaged: its checksum is wrong; restore a good copy of it, or start a new run with --out`,
        );
      }),
      { numRuns: 500 },
    );
    writeFileSync(file, Buffer.concat([good, Buffer.of(0)]));
    expect(complaint(() => loadCheckpoint(file))).toContain(`data follows its end at byte ${good.length}`);
  });

  const weights = (values: number[], shape: number[]): object => ({
    weights: { recurrent: { ...numberArray(Float64Array.from(values), shape), shape } },
  });
  const cases: Readonly<Record<string, [object, string]>> = {
    'another version': [
      payload({}, { format: 'rxflo-checkpoint/2' }),
      "format: 'rxflo-checkpoint/2' is not 'rxflo-checkpoint/1'",
    ],
    'another format': [{ format: 'rxflo-summary/1', title: 'x' }, "format: 'rxflo-summary/1' is not"],
    'a missing field': [
      { ...payload(), learners: { rflo: { ended: null } } },
      'learners.rflo.state: is missing; give an object',
    ],
    'no learners': [{ ...payload(), learners: 3 }, 'learners: 3 is not an object'],
    'an unknown field': [
      payload({ mood: 1 }),
      'learners.rflo.state.mood: unknown field; expected one of trial, weights',
    ],
    'half a trial': [payload({ trial: 0.5 }), 'learners.rflo.state.trial: 0.5 is not a whole number'],
    'a negative trial': [payload({ trial: -1 }), 'learners.rflo.state.trial: -1 is not 0 or more'],
    'a loss that is not finite': [payload({ best: { loss: NaN, trial: 1 } }), 'best.loss: NaN is not a finite number'],
    'a weight that is not finite': [
      payload(weights([1, Infinity], [2])),
      'learners.rflo.state.weights.recurrent[1]: Infinity is not a finite number',
    ],
    'weights of the wrong size': [
      payload(weights([1, 2], [3])),
      'recurrent.data: has 16 bytes; the shape [3] takes 24',
    ],
    'what is carried of the wrong shape': [
      payload({ carried: { 'synapses.recurrent.p': numberArray(Float64Array.of(1, 2), [1, 2]) } }),
      'synapses.recurrent.p.shape: must have one dimension',
    ],
    'weights of the wrong shape': [payload(weights([1, 2], [1, 2])), 'recurrent.shape: must have one dimension'],
    'an identity of numbers': [payload({}, { identity: { seed: 7 } }), 'identity.seed: 7 is not text'],
  };
  test.each(Object.entries(cases))('with %s is refused, with the field', (_, [value, problem]) => {
    const file = join(scratch(), 'c');
    writeFileSync(file, frame(pack(value)));
    const message = complaint(() => loadCheckpoint(file));
    expect(message).toContain(`${file}: `);
    expect(message).toContain(problem);
  });
});

describe('the identity of a run', () => {
  test('that is the same passes', () => {
    checkIdentity('c', { seed: '7', a: 'x' }, { a: 'x', seed: '7' });
  });

  test.each([
    [
      { seed: '7' },
      { seed: '8' },
      "c: seed: the saved run has '7', this one '8'; resume with the same seed, or start a new run with --out",
    ],
    [{}, { units: '50' }, "c: units: the saved run has none, this one '50'; resume with the same units"],
    [{ units: '50' }, {}, "c: units: the saved run has '50', this one none"],
  ])('%j is not %j', (found, wanted, message) => {
    expect(
      complaint(() => {
        checkIdentity('c', found, wanted);
      }),
    ).toContain(message);
  });
});
