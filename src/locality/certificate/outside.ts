import type { Outside } from '../../solvers/index.ts';
import type { Need, SynapseCertificate } from './certificate.ts';
import { leastLocal } from './classes.ts';

const NEEDS: Readonly<Record<Outside['brings'], (of: string) => Need>> = {
  mirrored: (of) => ({
    class: 'needs weight transport',
    what: `the current weights of '${of}', which start at its own neuron and end on others, brought from outside`,
  }),
  siblings: (of) => ({
    class: 'needs sibling weights',
    what: `the current weights of the other synapses of its axon, of '${of}', and the rates of the neurons that they end on, brought from outside`,
  }),
};

/** Adds what is brought from outside to what synapses need by their rules. */
export function withOutside(
  algorithm: string,
  outside: readonly Outside[],
): (synapses: SynapseCertificate) => SynapseCertificate {
  return (synapses) => {
    const brought = outside.filter(({ group }) => group === synapses.group);
    if (brought.length === 0) return synapses;
    const needs = [...synapses.needs, ...brought.map(({ brings, of }) => NEEDS[brings](of))];
    const note = `what is brought from outside is as stated by algorithm '${algorithm}'; not checked here`;
    return {
      ...synapses,
      ...{ needs, class: leastLocal(needs.map((need) => need.class)), notes: [...synapses.notes, note] },
      // Its rule alone is not how it learns.
      loihi: null,
      ...(synapses.reads && { reads: { ...synapses.reads, 'other weights': brought.map(({ of }) => of) } }),
    };
  };
}
