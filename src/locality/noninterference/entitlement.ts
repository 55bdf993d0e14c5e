import type { BuiltGroup, BuiltPopulation, Place } from '../../circuit/index.ts';

/** One synapse of a circuit. */
export interface SynapseAt {
  readonly group: BuiltGroup;
  /** Its place in the group's order of synapses. */
  readonly index: number;
  readonly post: number;
  readonly pre: number;
}

/** All synapses of these groups, group after group. */
export function synapsesOf(groups: readonly BuiltGroup[]): readonly SynapseAt[] {
  return groups.flatMap((group) =>
    Array.from({ length: group.to.size }, (_, post) => post).flatMap((post) =>
      Array.from(group.pre.subarray(group.rowStart[post], group.rowStart[post + 1]), (pre, k) => ({
        ...{ group, post, pre },
        index: group.rowStart[post] + k,
      })),
    ),
  );
}

/** The moments of a timestep at which what an engine holds is changed. */
export type Moment = 'compare' | 'broadcast';

/**
 * What a number is to a synapse, as its rule would call it ('w', 'pre.rate', a variable of its state, ...), 'asked' for what it has
 * asked for so far; undefined: it is none of its business.
 *
 * When the error has been broadcast, a synapse is entitled to its own numbers, to the rate that its axon brought, and to what the neuron
 * that it sits on publishes. Before that, the neuron is entitled to what it is about to form its learning signal from: its own feedback
 * weights, and the errors that they weigh.
 */
export function roleOf(
  place: Place,
  k: number,
  synapse: SynapseAt,
  moment: Moment,
  timestep: number,
): string | undefined {
  const { group, index, post, pre } = synapse;
  switch (place.kind) {
    case 'weight':
      return place.group === group && k === index ? 'w' : undefined;
    case 'asked':
      return place.group === group && k === index ? 'asked' : undefined;
    case 'state':
      return place.group === group && k === index ? place.variable : undefined;
    case 'influence':
      return place.group === group &&
        place.population === group.to &&
        place.neurons[Math.floor(k / place.width)] === post &&
        place.first + (k % place.width) === index
        ? 'influence'
        : undefined;
    case 'axon':
      return place.group === group && k === pre ? 'pre.rate' : undefined;
    case 'rate':
      if (place.population === group.to && k === post && place.ago === 0) return 'post.rate';
      return group.from.sending ? undefined : carried(place, k, synapse, timestep);
    case 'sent':
      return carried(place, k, synapse, timestep);
    case 'slope':
    case 'retention':
    case 'signal':
      return place.population === group.to && k === post ? `post.${place.kind}` : undefined;
    case 'feedback':
      return moment === 'compare' && place.feedback.to === group.to && Math.floor(k / place.feedback.from.size) === post
        ? 'post.signal'
        : undefined;
    case 'error':
      return moment === 'compare' ? 'post.signal' : undefined;
    case 'line':
    case 'potential':
    case 'input':
    case 'target':
      return undefined;
  }
}

/** What the presynaptic neuron's axon brings now is the synapse's `pre.rate`. */
function carried(
  { population, ago }: { readonly population: BuiltPopulation; readonly ago: number },
  k: number,
  { group, pre }: SynapseAt,
  timestep: number,
): string | undefined {
  return population === group.from && k === pre && isCarried(ago, group.delay, timestep) ? 'pre.rate' : undefined;
}

/** Whether a rate of so long ago is what an axon brings now: that of `delay` timesteps ago, or of the trial's beginning. */
function isCarried(ago: number, delay: number, timestep: number): boolean {
  return ago === delay || (ago === timestep && timestep < delay);
}
