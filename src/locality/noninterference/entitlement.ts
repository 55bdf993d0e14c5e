import {
  seenBy,
  type BuiltCircuit,
  type BuiltFeedback,
  type BuiltGroup,
  type BuiltPopulation,
  type Place,
} from '../../circuit/index.ts';

/** One synapse of a circuit. */
export interface SynapseAt {
  readonly group: BuiltGroup;
  /** Its index in the group's order of synapses. */
  readonly index: number;
  readonly post: number;
  readonly pre: number;
  /** The feedback that its neuron receives. */
  readonly hears: readonly BuiltFeedback[];
  /** The feedback that it relearns, from what the error's axon brings; absent: it transmits, and learns from what it carries. */
  readonly relearns?: BuiltFeedback;
}

/** All synapses of these groups of a circuit, group after group. */
export function synapsesOf({ feedback }: BuiltCircuit, groups: readonly BuiltGroup[]): readonly SynapseAt[] {
  return groups.flatMap((group) => {
    const hears = feedback.filter(({ to }) => to === group.to);
    const relearns = hears.find(({ synapses }) => synapses === group);
    return Array.from({ length: group.to.size }, (_, post) => post).flatMap((post) =>
      Array.from(group.pre.subarray(group.rowStart[post], group.rowStart[post + 1]), (pre, k) => ({
        ...{ group, post, pre, hears },
        index: group.rowStart[post] + k,
        ...(relearns && { relearns }),
      })),
    );
  });
}

/** The places of errors, and of what is sent of them. */
type ErrorPlace = Extract<Place, { kind: 'error' | 'message' | 'arriving' | 'error line' }>;

/** The moments of a timestep at which what an engine holds is changed. */
export type Moment = 'compare' | 'broadcast';

/**
 * The role of a number for a synapse, by its name in the rule ('w', 'pre.rate', a variable of its state, ...), or 'asked' for the change
 * requested so far; undefined if the synapse is not entitled to it.
 *
 * When the error has been broadcast (for a synapse that learns at once: when everything that it reads is known), a synapse is entitled to its own
 * numbers, to what its axon brought, and to what the neuron that it sits on publishes. Before that, the neuron is entitled to what it forms its
 * learning signal from: its own feedback weights (if they are relearned, the weights of the synapses on it that do so), its own error at an output,
 * and the errors that arrive.
 */
export function roleOf(
  place: Place,
  k: number,
  synapse: SynapseAt,
  moment: Moment,
  timestep: number,
): string | undefined {
  const { group, index, post, pre, hears, relearns } = synapse;
  const signal = moment === 'compare' ? 'post.signal' : undefined;
  switch (place.kind) {
    case 'weight':
      if (place.group === group && k === index) return 'w';
      return hears.some(({ synapses }) => synapses === place.group) && isOn(place.group, k, post) ? signal : undefined;
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
      return place.group === group && k === pre && place.longer === longerTo(synapse)
        ? nameOfBrought(group, place.message)
        : undefined;
    case 'row':
      return roleOfRow(place, k, synapse, timestep);
    case 'feedback':
      return place.feedback.to === group.to && Math.floor(k / place.feedback.from.size) === post ? signal : undefined;
    case 'error':
    case 'message':
    case 'arriving':
    case 'error line':
      if (moment === 'broadcast') {
        return relearns && k === pre && arrives(place, k, relearns, moment, timestep)
          ? nameOfBrought(group)
          : undefined;
      }
      return isOwn(place, k, synapse) || hears.some((feedback) => arrives(place, k, feedback, moment, timestep))
        ? signal
        : undefined;
    case 'last':
      return 'repeat.last';
    case 'line':
    case 'input':
    case 'target':
      return undefined;
  }
}

/** The role of a neuron's number for a synapse: a global scalar, what its own neuron publishes, or what its axon brings. */
function roleOfRow(
  { row, ago }: Extract<Place, { kind: 'row' }>,
  k: number,
  synapse: SynapseAt,
  timestep: number,
): string | undefined {
  const { group, post } = synapse;
  if (row.kind === 'global') return ago === 0 ? nameOfScalar(row.name, group) : undefined;
  const isOwn = row.population === group.to && k === post && ago === 0;
  if (isOwn && (row.kind === 'signal' || row.kind === 'derivative')) return `post.${row.name}`;
  const shown = isOwn ? nameOfOwn(row.name, group) : undefined;
  if (shown !== undefined) return shown;
  const { sending } = group.from;
  // The dials of an axon transform one number, and the result is what it sends.
  const isSent = sending ? row.name !== answerOf(group) : true;
  const message = sending && row.name === 'sent' ? answerOf(group) : row.name;
  return isSent ? carried(row.population, message, { k, ago, synapse, timestep }) : undefined;
}

