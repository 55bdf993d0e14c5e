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
import { Ear, type Dendrite } from './dendrite.ts';
import { neuronActors, type Addressed, type NeuronActors, type RowActors } from './neuron-actors.ts';
import type { Neuron } from './neuron.ts';

/** The neurons of one population, and what they have: rows, of which each has its own number. */
export class Neurons {
  readonly all: readonly Neuron[];
  readonly actors: NeuronActors;
  private readonly byRow: ReadonlyMap<Row, RowActors>;

  constructor(
    population: BuiltPopulation,
    private readonly timestep: Timestep,
    private readonly addressed: Addressed,
  ) {
    const { name, size } = population;
    const rows = timestep.rows.filter((row) => row.population === population);
    this.actors = neuronActors(population, rows, timestep, addressed);
    this.byRow = new Map(rows.map((row, r) => [row, this.actors.rows[r]]));
    this.all = Array.from({ length: size }, (_, i) => this.actors.make(`neuron ${name} ${i}`));
  }

  /** Every neuron as it is at the start of a trial. */
  begin(): void {
    for (const [row, { set }] of this.byRow) {
      const constant = this.timestep.constants.get(row);
      for (let i = 0; i < this.all.length; i++) set(this.all[i], constant ?? row.initial[i]);
    }
  }

  get(row: Row, i: number): number {
    return this.row(row).get(this.all[i]);
  }

  /** Neuron i goes on with another number, of which its dendrites hear. What it has sent stays as it is. */
  set(row: Row, i: number, value: number): void {
    this.row(row).set(this.all[i], value);
  }

  /** Neuron i has computed a number otherwise than by itself: it is told and sent on. */
  publish(row: Row, i: number, value: number): void {
    const { set, axons } = this.row(row);
    set(this.all[i], value);
    send(axons(this.all[i]), value);
  }

  /** What reads the numbers of a row, by neuron. */
  reading(row: Row): (i: number) => number {
    const { get } = this.row(row);
    return (i) => get(this.all[i]);
  }

  numbers(row: Row): readonly number[] {
    return this.all.map(this.row(row).get);
  }

  dendrites(row: Row): readonly Dendrite[] {
    return this.all.map(this.sum(row).dendrite);
  }

  /** From now on neuron i tells a branch of its dendrites: at this place of what the branch is told. */
  listen(row: Row, i: number, told: Float64Array, place: number): void {
    if (!this.addressed.heard.has(row)) throw new Error(`no neuron tells '${row.name}'`);
    this.row(row).ears(this.all[i]).push(new Ear(told, place));
  }

  /** From now on the neurons send along a tract, each as soon as it has computed its number. */
  connect({ row, branches }: Tract): void {
    if (!this.addressed.sent.has(row)) throw new Error(`no neuron sends '${row.name}' as soon as it has it`);
    const { axons } = this.row(row);
    branches.forEach((branch, i) => axons(this.all[i]).push(branch));
  }

  /** What makes the neurons send what they have along a tract. */
  sending({ row, branches }: Tract): () => void {
    const { send: sendAll } = this.row(row);
    return () => {
      sendAll(this.all, branches);
    };
  }

  /** What begins the sums of a timestep, and what ends them: they are told and sent on. */
  summing(row: Row): { readonly begin: () => void; readonly end: () => void } {
    const { begin, end } = this.sum(row);
    return {
      begin: () => {
        begin(this.all);
      },
      end: () => {
        end(this.all);
      },
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

  private row(row: Row): RowActors {
    const found = this.byRow.get(row);
    if (!found) throw new Error(`no neuron has '${row.name}'`);
    return found;
  }

  private sum(row: Row): NonNullable<RowActors['sum']> {
    const { sum } = this.row(row);
    if (!sum) throw new Error(`'${row.name}' is no sum`);
    return sum;
  }
}
