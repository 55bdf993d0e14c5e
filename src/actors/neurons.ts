import {
  checkedRows,
  faultOf,
  type BuiltPopulation,
  type ComputeStep,
  type Row,
  type Source,
  type Timestep,
} from '../circuit/index.ts';
import { blame } from '../errors/index.ts';
import { send, type Tract } from './axon.ts';
import { Ear, tell, type Dendrite } from './dendrite.ts';
import { neuronActors, type NeuronActors } from './neuron-actors.ts';
import type { Neuron } from './neuron.ts';

/** The neurons of one population, and what they have: rows, of which each has its own number. */
export class Neurons {
  readonly all: readonly Neuron[];
  readonly actors: NeuronActors;
  readonly rows: readonly Row[];

  constructor(
    population: BuiltPopulation,
    private readonly timestep: Timestep,
  ) {
    const { name, size } = population;
    this.rows = timestep.rows.filter((row) => row.population === population);
    this.actors = neuronActors(population, this.rows, timestep);
    this.all = Array.from({ length: size }, (_, i) => this.actors.make(`neuron ${name} ${i}`));
  }

  /** Every neuron as it is at the start of a trial. */
  begin(): void {
    for (const row of this.rows) {
      const constant = this.timestep.constants.get(row);
      for (let i = 0; i < this.all.length; i++) this.set(row, i, constant ?? row.initial[i]);
    }
  }

  get(row: Row, i: number): number {
    return this.actors.get[this.rows.indexOf(row)](this.all[i]);
  }

  /** Neuron i goes on with another number, of which its dendrites hear. What it has sent stays as it is. */
  set(row: Row, i: number, value: number): void {
    this.actors.set[this.rows.indexOf(row)](this.all[i], value);
  }

  /** Neuron i has computed a number otherwise than by itself: it is told and sent on. */
  publish(row: Row, i: number, value: number): void {
    this.set(row, i, value);
    send(this.all[i].axons[this.rows.indexOf(row)], value);
  }

  numbers(row: Row): readonly number[] {
    return this.all.map(this.actors.get[this.rows.indexOf(row)]);
  }

  dendrites(row: Row): readonly Dendrite[] {
    return this.all.map(({ dendrites }) => dendrites[this.rows.indexOf(row)]);
  }

  /** From now on neuron i tells a branch of its dendrites: at this place of what the branch is told. */
  listen(row: Row, i: number, told: Float64Array, place: number): void {
    this.all[i].ears[this.rows.indexOf(row)].push(new Ear(told, place));
  }

  /** From now on the neurons send along a tract, each as soon as it has computed its number. */
  connect({ row, branches }: Tract): void {
    branches.forEach((branch, i) => this.all[i].axons[this.rows.indexOf(row)].push(branch));
  }

  /** What makes the neurons send what they have along a tract. */
  sending({ row, branches }: Tract): () => void {
    const get = this.actors.get[this.rows.indexOf(row)];
    return () => {
      for (let i = 0; i < branches.length; i++) branches[i].send(get(this.all[i]));
    };
  }

  /** What ends a sum: it is told and sent on. */
  summed(row: Row): () => void {
    const place = this.rows.indexOf(row);
    return () => {
      for (const { dendrites, ears, axons, signal$ } of this.all) {
        const { sum } = dendrites[place];
        tell(ears[place], sum);
        send(axons[place], sum);
        if (row.kind === 'signal' && signal$.tapped) signal$.show(sum);
      }
    };
  }

  /** What the neurons have to be given to run a compute step. */
  givenTo(step: ComputeStep): readonly Source[] {
    return this.actors.steps.find((one) => one.step === step)?.given ?? [];
  }

  /** What runs a compute step. */
  computing(step: ComputeStep, given: readonly ((neuron: number) => number)[]): () => void {
    const found = this.actors.steps.find((one) => one.step === step);
    const checked = checkedRows(step);
    const wrong = ({ name }: Neuron, numbers: readonly number[]) => {
      throw blame(name, faultOf(step, (row) => numbers[checked.indexOf(row)])); // prettier-ignore
    };
    return () => found?.run(this.all, given, wrong);
  }
}
