import type { BuiltCircuit } from '../../circuit/index.ts';
import type { SynapseCertificate } from './certificate.ts';

/** Adds what the group's optimiser needs: numbers that each synapse keeps. It reads only these, the weight and the change. */
export function withOptimiser({ groups }: BuiltCircuit, synapses: SynapseCertificate): SynapseCertificate {
  const { stores, loihi, notes } = synapses;
  const optimiser = groups.find(({ name }) => name === synapses.group)?.optimiser;
  if (!optimiser) return synapses;
  const kept = Object.keys(optimiser.state);
  const keeps = kept.length > 0 ? `, for which it keeps ${kept.join(', ')}` : '';
  const bytes = Float64Array.BYTES_PER_ELEMENT * kept.length;
  const misfit = `its changes are applied by optimiser '${optimiser.name}', but Loihi adds a sum of products unchanged`;
  return {
    ...synapses,
    stores: stores && { ...stores, numbers: stores.numbers + kept.length, bytes: stores.bytes + bytes },
    loihi: loihi && { fits: false, equations: [], variables: {}, traces: [], misfits: [...loihi.misfits, misfit] },
    notes: [...notes, `its changes are applied by optimiser '${optimiser.name}'${keeps}`],
  };
}
