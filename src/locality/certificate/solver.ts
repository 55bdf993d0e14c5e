import {
  followedReadouts,
  carryingGroups,
  ConnectionGraph,
  descends,
  type BuiltCircuit,
  type BuiltGroup,
  type BuiltPopulation,
  type FeedbackKind,
  type Neurons,
} from '../../circuit/index.ts';
import type { Footprint } from '../../solvers/index.ts';
import type { Need, SynapseCertificate } from './certificate.ts';
import { followingClass, leastLocal, withinHops } from './classes.ts';
import { derivativesOf } from './derivatives.ts';
import { withOpaqueNeurons } from './opaque-neurons.ts';
import { surrogateNotes } from './surrogate-notes.ts';
import { listed } from './words.ts';

const OWN: Need = {
  class: 'two-factor local',
  what: 'the presynaptic rate, and the slope and the retention of its own neuron',
};

/** What the synapses of one group read, measured on the circuit. */
interface Measured {
  readonly group: BuiltGroup;
  /** The populations whose neurons are read, that of the synapses among them. */
  readonly populations: readonly BuiltPopulation[];
  /** Those of them where other neurons are read for more than their error. */
  readonly places: readonly string[];
  /** The most neurons that one synapse reads beside its own, and how many synapses they are away at most. */
  readonly others: number;
  readonly hops: number;
  /** Whether that is every neuron that its own reaches. */
  readonly whole: boolean;
  /** Groups with other synapses on its own neuron whose weights are read. */
  readonly onOwnNeuron: readonly string[];
  /** Whether those all come from that neuron itself. */
  readonly autapsesOnly: boolean;
  /** Groups with synapses from its own neuron to others whose weights are read. */
  readonly leavingOwnNeuron: readonly string[];
  /** Groups whose axons a neuron gates that is read, onto neurons that are read: then what they were sent, and their weights, are read too. */
  readonly gated: readonly string[];
  readonly later: boolean;
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
  // A neuron at the rim reaches few others: a learner that reads all of those is fully nonlocal only if it does so everywhere.
  const whole = measured.every((each) => each.whole);
  return measured.map((each) => synapsesOf(circuit, kind, footprint, each, whole));
}

function measurer(circuit: BuiltCircuit, footprint: Footprint): (group: BuiltGroup) => Measured {
  const { carrying, transposed, neurons } = footprint;
  const modelled = circuit.groups.filter(({ from }) => from.model);
  const distances = new ConnectionGraph(circuit, modelled);
  // The ways onto the outputs are those of the error, which is broadcast.
  const reach = new ConnectionGraph(circuit, carryingGroups(circuit, 'random'));
  const graphs = new Map(
    [...carrying, ...transposed].map((group) => [group, new ConnectionGraph(circuit, [group], false)]),
  );
  const derivatives = new Map(circuit.order.map((population) => [population, derivativesOf(population)]));
  // An output whose derivatives never change tells its error alone.
  const speaks = (population: BuiltPopulation) => {
    const { slope, retention } = derivatives.get(population) ?? {};
    return !circuit.outputs.includes(population) || slope === undefined || retention === undefined;
  };
  const keepsItself = (population: BuiltPopulation) => derivatives.get(population)?.retention !== 0;

  return (group) => {
    const onto = new Set<string>();
    const leaving = new Set<string>();
    const populations = new Set<BuiltPopulation>();
    const places = new Set<string>();
    const gated = new Set<string>();
    let [others, hops, whole, later, autapsesOnly] = [0, 0, true, false, true];
    for (let i = 0; i < group.to.size; i++) {
      if (group.rowStart[i] === group.rowStart[i + 1]) continue;
      const own = distances.number(group.to, i);
      const steps = distances.stepsFrom(own);
      const read = neurons(group.to, i);
      const reads = flags(distances, read);
      let count = 0;
      for (const { population, neurons: those } of read) {
        populations.add(population);
        if (!speaks(population)) continue;
        for (const each of those) {
          const other = distances.number(population, each);
          if (other === own) continue;
          count++;
          places.add(population.name);
          hops = Math.max(hops, steps[other] < 0 ? Infinity : steps[other]);
        }
      }
      others = Math.max(others, count);
      whole &&= reach.stepsFrom(own).every((step, other) => step < 0 || reads[other] === 1);
      for (const [each, graph] of graphs) {
        const after = graph.after(own);
        const counts = carrying.includes(each)
          ? after.some((other) => other !== own && reads[other] === 1)
          : after.length > 0;
        if (counts) leaving.add(each.name);
      }
      for (const each of carrying) {
        const brought = broughtTo(each, group, i, distances, reads);
        if (brought.length > 0) onto.add(each.name);
        autapsesOnly &&= brought.every((other) => other === own);
        if (isGated(each, distances, reads)) gated.add(each.name);
      }
      later ||=
        footprint.backward &&
        (read.some((each) => keepsItself(each.population)) ||
          carrying.some((each) => joinsLate(each, distances, reads)));
    }
    return {
      group,
      populations: [...populations],
      places: [...places],
      ...{ others, hops, whole, later, autapsesOnly },
      onOwnNeuron: [...onto],
      leavingOwnNeuron: [...leaving],
      gated: [...gated],
    };
  };
}

