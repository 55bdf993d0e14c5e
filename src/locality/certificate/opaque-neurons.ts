import type { BuiltPopulation } from '../../circuit/index.ts';
import type { Need, SynapseCertificate } from './certificate.ts';

/** For synapses that read what neurons of these populations publish: nothing is certified if a neuron may publish anything. */
export function withOpaqueNeurons(
  synapses: SynapseCertificate,
  populations: readonly BuiltPopulation[],
): SynapseCertificate {
  const models = populations.flatMap(({ model }) => (model && !model.analysis ? [model.name] : []));
  if (models.length === 0) return synapses;
  const needs = [...new Set(models)].map((name): Need => ({
    class: 'not certified',
    what: `neuron model '${name}' is opaque, and what it publishes may hold anything: only the dynamic test can say more`,
  }));
  return { ...synapses, class: 'not certified', causal: null, needs: [...synapses.needs, ...needs] };
}
