import {
  followedReadouts,
  descends,
  type BuiltCircuit,
  type BuiltPopulation,
  type FeedbackKind,
} from '../../circuit/index.ts';
import { joined } from '../../errors/index.ts';
import type { Footprint } from '../../solvers/index.ts';
import type { Need, SynapseCertificate } from './certificate.ts';
import { followingClass, leastLocal, withinHops } from './classes.ts';
import { withOpaqueNeurons } from './opaque-neurons.ts';
import { measurer, type Measured } from './measured.ts';
import { surrogateNotes } from './surrogate-notes.ts';
import { listed } from './words.ts';

const OWN: Need = {
  class: 'two-factor local',
  what: 'the presynaptic rate, and the slope and the retention of its own neuron',
};

const PERTURBED: Need = {
  class: 'two-factor local',
  what: 'the presynaptic rate, and noise of its own or of its own neuron',
};

/** What else a footprint states about a group. */
interface Kept {
  readonly scalars: readonly string[];
  readonly mirrored: readonly string[];
}

/** What a solver's synapses need: its footprint, measured on the circuit. */
export function solverSynapses(
  circuit: BuiltCircuit,
  solver: string,
  kind: FeedbackKind,
  footprint: Footprint,
): readonly SynapseCertificate[] {
  const measure = measurer(circuit, footprint);
  const plastic = circuit.groups.filter((group) => descends(group, solver));
  const measured = plastic.map(measure);
  // A neuron near the outputs reaches few others: a learner that reads all of those is fully nonlocal only if it does so for every group.
  const whole = measured.every((each) => each.whole);
  return measured.map((each) => synapsesOf(circuit, kind, footprint, each, whole));
}

function synapsesOf(
  circuit: BuiltCircuit,
  kind: FeedbackKind,
  footprint: Footprint,
  measured: Measured,
  whole: boolean,
): SynapseCertificate {
  const { group, populations, later } = measured;
  const credited = populations.filter(footprint.credited);
  const scalars = footprint.scalars?.(group) ?? [];
  const mirrored = footprint.mirrored?.(group) ?? [];
  const silent = credited.length === 0 && scalars.length === 0;
  const needs = silent ? [OWN] : needsOf(circuit, kind, measured, whole, credited, { scalars, mirrored });
  const numbers = footprint.numbers(group);
  const operations = footprint.operations(group);
  return withOpaqueNeurons(
    {
      group: group.name,
      rule: null,
      class: leastLocal(needs.map((need) => need.class)),
      needs,
      reads: readsOf(measured, credited, { scalars, mirrored }),
      stores: {
        numbers,
        bytes: numbers * Float64Array.BYTES_PER_ELEMENT,
        perNeuronAndTimestep: footprint.numbersPerTimestep,
      },
      computes: { operations, total: Object.values(operations).reduce((sum, count) => sum + count, 0) },
      causal: silent || !later,
      loihi: null,
      notes: silent ? ['it learns nothing: no credit reaches its neurons'] : surrogateNotes(populations),
    },
    // Credit is computed from the errors of the outputs that feedback comes from, through its own weights or the readout's.
    [group.from, ...populations, ...circuit.feedback.filter(({ to }) => credited.includes(to)).map(({ from }) => from)],
  );
}

function needsOf(
  circuit: BuiltCircuit,
  kind: FeedbackKind,
  { group, places, others, hops, onOwnNeuron, autapsesOnly, leavingOwnNeuron, gated, later }: Measured,
  whole: boolean,
  credited: readonly BuiltPopulation[],
  { scalars, mirrored }: Kept,
): readonly Need[] {
  const needs: Need[] = scalars.length > 0 ? [PERTURBED] : [OWN];
  if (scalars.length > 0) {
    needs.push({ class: 'three-factor, global scalar', what: `${joined(scalars)}, the same for every synapse` });
  }
  if (mirrored.length > 0) {
    needs.push({
      class: 'needs weight transport',
      what: `the transpose of ${listed(mirrored)}: numbers that are learned where synapses leave its own neuron and end on others`,
    });
  }
  const own = circuit.outputs.includes(group.to);
  if (own) needs.push({ class: 'two-factor local', what: 'its own error, that of an output neuron' });
  const received = circuit.feedback.filter(({ to }) => kind === 'random' && credited.includes(to));
  const followed = received.flatMap((feedback) =>
    followedReadouts(feedback).map((readout) => ({
      feedback: feedback.name,
      readout: readout.name,
      class: followingClass(feedback),
    })),
  );
  if (followed.length > 0) {
    needs.push({
      class: leastLocal(followed.map((one) => one.class)),
      what:
        `the current weights of ${listed(followed.map(({ readout }) => readout))}, ` +
        `to which feedback ${listed(followed.map(({ feedback }) => feedback))} is held at an angle`,
    });
  }
  const heard = received.filter((feedback) => followedReadouts(feedback).length === 0);
  if (heard.length > 0) {
    needs.push({
      class: 'three-factor, broadcast vector through fixed feedback',
      what: `learning signals, through the fixed weights of feedback ${listed(heard.map(({ name }) => name))}`,
    });
  }
  if (leavingOwnNeuron.length > 0) {
    needs.push({
      class: 'needs weight transport',
      what: `the current weights of synapses of ${listed(leavingOwnNeuron)} that leave its own neuron and end on others`,
    });
  }
  if (onOwnNeuron.length > 0) {
    needs.push({
      class: withinHops(0),
      what: autapsesOnly
        ? `the current weight of its own neuron's synapse onto itself, of ${listed(onOwnNeuron)}, and of no other neuron`
        : `the current weights of other synapses on its own neuron, of ${listed(onOwnNeuron)}`,
    });
  }
  if (gated.length > 0) {
    needs.push({
      class: withinHops(1),
      what: `what was sent along the axons of ${listed(gated)}, which a neuron gates, and the current weights of their synapses`,
    });
  }
  if (others > 0) {
    const where = listed(places);
    const neurons = `the slopes, retentions and learning signals of ${others === 1 ? 'one other neuron' : `up to ${others} other neurons`} of ${where}`;
    needs.push(
      whole || hops === Infinity
        ? { class: 'fully nonlocal', what: `${neurons}, all that its own neuron reaches` }
        : {
            class: withinHops(hops),
            what: `${neurons}, as far away as ${hops} ${hops === 1 ? 'synapse' : 'synapses'}`,
          },
    );
  }
  if (later) {
    needs.push({
      class: 'acausal',
      what: 'what its neuron, and those that it reaches, do at later timesteps: its change is known only when the trial has ended',
    });
  }
  return needs;
}

function readsOf(
  { others, places, onOwnNeuron, leavingOwnNeuron, gated, later }: Measured,
  credited: readonly BuiltPopulation[],
  { scalars, mirrored }: Kept,
): NonNullable<SynapseCertificate['reads']> {
  const weights = [...new Set([...onOwnNeuron, ...leavingOwnNeuron, ...gated, ...mirrored])];
  return {
    presynaptic: ['rate'],
    ...(scalars.length > 0 ? { global: scalars } : { postsynaptic: ['slope', 'retention'] }),
    ...(credited.length > 0 && { 'learning signal': ['signal'] }),
    ...(others > 0 && { 'other neurons': [`up to ${others} of ${places.join(', ')}`] }),
    ...(weights.length > 0 && { 'other weights': weights }),
    ...(later && { 'later timesteps': ['slope', 'retention', 'signal'] }),
  };
}