/** Whether a neuron that is read gates the axons of a group, of which some end on neurons that are read. */
function isGated({ gate, to, rowStart }: BuiltGroup, graph: ConnectionGraph, reads: Uint8Array): boolean {
  if (!gate || reads[graph.number(gate.from, gate.neuron)] === 0) return false;
  return Array.from({ length: to.size }, (_, i) => i).some(
    (i) => rowStart[i] < rowStart[i + 1] && reads[graph.number(to, i)] === 1,
  );
}

/** For each neuron by its number, 1 if it is among them. */
function flags(graph: ConnectionGraph, read: readonly Neurons[]): Uint8Array {
  const reads = new Uint8Array(graph.size);
  for (const { population, neurons } of read) for (const i of neurons) reads[graph.number(population, i)] = 1;
  return reads;
}

/**
 * The synapses of a carrying group onto a neuron whose weights are read, by their presynaptic neurons' numbers; none, where the only
 * one is the learning synapse itself.
 */
function broughtTo(
  carrying: BuiltGroup,
  learning: BuiltGroup,
  neuron: number,
  graph: ConnectionGraph,
  reads: Uint8Array,
): readonly number[] {
  const { pre, rowStart, from, to } = carrying;
  if (to !== learning.to) return [];
  const [start, end] = [rowStart[neuron], rowStart[neuron + 1]];
  if (learning === carrying && end - start === 1) return [];
  return Array.from(pre.subarray(start, end), (j) => graph.number(from, j)).filter((j) => reads[j] === 1);
}

/** Whether a group with a delay has a synapse between two neurons that are read. */
function joinsLate(group: BuiltGroup, graph: ConnectionGraph, reads: Uint8Array): boolean {
  const { from, to, delay, longer, pre, rowStart } = group;
  for (let i = 0; i < to.size; i++) {
    if (reads[graph.number(to, i)] === 0) continue;
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
      if (delay + (longer?.[k] ?? 0) > 0 && reads[graph.number(from, pre[k])] === 1) return true;
    }
  }
  return false;
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
  const silent = credited.length === 0;
  const needs = silent ? [OWN] : needsOf(circuit, kind, measured, whole, credited);
  const numbers = footprint.numbers(group);
  const operations = footprint.operations(group);
  return withOpaqueNeurons(
    {
      group: group.name,
      rule: null,
      class: leastLocal(needs.map((need) => need.class)),
      needs,
      reads: readsOf(measured, credited),
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
    // Credit is made of the errors of the outputs that feedback comes from, through its own weights or the readout's.
    [group.from, ...populations, ...circuit.feedback.filter(({ to }) => credited.includes(to)).map(({ from }) => from)],
  );
}

function needsOf(
  circuit: BuiltCircuit,
  kind: FeedbackKind,
  { group, places, others, hops, onOwnNeuron, autapsesOnly, leavingOwnNeuron, gated, later }: Measured,
  whole: boolean,
  credited: readonly BuiltPopulation[],
): readonly Need[] {
  const needs: Need[] = [OWN];
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
      what: `what the axons of ${listed(gated)} were sent, and the current weights of their synapses, which a neuron gates`,
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
): NonNullable<SynapseCertificate['reads']> {
  const weights = [...new Set([...onOwnNeuron, ...leavingOwnNeuron, ...gated])];
  return {
    presynaptic: ['rate'],
    postsynaptic: ['slope', 'retention'],
    ...(credited.length > 0 && { 'learning signal': ['signal'] }),
    ...(others > 0 && { 'other neurons': [`up to ${others} of ${places.join(', ')}`] }),
    ...(weights.length > 0 && { 'other weights': weights }),
    ...(later && { 'later timesteps': ['slope', 'retention', 'signal'] }),
  };
}
