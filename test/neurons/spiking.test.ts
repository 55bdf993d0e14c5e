import { beforeAll, expect, it } from 'vitest';
import { build, circuit } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { alif, cubaLi, cubaLif, input, leakyReadout, lif, resettingLif, surrogates } from '../../src/neurons/index.ts';
import { normal, stream } from '../../src/random/index.ts';
import { adaptiveFeedback, adaptiveReadout, eprop, rflo } from '../../src/rules/index.ts';
import { Pair } from '../support/agreement.ts';

beforeAll(loadKernels);

const KAPPA = 0.8;
const LEARNING = { schedule: 'trial', feedback: 'random' } as const;

function spiking(h: ReturnType<typeof lif>, adaptive = false) {
  const rule = eprop({ eta: 0.1, kappa: KAPPA });
  return circuit({
    neurons: { x: input(3), h, y: leakyReadout(2, { kappa: KAPPA, gain: 1 - KAPPA }) },
    synapses: {
      input: { from: 'x', to: 'h', weights: normal({ sd: 1 }), rule },
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.5 }), rule },
      readout: {
        ...{ from: 'h', to: 'y', weights: normal({ sd: 0.5 }) },
        rule: adaptive ? adaptiveReadout({ eta: 0.1, decay: 0.1 }) : rflo({ eta: 0.1 }),
      },
    },
    feedback: {
      error: {
        ...{ from: 'y', to: 'h', weights: normal({ sd: 1 }) },
        ...(adaptive && { rule: adaptiveFeedback({ eta: 0.1, decay: 0.1, kappa: KAPPA }) }),
      },
    },
  });
}

function trial(index: number) {
  const random = stream(5, 'trial', index);
  const [input, target] = [Float64Array.from({ length: 40 * 3 }, () => (random() < 0.4 ? 1 : 0)), new Float64Array(80)];
  return { timesteps: 40, input, target: target.map(() => random() - 0.5) };
}

it('an adaptive neuron that does not adapt is a plain one, bit for bit', () => {
  const [plain, adaptive] = [lif(8), alif(8, { beta: 0 })].map((h) => {
    const pair = new Pair(build(spiking(h), 1), LEARNING);
    const losses = [1, 2, 3].map((index) => pair.trial(trial(index)));
    return { losses, weights: pair.kernels.weights() };
  });
  expect(new Set(plain.losses).size).toBe(3);
  expect(adaptive).toEqual(plain);
});

it.each(Object.entries(surrogates))('with the pseudo-derivative %s, engines have the same bits', (_, surrogate) => {
  const pair = new Pair(build(spiking(alif(8, { beta: 0.2, surrogate, refractory: 2 })), 1), LEARNING);
  for (let index = 1; index <= 4; index++) pair.trial(trial(index));
});

it.each([
  ['reset to a value', resettingLif(6, { rest: 0.2, bias: 0.1, theta: 0.5, reset: -0.1 })],
  ['behind a current', cubaLif(6, { bias: 0.1, theta: 0.3, reset: 0.05 })],
  ['behind a current, without spikes', cubaLi(6, { rest: 0.1, bias: -0.1 })],
])('%s, engines have the same bits, and both references the same gradient', (_, h) => {
  const built = build(spiking(h), 1);
  const [local, bptt, rtrl] = (['local', 'bptt', 'rtrl'] as const).map((name) => new Pair(built, LEARNING, name));
  for (let index = 1; index <= 3; index++) local.watchedTrial(trial(index));
  for (const exact of [bptt, rtrl]) exact.trial(trial(1));
  for (const [name, weights] of Object.entries(bptt.kernels.weights())) {
    weights.forEach((weight, k) => {
      expect(rtrl.kernels.weights()[name][k]).toBeCloseTo(weight, 12);
    });
  }
});

it('with adaptive feedback, feedback and readout come near each other by the same factor in every trial', () => {
  const built = build(spiking(lif(8), true), 1);
  const pair = new Pair(built, LEARNING);
  const apart = () => {
    const [W, B] = ['readout', 'feedback.error'].map((synapses) => {
      const reader = pair.kernels.reader({ synapses, value: 'weight' });
      const values = new Float64Array(reader.length);
      reader.read(values, 0);
      return values;
    });
    return Array.from(B, (b, k) => b - W[(k % 2) * 8 + Math.floor(k / 2)]);
  };
  let before = apart();
  for (let index = 1; index <= 5; index++) {
    pair.trial(trial(index));
    const after = apart();
    after.forEach((difference, k) => {
      expect(difference).toBeCloseTo(0.9 * before[k], 12);
    });
    before = after;
  }
});
