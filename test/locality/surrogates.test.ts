import { describe, expect, it } from 'vitest';
import { build, circuit } from '../../src/circuit/index.ts';
import { detach, spike } from '../../src/local/index.ts';
import { certifyLearner, type Certificate } from '../../src/locality/index.ts';
import { leakyTanh, linear, neuronModel, type Population } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { detachedReset, reset, stepUnit } from '../support/models.ts';

const SOLVERS = ['bptt', 'rtrl', 'snap-1'] as const;

const stack = (h: Population, g: Population) =>
  build(
    circuit({
      neurons: { h, g, y: linear(1) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: normal(), rule: rflo() },
        up: { from: 'h', to: 'g', weights: normal(), rule: rflo() },
        readout: { from: 'g', to: 'y', weights: normal(), rule: delta() },
      },
      feedback: { error: { from: 'y', to: 'g', weights: normal() } },
    }),
    1,
  );

const notesOf = ({ synapses }: Certificate, name: string) => synapses.find(({ group }) => group === name)?.notes;
const spiking = (models: string) =>
  `derivatives of neuron ${models} are exact for the declared pseudo-derivative, spike(x, psi)`;

describe.each(SOLVERS)('the certificate of %s', (algorithm) => {
  const certify = (h: Population, g: Population) =>
    certifyLearner(stack(h, g), { name: algorithm, algorithm, feedback: 'symmetric' });

  it('says nothing of pseudo-derivatives where there are none', () => {
    expect(notesOf(certify(leakyTanh(2), leakyTanh(2)), 'up')).toEqual([]);
    const inner = neuronModel({ name: 'in-psi', params: {}, rate: ({ h, u }) => (spike(h, 1) > 0.5 ? u : h) });
    expect(notesOf(certify(leakyTanh(2), inner(2)), 'up')).toEqual([]);
  });

  it('says of which models the derivatives are exact for the declared pseudo-derivative', () => {
    const certificate = certify(leakyTanh(2), stepUnit(2));
    expect(notesOf(certificate, 'up')).toEqual([spiking("model 'step-unit'")]);
    // The readout's own update runs through no derivative but the output's.
    expect(notesOf(certificate, 'readout')).toEqual([]);
  });

  it('says where detached values count as constant', () => {
    expect(notesOf(certify(leakyTanh(2), detachedReset(2)), 'up')).toEqual([
      "in derivatives of neuron model 'detached-reset' detached values count as constant",
    ]);
    const both = neuronModel({ name: 'both', params: {}, rate: ({ h, u }) => spike(u, 1) + detach(h) });
    expect(notesOf(certify(leakyTanh(2), both(2)), 'up')).toEqual([
      spiking("model 'both'"),
      "in derivatives of neuron model 'both' detached values count as constant",
    ]);
  });
});

it('names every model on the way of credit', () => {
  const certificate = certifyLearner(stack(reset(2), stepUnit(2)), {
    name: 'bptt',
    algorithm: 'bptt',
    feedback: 'symmetric',
  });
  expect(notesOf(certificate, 'recurrent')).toEqual([spiking("models 'reset' and 'step-unit'")]);
});

it('of a rule says nothing: what neurons publish is theirs, psi included', () => {
  const certificate = certifyLearner(stack(stepUnit(2), stepUnit(2)), {
    name: 'rflo',
    algorithm: 'local',
    feedback: 'random',
  });
  expect(notesOf(certificate, 'up')).toEqual([]);
});
