import { circuit, type Circuit } from '../../circuit/index.ts';
import { leakyTanh, linear } from '../../neurons/index.ts';
import { normal, uniform } from '../../random/index.ts';
import { rflo } from '../../rules/index.ts';

/**
 * The circuit that the ledger counts: the example of Murray (2019), of which only the recurrent synapses learn. The argument about cost
 * concerns these; a readout that learns by the delta rule would add the same small amount to every learner.
 */
export function ledgerCircuit(units: number): Circuit {
  const end = 0.1 / Math.sqrt(units);
  return circuit({
    neurons: { h: leakyTanh(units, { tau: 10, initial: 0.1 }), y: linear(1) },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: 1.5 / Math.sqrt(units) }), rule: rflo() },
      readout: { from: 'h', to: 'y', weights: uniform(-end, end) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });
}
