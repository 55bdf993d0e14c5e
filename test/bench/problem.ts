import { build, circuit, type BuiltCircuit } from '../../src/circuit/index.ts';
import { leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal, stream, uniform } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { periodic } from '../../src/tasks/index.ts';

const [UNITS, TAU, INITIAL, RATE] = [50, 10, 0.1, 0.03];

/** One period of the paper's target, T = 100. */
export const TASK = periodic({ period: 100 }).trial(1, stream(1));

/** The circuit of the paper's example. */
export function benchCircuit(seed: number): BuiltCircuit {
  const end = 0.1 / Math.sqrt(UNITS);
  const definition = circuit({
    neurons: { h: leakyTanh(UNITS, { tau: TAU, initial: INITIAL }), y: linear(1) },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: 1.5 / Math.sqrt(UNITS) }), rule: rflo({ rate: RATE }) },
      readout: { from: 'h', to: 'y', weights: uniform(-end, end), rule: delta({ rate: RATE }) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });
  return build(definition, seed);
}

/** The same as a problem file (rxflo-problem/1), which the NumPy peer reads. */
export function problemOf({ groups, feedback }: BuiltCircuit, trials: number): object {
  const [recurrent, readout] = groups;
  return {
    format: 'rxflo-problem/1',
    network: {
      tau: TAU,
      activation: 'tanh',
      h0: Array.from({ length: UNITS }, () => INITIAL),
      w_in: Array.from({ length: UNITS }, () => []),
      w_rec: rows(recurrent.weights, UNITS),
      w_out: rows(readout.weights, UNITS),
      feedback: rows(feedback[0].weights, 1),
    },
    task: { input: Array.from({ length: TASK.timesteps }, () => []), target: rows(TASK.target, 1) },
    learning: {
      algorithm: 'rflo',
      feedback: 'random',
      schedule: 'trial',
      rates: { w_in: 0, w_rec: RATE, w_out: RATE },
      trials,
    },
  };
}

function rows(values: Float64Array, columns: number): number[][] {
  return Array.from({ length: values.length / columns }, (_, i) => [...values.slice(i * columns, (i + 1) * columns)]);
}
