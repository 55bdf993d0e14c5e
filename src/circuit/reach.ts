import type { BuiltCircuit, BuiltGroup, BuiltPopulation } from './built.ts';
import { ConnectionGraph } from './connection-graph.ts';

/** Some neurons of one population, ascending. */
export interface Neurons {
  readonly population: BuiltPopulation;
  readonly neurons: Int32Array;
}

/**
 * Which neurons a neuron reaches in fewer than `steps` steps through these groups. It reaches itself in 0; every synapse or
 * gate crossed is one step, whatever its delay.
 *
 * @param carrying Groups between populations with a model.
 * @returns For a neuron, those it reaches, itself included: population by population, in the order the bus runs them.
 */
export function reachWithin(
  circuit: BuiltCircuit,
  carrying: readonly BuiltGroup[],
  steps: number,
): (population: BuiltPopulation, neuron: number) => readonly Neurons[] {
  const graph = new ConnectionGraph(circuit, carrying);
  return (population, neuron) => {
    const taken = graph.stepsFrom(graph.number(population, neuron), steps - 1);
    return circuit.order.flatMap((each): Neurons[] => {
      const first = graph.number(each, 0);
      const neurons = Int32Array.from({ length: each.size }, (_, i) => i).filter((i) => taken[first + i] >= 0);
      return neurons.length > 0 ? [{ population: each, neurons }] : [];
    });
  };
}
