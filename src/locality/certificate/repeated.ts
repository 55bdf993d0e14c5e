import type { BuiltCircuit } from '../../circuit/index.ts';
import type { Need, SynapseCertificate } from './certificate.ts';
import { leastLocal } from './classes.ts';

/** Adds what a circuit that repeats needs: every synapse must be told which sweep is the last, and everything is done in each sweep. */
export function withRepeat({ repeat }: BuiltCircuit, synapses: SynapseCertificate): SynapseCertificate {
  if (!repeat || repeat.times === 1) return synapses;
  const { times, until } = repeat;
  const opens: Need = {
    class: 'three-factor, global scalar',
    what:
      'a signal, the same for every synapse, that opens learning in the last sweep of a timestep: ' +
      (until
        ? `given when no neuron of '${until.population.name}' has moved by ${until.moves} or more, for which all of them must be watched`
        : `given by a clock that counts ${times} sweeps`),
  };
  const needs = [...synapses.needs, opens];
  const often = `${until ? 'up to ' : ''}${times} times`;
  const asks = synapses.rule === null ? '' : '; it requests its change only in the last';
  const note = `each timestep is run through ${often}: what it computes and keeps for a timestep, it computes and keeps in each of these sweeps${asks}`;
  return { ...synapses, needs, class: leastLocal(needs.map((need) => need.class)), notes: [...synapses.notes, note] };
}
