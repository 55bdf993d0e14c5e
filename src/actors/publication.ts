import type { Postsynaptic } from '../rules/index.ts';

/** What a neuron publishes to its synapses, on both sides. Only the neuron writes it. */
export class Publication implements Postsynaptic {
  rate = 0.5;
  slope = 0.5;
  retention = 0.5;
  signal = 0.5;
  /** What its axon sends; kept only where that is not the rate as it is. */
  sent = 0.5;
}