/** The name, in the rule of a synapse, of a number that its neuron publishes; undefined if the neuron does not publish it. */
function nameOfOwn(number: string, { from, to, port, message, rule }: BuiltGroup): string | undefined {
  const shown = Object.entries(seenBy(from, to, { port, carries: message }).post);
  const names = shown.filter(([, name]) => name === number).map(([name]) => `post.${name}`);
  const read = rule?.analysis?.reads.map(({ path }) => path) ?? [];
  return names.find((name) => read.includes(name)) ?? names.at(-1);
}

/** The name of a global scalar in the rule of a synapse; undefined if the rule does not name it. */
function nameOfScalar(name: string, { rule }: BuiltGroup): string | undefined {
  return rule?.globals?.includes(name) ? `global.${name}` : undefined;
}

/** The name, in the rule of a synapse, of what it carries, or of another number that its axon brings; undefined if the rule does not read it. */
function nameOfBrought({ from, to, port, rule, message, carries }: BuiltGroup, row = carries): string | undefined {
  const read = rule?.analysis?.reads.map(({ path }) => path) ?? [];
  if (row === carries) return [`pre.${message}`, 'pre.out'].find((path) => read.includes(path)) ?? 'pre.rate';
  const brought = Object.entries(seenBy(from, to, { port, carries: message }).pre);
  const names = brought.filter(([, other]) => other === row).map(([name]) => `pre.${name}`);
  return rule?.analysis ? names.find((name) => read.includes(name)) : names[0];
}

/** The number that the dials of an axon transform. */
function answerOf({ from: { model } }: BuiltGroup): string {
  return Object.values(model?.messages ?? {}).at(0) ?? 'rate';
}

/** Whether synapse k of a group sits on this neuron. */
function isOn({ rowStart }: BuiltGroup, k: number, neuron: number): boolean {
  return rowStart[neuron] <= k && k < rowStart[neuron + 1];
}

/** Whether it is the error of the synapse's own neuron. */
function isOwn(place: ErrorPlace, k: number, { group, post }: SynapseAt): boolean {
  return place.kind === 'error' && place.ago === 0 && place.output === group.to && k === post;
}

/** Whether a number is the error that a feedback brings in this timestep; before the broadcast, whether it is about to become that. */
function arrives(place: ErrorPlace, k: number, feedback: BuiltFeedback, moment: Moment, timestep: number): boolean {
  const { index, from, broadcast } = feedback;
  const delay = broadcast?.delay ?? 0;
  if (place.kind === 'error') {
    const isSent = !broadcast?.message || (moment === 'compare' && place.ago === 0);
    return place.output === from && place.ago === delay && isSent;
  }
  if (place.feedback.index !== index) return false;
  switch (place.kind) {
    case 'message':
      return place.ago === delay;
    case 'arriving':
      return moment === 'broadcast';
    case 'error line':
      return moment === 'compare' && Math.floor(k / from.size) === (timestep - 1) % delay;
  }
}

/**
 * What the presynaptic neuron's axon brings now is the synapse's `pre.rate`, and other messages that the rule reads. What was sent along a gated axon
 * is not: the gate has scaled it before the errors are known, and the synapse has only the product.
 */
function carried(
  population: BuiltPopulation,
  row: string,
  {
    k,
    ago,
    synapse,
    timestep,
  }: { readonly k: number; readonly ago: number; readonly synapse: SynapseAt; readonly timestep: number },
): string | undefined {
  const { group, pre, relearns } = synapse;
  if (relearns || (group.gate && row === group.carries)) return undefined;
  return population === group.from && k === pre && isCarried(ago, group.delay + longerTo(synapse), timestep)
    ? nameOfBrought(group, row)
    : undefined;
}

/** By how much the delay of this synapse exceeds the group's. */
function longerTo({ group, index }: SynapseAt): number {
  return group.longer ? group.longer[index] : 0;
}

/** Whether a rate of `ago` timesteps before is what an axon brings now: that of `delay` timesteps before, or the initial one. */
function isCarried(ago: number, delay: number, timestep: number): boolean {
  return ago === delay || (ago === timestep && timestep < delay);
}
