import type { BuiltCircuit, BuiltGroup, BuiltPopulation } from './built.ts';
import { hearersOf } from './hearers.ts';

/**
 * Which neuron leads to which along the synapses of some groups, and through their gates: a gate neuron leads to every neuron that a synapse
 * of its group ends on. Where a population pools numbers, each of its neurons leads to all; a neuron that
 * makes a global scalar leads to all that read it. Neurons are numbered consecutively, in the order of populations.
 */
export class ConnectionGraph {
  readonly size: number;
  private readonly first: readonly number[];
  /** The neurons that neuron j leads to are in `to`, from `start[j]` to `start[j + 1] - 1`. */
  private readonly start: Int32Array;
  private readonly to: Int32Array;
  /** Whether anything leads to a neuron; and to how many. */
  private readonly entered: Uint8Array;
  private readonly enteredCount: number;

  /** @param others Whether to include paths outside of groups: pools, and global scalars that a neuron makes and neurons read. Default true. */
  constructor(circuit: BuiltCircuit, groups: readonly BuiltGroup[], others = true) {
    const { populations } = circuit;
    let size = 0;
    this.first = populations.map((population) => (size += population.size) - population.size);
    this.size = size;
    this.start = new Int32Array(size + 1);
    this.eachWay(groups, others ? circuit : undefined, (from) => this.start[from + 1]++);
    for (let j = 0; j < size; j++) this.start[j + 1] += this.start[j];
    const next = this.start.slice();
    this.to = new Int32Array(this.start[size]);
    this.eachWay(groups, others ? circuit : undefined, (from, to) => {
      this.to[next[from]++] = to;
    });
    this.entered = new Uint8Array(size);
    for (const i of this.to) this.entered[i] = 1;
    this.enteredCount = this.entered.reduce((sum, entered) => sum + entered, 0);
  }

  private eachWay(
    groups: readonly BuiltGroup[],
    circuit: BuiltCircuit | undefined,
    visit: (from: number, to: number) => void,
  ): void {
    const leadToAll = (neurons: readonly number[], to: BuiltPopulation) => {
      for (let i = 0; i < to.size; i++) for (const j of neurons) visit(j, this.number(to, i));
    };
    for (const population of circuit?.populations ?? []) {
      const { model, size } = population;
      if (!model || model.pools.length === 0) continue;
      const all = Array.from({ length: size }, (_, j) => this.number(population, j));
      leadToAll(all, population);
    }
    for (const { from, neuron, to } of circuit ? hearersOf(circuit) : []) leadToAll([this.number(from, neuron)], to);
    for (const { from, to, pre, rowStart, gate } of groups) {
      for (let i = 0; i < to.size; i++) {
        const ends = this.number(to, i);
        for (let k = rowStart[i]; k < rowStart[i + 1]; k++) visit(this.number(from, pre[k]), ends);
        if (gate && rowStart[i] < rowStart[i + 1]) visit(this.number(gate.from, gate.neuron), ends);
      }
    }
  }

  /** The number of a population's neuron. */
  number({ index }: BuiltPopulation, neuron: number): number {
    return this.first[index] + neuron;
  }

  /** The neurons that a neuron leads to by one synapse or gate, once for each synapse or gate. */
  after(neuron: number): Int32Array {
    return this.to.subarray(this.start[neuron], this.start[neuron + 1]);
  }

  /** The number of synapses or gates on the shortest path from a neuron to each: 0 to itself, -1 without a path of at most `most` steps. */
  stepsFrom(neuron: number, most = Infinity): Int32Array {
    const steps = new Int32Array(this.size).fill(-1);
    steps[neuron] = 0;
    const found = [neuron];
    let left = this.enteredCount - this.entered[neuron];
    // `found` grows while it is walked.
    for (const j of found) {
      if (left === 0 || steps[j] >= most) break;
      for (let k = this.start[j]; k < this.start[j + 1]; k++) {
        const i = this.to[k];
        if (steps[i] >= 0) continue;
        steps[i] = steps[j] + 1;
        found.push(i);
        left--;
      }
    }
    return steps;
  }
}
