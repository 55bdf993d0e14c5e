import type { SynapseCertificate } from './certificate.ts';

/** Synapses about which nothing is certified, and why. */
export function uncertified(group: string | null, rule: string | null, why: string): SynapseCertificate {
  return {
    group,
    rule,
    class: 'not certified',
    needs: [{ class: 'not certified', what: why }],
    reads: null,
    stores: null,
    computes: null,
    causal: null,
    loihi: null,
    notes: [],
  };
}
