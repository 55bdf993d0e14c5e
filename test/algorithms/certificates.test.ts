import { expect, it } from 'vitest';
import { build, circuit, mask, type FeedbackKind } from '../../src/circuit/index.ts';
import { asAlgorithm, local } from '../../src/algorithms/index.ts';
import { certifyLearner, noninterference, type LocalityClass } from '../../src/locality/index.ts';
import { leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';

/** A ring of leaky units, each of which hears itself and the one before. */
const ring = build(
  circuit({
    neurons: { h: leakyTanh(6, { initial: 0.2 }), y: linear(1) },
    synapses: {
      recurrent: {
        ...{ from: 'h', to: 'h', weights: normal(), rule: rflo() },
        connect: mask([0, 1, 2, 3, 4, 5].map((i) => [0, 1, 2, 3, 4, 5].map((j) => i === j || i === (j + 1) % 6))),
      },
      readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  }),
  1,
);

const certify = (algorithm: string, feedback: FeedbackKind) => {
  const { synapses } = certifyLearner(ring, { name: algorithm, algorithm, feedback });
  const [recurrent, readout] = ['recurrent', 'readout'].map((name) => synapses.find(({ group }) => group === name));
  // Whatever learns the recurrent synapses, those of the readout are told their own error.
  expect(readout?.class).toBe('two-factor local');
  return recurrent;
};

it.each<[string, LocalityClass]>([
  ['rtrl', 'fully nonlocal'],
  ['uoro', 'fully nonlocal'],
  ['kf-rtrl', 'fully nonlocal'],
  ['r-kf-rtrl', 'fully nonlocal'],
  ['ok-2', 'fully nonlocal'],
  ['kernl', 'needs weight transport'],
  ['dni', 'spatially nonlocal within 1 hop'],
  ['dni-b', 'needs weight transport'],
  ['e-bptt-5', 'acausal'],
  ['f-bptt-5', 'acausal'],
  ['e-bptt-1', 'three-factor, broadcast vector through fixed feedback'],
  ['snap-2', 'spatially nonlocal within 1 hop'],
  ['node-perturbation', 'three-factor, global scalar'],
  ['weight-perturbation', 'three-factor, global scalar'],
])('%s is certified as %s', (algorithm, expected) => {
  const certified = certify(algorithm, 'random');
  expect(certified?.class).toBe(expected);
  expect(certified?.causal).toBe(expected !== 'acausal');
});

it('with symmetric feedback, the readout is transposed', () => {
  expect(certify('e-bptt-1', 'symmetric')?.class).toBe('needs weight transport');
  expect(certify('dni', 'symmetric')?.class).toBe('spatially nonlocal within 1 hop');
  // What is told one number needs no feedback.
  expect(certify('node-perturbation', 'symmetric')?.class).toBe('three-factor, global scalar');
});

it.each<[string, 'passes' | 'is caught']>([
  ['e-bptt-1', 'passes'],
  ['f-bptt-1', 'passes'],
  ['uoro', 'is caught'],
  ['kf-rtrl', 'is caught'],
  ['ok-2', 'is caught'],
  ['kernl', 'is caught'],
  ['dni', 'is caught'],
  ['f-bptt-2', 'is caught'],
  ['e-bptt-2', 'is caught'],
  ['snap-2', 'is caught'],
  ['rtrl', 'is caught'],
  ['r-kf-rtrl', 'is caught'],
  // What the compartment circuit would be with weights that are tied.
  ['dni-b', 'is caught'],
  ['rflo', 'passes'],
])('in the dynamic test, %s %s', (name, expected) => {
  const engine = asAlgorithm('learner', name === 'rflo' ? local() : name).open(ring, {
    schedule: 'trial',
    feedback: 'random',
    seed: 1,
  });
  const trial = { timesteps: 4, input: new Float64Array(), target: Float64Array.of(0.8, 0.1, -0.7, -0.9) };
  const { counterexample } = noninterference(engine, trial, { updates: 16 });
  expect(counterexample ? 'is caught' : 'passes').toBe(expected);
});
