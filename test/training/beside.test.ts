import { describe, expect, it } from 'vitest';
import { eBptt, fBptt, kfRtrl, nodePerturbation, uoro, weightPerturbation } from '../../src/algorithms/index.ts';
import { circuit } from '../../src/circuit/index.ts';
import { input, leakyReadout, leakyTanh, lif, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { adaptiveFeedback, delta, eprop, rflo } from '../../src/rules/index.ts';
import type { Task } from '../../src/tasks/index.ts';
import { runBeside, scenario, type Compare } from '../../src/training/index.ts';

const T = 6;
const task: Task = {
  ...{ name: 'waves', inputs: 1, outputs: 1, settings: {} },
  trial: (index) => ({
    timesteps: T,
    input: Float64Array.from({ length: T }, (_, t) => Math.sin(index + t)),
    target: Float64Array.from({ length: T }, (_, t) => Math.cos(index * t)),
  }),
};

function run(
  compare: Compare<{ units: number }, 'rflo' | 'delta'>,
  schedule: 'online' | 'trial' = 'online',
  { repeats = 2, carry = true } = {},
) {
  const plan = scenario({
    options: { units: 4 },
    ...{ title: 'waves', task: () => task, trials: 3, carry, schedule, compare },
    circuit: ({ units }) =>
      circuit({
        neurons: { x: input(1), h: leakyTanh(units, { tau: 2, initial: 0.2 }), y: linear(1) },
        synapses: {
          recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.7 }), rule: rflo({ eta: 0.4 }) },
          input: { from: 'x', to: 'h', weights: normal(), rule: rflo({ eta: 0.4 }) },
          readout: { from: 'h', to: 'y', weights: normal(), rule: delta({ eta: 0.4 }) },
        },
        feedback: { error: { from: 'y', to: 'h', weights: normal() } },
      }),
  }).plan();
  return runBeside(plan, repeats);
}

describe('learners beside the one that drives', () => {
  it('have its weights in every timestep: one that is the same gives the same', () => {
    const { timesteps, trials, spreads, finalLosses } = run([
      'snap-4',
      { name: 'again', learner: 'rtrl' },
      { name: 'other', learner: 'rflo', feedback: 'symmetric' },
    ]);
    expect(timesteps[0][1]).toBeCloseTo(1, 12);
    expect(trials[0][1]).toBeCloseTo(1, 12);
    expect(timesteps[0][2]).toBeLessThan(0.999);
    expect(timesteps[0][2]).toBe(timesteps[2][0]);
    expect(spreads[0].noise).toBe(0);
    expect(finalLosses[1]).toBeCloseTo(finalLosses[0], 12);
  });

  it('have them also where one of both learns its feedback: that is no part of them', () => {
    // Feedback that learns by eta 0 and decay 0 stays as it is.
    const still = { 'feedback.error': adaptiveFeedback({ eta: 0, decay: 0 }) };
    const adaptive = { name: 'adaptive', learner: 'rflo', rules: still } as const;
    for (const compare of [
      ['rflo', adaptive],
      [adaptive, 'rflo'],
    ] as const) {
      expect(run(compare).timesteps[0][1]).toBeCloseTo(1, 12);
    }
  });

  it('learn alone for as many trials as they are given', () => {
    const { finalLosses } = run(['snap-4', { name: 'short', learner: 'rtrl', trials: 1 }]);
    expect(finalLosses[1]).not.toBeCloseTo(finalLosses[0], 6);
  });

  it('change no bit of it, however they draw', () => {
    const alone = run(['kf-rtrl', 'rtrl']);
    const beside = run(['kf-rtrl', 'rtrl', uoro(), nodePerturbation()]);
    expect(beside.finalLosses[0]).toBe(alone.finalLosses[0]);
    expect(beside.timesteps[0][1]).toBe(alone.timesteps[0][1]);
    expect(beside.histograms[0][1]).toEqual(alone.histograms[0][1]);
  });

  it('that are late are compared with what others gave of that timestep', () => {
    // With horizon 1 it is of the timestep alone; with 3 it says more of the same timestep, two timesteps late.
    const { timesteps } = run([eBptt(1), fBptt(1), fBptt(3)], 'trial');
    expect(timesteps[0][1]).toBeCloseTo(1, 12);
    expect(timesteps[0][2]).toBeGreaterThan(0.5);
  });

  it('over whole trials, those that look back and those that look ahead are about the same gradient', () => {
    const { trials, timesteps, spreads } = run(['rtrl', 'bptt', fBptt(T)], 'trial', { carry: false });
    for (const row of trials) for (const cosine of row) expect(cosine).toBeCloseTo(1, 12);
    expect(timesteps[0][1]).toBeLessThan(0.9);
    for (const { bias } of spreads) expect(bias).toBeLessThan(1e-12);
  });

  it('are told apart by bias and noise', () => {
    const { spreads } = run(['rtrl', kfRtrl(), { name: 'local', learner: 'rflo', feedback: 'symmetric' }], 'trial', {
      repeats: 400,
    });
    const [, noisy, biased] = spreads;
    expect(noisy.noise).toBeGreaterThan(0.2);
    // Resolved to the noise over the root of how often it was asked.
    expect(noisy.bias).toBeLessThan((4 * noisy.noise) / 20);
    expect(biased.noise).toBe(0);
    expect(biased.bias).toBeGreaterThan(0.05);
  });

  it('that spike are asked in every timestep, though they learn when a trial has ended', () => {
    const plan = scenario({
      ...{ title: 'spikes', task: () => task, trials: 3, schedule: 'trial' },
      compare: ['local', { name: 'again', learner: 'local', evaluation: 'trace' }],
      circuit: () =>
        circuit({
          neurons: { x: input(1), h: lif(6, { theta: 0.3 }), y: leakyReadout(1) },
          synapses: {
            input: { from: 'x', to: 'h', weights: normal({ sd: 2 }), rule: eprop({ eta: 0.1 }) },
            recurrent: { from: 'h', to: 'h', delay: 1, weights: normal(), rule: eprop({ eta: 0.1 }) },
            readout: { from: 'h', to: 'y', weights: normal(), rule: eprop({ eta: 0.1 }) },
          },
          feedback: { error: { from: 'y', to: 'h', weights: normal() } },
        }),
    }).plan();
    const { timesteps, spreads } = runBeside(plan, 2);
    expect(timesteps[0][1]).toBeCloseTo(1, 12);
    expect(spreads[0].bias).toBeGreaterThan(0);
  });

  it('are refused where there is nothing to compare', () => {
    const readoutAlone = scenario({
      ...{ title: 'waves', task: () => task, trials: 1, compare: ['rflo', 'bptt'], schedule: 'trial' },
      circuit: () =>
        circuit({
          neurons: { x: input(1), y: linear(1) },
          synapses: { readout: { from: 'x', to: 'y', weights: normal(), rule: rflo() } },
          feedback: {},
        }),
    }).plan();
    expect(() => runBeside(readoutAlone, 1)).toThrow('compare: compares changes to synapses of hidden neurons');
    expect(() => run([fBptt(1), fBptt(10)], 'trial')).toThrow('task: has trials of 6 timesteps, but');
  });

  it('cannot follow weights that change within a trial if they know nothing before its end', () => {
    expect(() => run(['rtrl', weightPerturbation()])).toThrow(
      "compare: 'weight-perturbation-online' estimates nothing before the end of a trial",
    );
  });
});
