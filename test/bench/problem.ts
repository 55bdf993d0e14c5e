import { build, circuit } from '../../src/circuit/index.ts';
import { leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal, stream, uniform } from '../../src/random/index.ts';
import type { ProblemFile } from '../../src/recording/problem-schema.ts';
import { periodic } from '../../src/tasks/index.ts';
import type { Case } from './cases.ts';

/** The paper's example: time constant in timesteps, h(0), and the rate at its N = 50. */
const [TAU, INITIAL, RATE, UNITS] = [10, 0.1, 0.03, 50];

/**
 * The paper's example at any size, as a problem file (rxflo-problem/1): every contender reads the same numbers.
 *
 *     W ~ 1.5 Normal(0, 1)/sqrt(N);   Wout ~ 0.1 Uniform(-1, 1)/sqrt(N);   B ~ Normal(0, 1);   rates 0.03 * 50/N
 *
 * The readout sums over N units, so a rate that did not shrink with N would make learning diverge at N = 1000.
 *
 * @param timesteps T, the period of the target.
 */
export function problemOf({ algorithm, schedule, units }: Case, timesteps = 100): ProblemFile {
  const end = 0.1 / Math.sqrt(units);
  const definition = circuit({
    neurons: { h: leakyTanh(units, { tau: TAU, initial: INITIAL }), y: linear(1) },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: 1.5 / Math.sqrt(units) }) },
      readout: { from: 'h', to: 'y', weights: uniform(-end, end) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });
  const { groups, feedback } = build(definition, 1);
  const [recurrent, readout] = groups;
  const { target } = periodic({ period: timesteps }).trial(1, stream(1));
  const rate = (RATE * UNITS) / units;
  return {
    format: 'rxflo-problem/1',
    network: {
      tau: TAU,
      activation: 'tanh',
      h0: Array<number>(units).fill(INITIAL),
      w_in: Array.from({ length: units }, () => []),
      w_rec: rows(recurrent.weights, units),
      w_out: rows(readout.weights, units),
      feedback: rows(feedback[0].weights, 1),
    },
    task: { input: Array.from({ length: timesteps }, () => []), target: rows(target, 1) },
    learning: {
      algorithm,
      feedback: algorithm === 'rflo' ? 'random' : 'symmetric',
      schedule,
      rates: { w_in: 0, w_rec: rate, w_out: rate },
      trials: 1,
    },
  };
}

/** A row-major matrix as rows. */
export function rows(values: ArrayLike<number>, columns: number): number[][] {
  return Array.from({ length: values.length / columns }, (_, i) =>
    Array.from({ length: columns }, (_, j) => values[i * columns + j]),
  );
}
