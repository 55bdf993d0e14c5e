import { expect, it } from 'vitest';
import { build, circuit } from '../../src/circuit/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal, stream } from '../../src/random/index.ts';
import { rflo } from '../../src/rules/index.ts';
import { bptt } from '../../src/solvers/index.ts';
import { broadcast, exactCredit, length, meanCosine } from '../../scenarios/figures/credit.ts';

const [UNITS, T, TAU] = [5, 12, 3];
const built = build(
  circuit({
    neurons: { x: input(2), h: leakyTanh(UNITS, { tau: TAU }), y: linear(2) },
    synapses: {
      input: { from: 'x', to: 'h', weights: normal() },
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.8 }), rule: rflo({ eta: 1 }) },
      readout: { from: 'h', to: 'y', weights: normal() },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  }),
  1,
);

it('exact credit, times slopes and rates before, is the direction in which BPTT changes weights', () => {
  const random = stream(1, 'trial');
  const numbers = () => Float64Array.from({ length: 2 * T }, () => 2 * random() - 1);
  const engine = bptt().open(built, { schedule: 'trial', feedback: 'symmetric', seed: 1 });
  const { recurrent: W, readout } = engine.weights();
  const [h, s, e]: [Float64Array[], Float64Array[], Float64Array[]] = [[], [], []];
  const recorded = [
    [h, engine.reader({ neurons: 'h', value: 'rate' })],
    [s, engine.reader({ neurons: 'h', value: 'slope' })],
    [e, engine.reader({ error: 'y' })],
  ] as const;
  engine.trial(
    { timesteps: T, input: numbers(), target: numbers() },
    {
      onTimestep: () => {
        for (const [rows, reader] of recorded) {
          const row = new Float64Array(reader.length);
          reader.read(row, 0);
          rows.push(row);
        }
      },
    },
  );
  const credit = exactCredit(broadcast(readout, e, true), s, W, 1 - 1 / TAU);
  const wanted = W.map((_, k) => {
    const [i, j] = [Math.floor(k / UNITS), k % UNITS];
    return credit.reduce((sum, c, t) => sum + (t > 0 ? c[i] * s[t][i] * h[t - 1][j] : 0), 0);
  });
  const changed = engine.weights()['recurrent'].map((w, k) => w - W[k]);
  expect(length([changed])).toBeGreaterThan(0.01);
  expect(meanCosine([changed], [wanted])).toBeCloseTo(1, 12);
});
