import {
  carryingGroups,
  ConnectionGraph,
  type BuiltCircuit,
  type BuiltGroup,
  type BuiltPopulation,
  type Neurons,
} from '../../circuit/index.ts';
import type { Footprint } from '../../solvers/index.ts';
import { derivativesOf } from './derivatives.ts';

/** What the synapses of one group read, measured on the circuit. */
export interface Measured {
  readonly group: BuiltGroup;
  /** The populations whose neurons are read, including that of the synapses. */
  readonly populations: readonly BuiltPopulation[];
  /** The populations of which other neurons are read for more than their error. */
  readonly places: readonly string[];
  /** The most neurons that one synapse reads besides its own, and how many synapses away they are at most. */
  readonly others: number;
  readonly hops: number;
  /** Whether that is every neuron that its own reaches. */
  readonly whole: boolean;
  /** Groups with other synapses, on its own neuron, whose weights are read. */
  readonly onOwnNeuron: readonly string[];
  /** Whether those all come from that neuron itself. */
  readonly autapsesOnly: boolean;
  /** Groups with synapses from its own neuron to others whose weights are read. */
  readonly leavingOwnNeuron: readonly string[];
  /** Groups whose axons end on neurons that are read and are gated by a neuron that is read: then their inputs and weights are read, too. */
  readonly gated: readonly string[];
  readonly later: boolean;
}

export function measurer(circuit: BuiltCircuit, footprint: Footprint): (group: BuiltGroup) => Measured {
  const { carrying, transposed, neurons } = footprint;
  const modelled = circuit.groups.filter(({ from }) => from.model);
  const distances = new ConnectionGraph(circuit, modelled);
  // Paths onto the outputs are left out: the error, which comes back along them, is broadcast.
  const reach = new ConnectionGraph(circuit, carryingGroups(circuit, 'random'));
  const graphs = new Map(
    [...carrying, ...transposed].map((group) => [group, new ConnectionGraph(circuit, [group], false)]),
  );
  const derivatives = new Map(circuit.order.map((population) => [population, derivativesOf(population)]));
  // An output whose derivatives never change contributes only its error.
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

/** Whether a neuron that is read gates the axons of a group, and some of these axons end on neurons that are read. */
function isGated({ gate, to, rowStart }: BuiltGroup, graph: ConnectionGraph, reads: Uint8Array): boolean {
  if (!gate || reads[graph.number(gate.from, gate.neuron)] === 0) return false;
  return Array.from({ length: to.size }, (_, i) => i).some(
    (i) => rowStart[i] < rowStart[i + 1] && reads[graph.number(to, i)] === 1,
  );
}

/** For each neuron by its number: 1 if it is read. */
function flags(graph: ConnectionGraph, read: readonly Neurons[]): Uint8Array {
  const reads = new Uint8Array(graph.size);
  for (const { population, neurons } of read) for (const i of neurons) reads[graph.number(population, i)] = 1;
  return reads;
}

/**
 * The synapses of a carrying group onto a neuron whose weights are read, as the numbers of their presynaptic neurons; empty if the only
 * such synapse is the learning synapse itself.
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
