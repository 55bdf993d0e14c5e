import {
  circuit,
  constant,
  crossEntropy,
  delta,
  input,
  leakyTanh,
  linear,
  normal,
  orthogonal,
  rflo,
  squared,
  type Circuit,
} from 'rxflo';
import { always } from './compartments.ts';

/** Timesteps of a trial of an endless stream; reported values are means over them. */
export const T = 100;

export interface UnifiedNetwork {
  readonly inputs: number;
  readonly units: number;
  readonly outputs: number;
  /** 1/alpha. */
  readonly tau: number;
  /** The learning rate of all weights, per trial. */
  readonly eta: number;
  /** The factor of W, which is orthogonal. Default 1. */
  readonly gain?: number;
  /** Default 'cross-entropy', of the softmax of the outputs. */
  readonly loss?: 'squared' | 'cross-entropy';
  /** Whether only the readout learns. Default false. */
  readonly readoutOnly?: boolean;
}

/** The network of the unified framework, Marschall, Cho & Savin (2020): one recurrent population with biases, and a readout. */
export function unifiedCircuit(network: UnifiedNetwork): Circuit {
  const { inputs, units, outputs, tau, eta, gain = 1, loss = 'cross-entropy', readoutOnly = false } = network;
  const rule = readoutOnly ? {} : { rule: rflo({ eta }) };
  const own = { rule: delta({ eta }) };
  const by = (size: number) => normal({ sd: 1 / Math.sqrt(size) });
  return circuit({
    neurons: { x: input(inputs), one: always(1), h: leakyTanh(units, { tau }), y: linear(outputs) },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: orthogonal({ gain }), ...rule },
      input: { from: 'x', to: 'h', weights: by(inputs), ...rule },
      bias: { from: 'one', to: 'h', weights: constant(0), ...rule },
      readout: { from: 'h', to: 'y', weights: by(units), ...own },
      readoutBias: { from: 'one', to: 'y', weights: constant(0), ...own },
    },
    feedback: { error: { from: 'y', to: 'h', weights: by(outputs) } },
    losses: { y: loss === 'squared' ? squared : crossEntropy },
  });
}
