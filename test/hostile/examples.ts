import { readFileSync } from 'node:fs';
import { lastValueFrom } from 'rxjs';
import { openSweep, realizationFile, recordRun, writeRealization } from '../../src/recording/index.ts';
import { intervalMatching } from '../../src/tasks/index.ts';
import { scenario } from '../../src/training/index.ts';
import { circuit } from '../../src/circuit/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';

/** A scenario that is over at once, with everything that a run can record. */
export const tiny = scenario({
  title: 'Tiny',
  options: { rate: 0.03 },
  circuit: ({ rate }) =>
    circuit({
      neurons: { x: input(1), h: leakyTanh(3, { initial: 0.1 }), y: linear(1) },
      synapses: {
        input: { from: 'x', to: 'h', weights: normal(), rule: rflo({ eta: rate }) },
        recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.3 }), rule: rflo({ eta: rate }) },
        readout: { from: 'h', to: 'y', weights: normal({ sd: 0.1 }), rule: delta({ eta: rate }) },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    }),
  task: () => intervalMatching({ shortest: 2, longest: 4, pulse: 1, width: 1, before: 1, after: 1, tolerance: 1 }),
  trials: 4,
  compare: ['rflo', 'bptt'],
  probes: {
    rates: { neurons: 'h', value: 'rate', everyTimesteps: 2, everyTrials: 2 },
    'shown: rate': { neurons: 'h', value: 'rate', shown: true },
    gradient: { gradient: 'alignment', everyTrials: 2 },
    scores: { test: 'scores', everyTrials: 2 },
  },
});

/** A problem of spiking neurons as small as can be. */
export const spikingProblem = {
  format: 'rxflo-spiking/1',
  network: {
    ...{
      kind: 'alif',
      lambda: 0.9,
      gain: 1,
      threshold: 1,
      reset: 'subtract',
      refractory: 2,
      rho: 0.99,
      beta: [0, 0.1],
    },
    ...{ surrogate: 'triangle', height: 0.3, width: 1, kappa: 0.9, readout_gain: 0.1 },
    ...{ w_in: [[1], [2]], w_out: [[1, 2]], feedback: [[1], [2]] },
    w_rec: [
      [0, 0.5],
      [-0.5, 0],
    ],
  },
  task: { input: [[0], [1], [1]], target: [[0], [0.1], [0.2]] },
  learning: {
    ...{ algorithm: 'eprop', feedback: 'random', schedule: 'trial', loss: 'squared', window: [1, 3], trials: 2 },
    ...{ rates: { w_in: 0.1, w_rec: 0.1, w_out: 0.1 }, regularisation: { c: 1, target: 0.1 }, optimizer: 'adam' },
  },
};

const singles = (...values: number[]): string => Buffer.from(Float32Array.from(values).buffer).toString('base64');

/** A published problem as small as can be. */
export const publishedProblem = {
  format: 'rxflo-spiking-published/1',
  network: {
    ...{
      kind: 'alif',
      lambda: 0.9,
      gain: 1,
      threshold: 1,
      reset: 'subtract',
      refractory: 2,
      rho: 0.99,
      beta: [0, 0.1],
    },
    ...{ surrogate: 'triangle', height: 0.3, width: 1, kappa: 0.9, readout_gain: 0.1, n_in: 1, n_rec: 2, n_out: 2 },
    ...{
      w_in: singles(1, 2),
      w_rec: singles(0, 0.5, -0.5, 0),
      w_out: singles(1, 2, 3, 4),
      feedback: singles(1, 2, 3, 4),
    },
  },
  task: { inputEvents: [[[1, 0]], [[2, 0]]], labels: [0, 1] },
  learning: {
    ...{ algorithm: 'eprop', feedback: 'random', schedule: 'trial', loss: 'cross-entropy', window: [2, 3], trials: 2 },
    ...{ rates: { w_in: 0.1, w_rec: 0.1, w_out: 0.1 }, regularisation: { c: 1, target: 0.1 }, optimizer: 'adam' },
    ...{ adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, gradientOver: 2 }, lossTimes: 1, timesteps: 3 },
  },
};

/** A problem file as small as can be. */
export const problem = {
  format: 'rxflo-problem/1',
  network: {
    ...{ tau: 2, activation: 'tanh', h0: [0.1, 0.2], w_in: [[1], [2]], w_out: [[1, 2]], feedback: [[1], [2]] },
    w_rec: [
      [0.1, 0.2],
      [0.3, 0.4],
    ],
  },
  task: { input: [[1], [0]], target: [[0], [1]] },
  learning: { algorithm: 'rflo', schedule: 'trial', rates: { w_in: 1, w_rec: 1, w_out: 1 }, trials: 2 },
};

/** Runs the tiny scenario into a directory. */
export async function makeRun(directory: string): Promise<void> {
  await lastValueFrom(recordRun(tiny.plan(), { directory, scenario: 'tiny.ts' }).events$);
}

/** What identifies the realizations of `makeSweep`. */
export const identity = { title: 'Tiny', seed: '1' };

/** Makes the directory of a sweep of two cells and two seeds. */
export function makeSweep(directory: string, score = 'near'): void {
  const description = {
    ...{ title: 'Tiny', scenario: 'tiny.ts', grid: { rate: [0.01, 0.1] }, seeds: [1, 2], places: {}, best: null },
    scores: { [score]: { label: 'Near', better: 'higher' as const } },
    ...{ score, settings: { name: 'x' }, identity },
    learners: [
      { name: 'rflo', trials: 3, feedback: 'random' as const },
      { name: 'rflo', trials: 3, feedback: 'random' as const },
    ],
    costs: [{ learner: 'rflo', bytes: 16, reads: 3, operations: 5 }],
    floors: [{ name: 'nothing', loss: 0.7 }],
    loss: 'cross-entropy',
  };
  const { files, release } = openSweep(description, { directory });
  for (const cell of [1, 2]) {
    for (const seed of description.seeds) {
      const output = { size: 1, rates: Float64Array.of(0.1, 0.2), target: Float64Array.of(0, cell) };
      writeRealization(
        realizationFile(files, cell, seed),
        { identity, cell, seed },
        {
          ...{ seed, learner: 'rflo', reason: 'trials' },
          losses: Float64Array.of(1, 0.5, 0.25 * seed),
          alignment: Float64Array.of(0.1, NaN, 0.3),
          tested: { trials: Float64Array.of(2, 3), scores: { [score]: Float64Array.of(0.5, NaN) } },
          weights: { readout: Float64Array.of(1, 2, 3) },
          ...{ outputs: { y: output }, shown: [{ label: 'first', outputs: { y: output } }] },
        },
      );
    }
  }
  release();
}

/** The payloads of a file of frames. */
export function payloadsOf(file: string): readonly Buffer[] {
  const bytes = readFileSync(file);
  const payloads: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 11 + bytes.readUInt32BE(at + 7)) {
    payloads.push(bytes.subarray(at + 11, at + 11 + bytes.readUInt32BE(at + 7)));
  }
  return payloads;
}
