import { describe, expect, it } from 'vitest';
import { build, circuit, type Held } from '../../src/circuit/index.ts';
import { certifyLearner } from '../../src/locality/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { rtrl, type LearningAlgorithm } from '../../src/solvers/index.ts';
import type { Task, Trial } from '../../src/tasks/index.ts';
import { openSession } from '../../src/training/index.ts';
import { uoro } from '../../scenarios/learners/uoro.ts';
import { endOf, eventsOf } from '../support/sessions.ts';

const network = (units: number, delay = 1) =>
  circuit({
    neurons: { x: input(1), h: leakyTanh(units, { tau: 2, initial: 0.3 }), y: linear(2) },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.9 }), delay, rule: rflo({ eta: 0.3 }) },
      input: { from: 'x', to: 'h', weights: normal(), rule: rflo({ eta: 0.3 }) },
      readout: { from: 'h', to: 'y', weights: normal(), rule: delta({ eta: 0.3 }) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });

const trialOf = (timesteps: number): Trial => ({
  timesteps,
  input: Float64Array.from({ length: timesteps }, (_, t) => Math.sin(2 * t + 1)),
  target: Float64Array.from({ length: 2 * timesteps }, (_, t) => Math.cos(t)),
});

const task: Task = { name: 'waves', inputs: 1, outputs: 2, settings: {}, trial: () => trialOf(9) };

/** What an algorithm gives at each timestep, summed over trials in which no weight changes: [timesteps][synapses]. */
function given(algorithm: LearningAlgorithm, units: number, timesteps: number, trials: number): number[][] {
  const built = build(network(units), 5);
  const engine = algorithm.open(built, { schedule: 'trial', feedback: 'symmetric', seed: 1 });
  const asked: readonly Held[] = engine.held().filter(({ place }) => place.kind === 'asked');
  const sums: number[][] = Array.from({ length: timesteps }, () => []);
  for (let trial = 1; trial <= trials; trial++) {
    engine.trial(trialOf(timesteps), {
      number: trial,
      onPhase: (phase, t) => {
        if (phase !== 'learn') return;
        let place = 0;
        for (const numbers of asked) {
          for (let k = 0; k < numbers.length; k++, place++) {
            sums[t - 1][place] = (sums[t - 1][place] ?? 0) + numbers.get(k);
            numbers.set(k, 0);
          }
        }
      },
    });
  }
  return sums.map((row) => row.map((sum) => sum / trials));
}

describe('UORO', () => {
  it.each([1e-7, 1e-3])('is RTRL on average over all signs, at every timestep, with epsilon %d', (epsilon) => {
    const [units, timesteps] = [2, 4];
    const bits = units * timesteps;
    const tape = Array.from({ length: 2 ** bits }, (_, pattern) =>
      Array.from({ length: timesteps }, (_t, t) =>
        Array.from({ length: units }, (_k, k) => (((pattern >> (t * units + k)) & 1) === 1 ? 1 : -1)),
      ),
    );
    const mean = given(uoro({ epsilon, tape }), units, timesteps, tape.length);
    const exact = given(rtrl(), units, timesteps, 1);
    const off = mean.flatMap((row, t) => row.map((value, k) => Math.abs(value - exact[t][k])));
    expect(Math.max(...off)).toBeLessThan(1e-12);
    expect(Math.max(...exact.flat().map(Math.abs))).toBeGreaterThan(0.1);
    // One pattern alone is not.
    expect(Math.abs(given(uoro({ epsilon, tape }), units, timesteps, 1)[3][0] - exact[3][0])).toBeGreaterThan(1e-3);
  });

  it.each<[string, Parameters<typeof uoro>[0]]>([
    ['signs', {}],
    ['normal numbers, from a normal start', { nu: 'normal', start: 'normal', epsilon: 0 }],
    ['even numbers, with scales that stay', { nu: 'uniform', scales: { p0: 1, p1: 0.7 } }],
  ])('goes on from a checkpoint with the same bits, by %s', async (_, options) => {
    const run = {
      circuit: network(3, 2),
      task,
      seed: 4,
      learner: { learner: uoro(options), schedule: 'online' },
    } as const;
    const whole = endOf(await eventsOf({ ...run, trials: 6 }));
    const half = openSession({ ...run, trials: 3 });
    await eventsOf(half);
    const rest = endOf(await eventsOf({ ...run, trials: 6, resume: half.state() }));
    expect(rest.state.weights).toEqual(whole.state.weights);
  });

  it('reads the whole network, so it is certified as fully nonlocal', () => {
    const certificate = certifyLearner(build(network(3), 1), {
      name: 'uoro',
      algorithm: uoro(),
      feedback: 'symmetric',
    });
    expect(certificate.synapses.find(({ group }) => group === 'recurrent')?.class).toBe('fully nonlocal');
    expect(certificate.synapses.every(({ causal }) => causal)).toBe(true);
  });
});
