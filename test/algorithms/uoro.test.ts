import { describe, expect, it } from 'vitest';
import { uoro } from '../../src/algorithms/index.ts';
import { build, circuit, type Held } from '../../src/circuit/index.ts';
import { certifyLearner } from '../../src/locality/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { rtrl, type LearningAlgorithm } from '../../src/solvers/index.ts';
import type { Task, Trial } from '../../src/tasks/index.ts';
import { openSession } from '../../src/training/index.ts';
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

/** Signs for two neurons, [timesteps][2]. */
const flips = (timesteps: number): readonly (readonly number[])[] =>
  Array.from({ length: timesteps }, (_, t) => [t % 3 === 0 ? 1 : -1, t % 2 === 0 ? 1 : -1]);

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

  it('goes on from trial to trial in an endless stream, and from a checkpoint of it', async () => {
    const run = { circuit: network(3, 2), task, seed: 4, carry: true } as const;
    const learner = { learner: uoro(), schedule: 'online' } as const;
    const whole = endOf(await eventsOf({ ...run, learner, trials: 6 }));
    const half = openSession({ ...run, learner, trials: 3 });
    await eventsOf(half);
    expect(half.state().carried?.['uoro.A'].some((a) => a !== 0)).toBe(true);
    const rest = endOf(await eventsOf({ ...run, learner, trials: 6, resume: half.state() }));
    expect(rest.state).toEqual({ ...whole.state, elapsed: rest.state.elapsed, inTrials: rest.state.inTrials });
    const apart = endOf(await eventsOf({ ...run, carry: false, learner, trials: 6 }));
    expect(apart.state.weights).not.toEqual(whole.state.weights);
  });

  it('in one long trial is what it is in two that carry on', () => {
    const built = build(network(2, 3), 3, { carry: true });
    const [one, two] = [1, 2].map(() => uoro({ scales: { p0: 0.9, p1: 0.8 }, tape: [flips(8), flips(8).slice(4)] }));
    const gradients = [[one, [8]] as const, [two, [4, 4]] as const].map(([algorithm, lengths]) => {
      const engine = algorithm.open(built, { schedule: 'trial', feedback: 'symmetric', seed: 1 });
      const asked = engine.held().filter(({ place }) => place.kind === 'asked');
      const all = trialOf(8);
      let from = 0;
      const given: number[] = [];
      lengths.forEach((timesteps, k) => {
        const trial = {
          timesteps,
          input: all.input.slice(from, from + timesteps),
          target: all.target.slice(2 * from, 2 * (from + timesteps)),
        };
        from += timesteps;
        engine.trial(trial, {
          number: k + 1,
          onPhase: (phase) => {
            if (phase !== 'learn') return;
            for (const numbers of asked) {
              for (let s = 0; s < numbers.length; s++) {
                given.push(numbers.get(s));
                numbers.set(s, 0);
              }
            }
          },
        });
      });
      return given;
    });
    expect(gradients[1]).toEqual(gradients[0]);
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
