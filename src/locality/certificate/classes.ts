import type { BuiltFeedback } from '../../circuit/index.ts';

/** How local an update is: the least local thing that it needs. */
export type LocalityClass =
  | 'two-factor local'
  | 'three-factor, gating neuron'
  | 'three-factor, global scalar'
  | 'three-factor, broadcast vector through fixed feedback'
  | 'needs weight transport'
  | 'needs all readout weights'
  | 'needs sibling weights'
  | `spatially nonlocal within ${number} ${'hop' | 'hops'}`
  | 'fully nonlocal'
  | 'acausal'
  | 'not certified';

/** A class, regardless of its number of hops. */
export type LocalityFamily = Exclude<LocalityClass, `spatially${string}`> | 'spatially nonlocal within n hops';

/** What each class means, in one sentence: from most to least local. */
export const LOCALITY_CLASSES: Readonly<Record<LocalityFamily, string>> = Object.freeze({
  'two-factor local':
    'The update needs only what the synapse itself holds and what its presynaptic and postsynaptic neurons publish to it; at an output, that includes its own error.',
  'three-factor, gating neuron':
    "The update also needs what one other neuron sends to gate the synapse's axon: it scales what the axon brings.",
  'three-factor, global scalar': 'The update also needs one number that is the same for every synapse, such as reward.',
  'three-factor, broadcast vector through fixed feedback':
    'The update also needs a learning signal of its postsynaptic neuron, which the neuron forms from a broadcast error through its own feedback weights: these are fixed, or relearned by synapses on that neuron, and follow no weights elsewhere.',
  'needs weight transport':
    'The update needs the current weights of synapses that leave its postsynaptic neuron and end on others, as symmetric feedback does, which transposes the readout; or of synapses that relearn feedback on other neurons.',
  'needs all readout weights':
    'The update needs the current weights of every synapse of a readout, including those that leave other neurons, as feedback does that is held at an angle above 0 degrees to the readout.',
  'needs sibling weights':
    'The update needs the current weights of the other synapses of its axon, which end on other neurons, and the rates of those neurons.',
  'spatially nonlocal within n hops':
    'The update needs what is held by neurons, or by their synapses, that its postsynaptic neuron reaches by at most n synapses, and ignores some that are further away; n = 0 means the weights of other synapses on its own neuron.',
  'fully nonlocal':
    'The update needs what is held by every neuron that its postsynaptic neuron reaches, however far away.',
  acausal: 'The update of a timestep needs what happens at later timesteps.',
  'not certified':
    'Nothing can be certified: a function is opaque or was refused, or a learning algorithm does not state what its updates read.',
});

/** The class of feedback that is held at an angle to a readout: above 0 degrees, every entry depends on the length of the whole matrix. */
export function followingClass({ carriage }: Pick<BuiltFeedback, 'carriage'>): LocalityClass {
  return carriage?.rotation?.sine === 0 ? 'needs weight transport' : 'needs all readout weights';
}

const FAMILIES = Object.keys(LOCALITY_CLASSES);
/** The first class that is no longer local. */
const LINE = FAMILIES.indexOf('needs weight transport');

export function withinHops(hops: number): LocalityClass {
  return `spatially nonlocal within ${hops} ${hops === 1 ? 'hop' : 'hops'}`;
}

/** A class crosses the line if it needs something that could not be sent to a synapse of the circuit, or if that is unknown. */
export function crossesLine(of: LocalityClass): boolean {
  return orderOf(of)[0] >= LINE;
}

export function leastLocal(classes: readonly LocalityClass[]): LocalityClass {
  return classes.reduce((least, other) => (isLessLocal(other, least) ? other : least), 'two-factor local');
}

export function isLessLocal(one: LocalityClass, other: LocalityClass): boolean {
  const [[a, hopsA], [b, hopsB]] = [orderOf(one), orderOf(other)];
  return a === b ? hopsA > hopsB : a > b;
}

/** Place of a class's family in the order, then hops. */
function orderOf(of: LocalityClass): readonly [number, number] {
  const hops = /^spatially nonlocal within (\d+) /.exec(of)?.[1];
  return hops === undefined
    ? [FAMILIES.indexOf(of), 0]
    : [FAMILIES.indexOf('spatially nonlocal within n hops'), Number(hops)];
}
