import { circuit, mask, type Circuit } from '../../circuit/index.ts';
import { leakyTanh, linear } from '../../neurons/index.ts';
import { normal } from '../../random/index.ts';
import { delta, rflo } from '../../rules/index.ts';

/** Neurons on the ring of the reference circuit. */
const RING = 12;

/**
 * The circuit on which a solver is audited that is named without one: a ring of 12 leaky tanh neurons h, each with a synapse to itself
 * and one to the next, read out whole by a linear neuron y, whose error comes back to all of them. On a ring, neurons are as far from
 * each other as 11 synapses: near it, what a solver reads within few steps and what it reads everywhere are different things.
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
