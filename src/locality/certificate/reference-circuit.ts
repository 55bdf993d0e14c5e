import { circuit, mask, type Circuit } from '../../circuit/index.ts';
import { leakyTanh, linear } from '../../neurons/index.ts';
import { normal } from '../../random/index.ts';
import { delta, rflo } from '../../rules/index.ts';

/** Neurons on the ring of the reference circuit. */
const RING = 12;

/**
 * The circuit on which a solver is audited if no circuit is given: a ring of 12 leaky tanh neurons h, each with a synapse to itself
 * and one to the next, all read out by a linear neuron y, whose error comes back to all of them. On this ring, neurons are up to
 * 11 synapses apart, which distinguishes a solver that reads within few steps from one that reads everywhere.
 */
export function referenceCircuit(): Circuit<'rflo' | 'delta'> {
  const ring = Array.from({ length: RING }, (_, i) =>
    Array.from({ length: RING }, (_, j) => i === j || i === (j + 1) % RING),
  );
  return circuit({
    neurons: { h: leakyTanh(RING), y: linear(1) },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: normal(), connect: mask(ring), rule: rflo() },
      readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });
}
