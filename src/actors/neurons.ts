import {
  checkedRows,
  faultOf,
  found,
  type BuiltPopulation,
  type ComputeStep,
  type Given,
  type Row,
  type Timestep,
} from '../circuit/index.ts';
import { blame } from '../errors/index.ts';
import { listOf } from '../local/index.ts';
import { send, type Tract } from './axon.ts';
import { classesOf } from './classes.ts';
import { Ear } from './dendrite.ts';
import type { Addressed, RowActors, Run } from './neuron-actors.ts';
import type { Neuron } from './neuron.ts';

/** The neurons of one population and their rows; each neuron has its own number in every row. */
export class Neurons {
  readonly all: readonly Neuron[];
  private readonly byRow: ReadonlyMap<Row, RowActors>;
  private readonly runs: ReadonlyMap<ComputeStep, Run>;
  private readonly addressed: Addressed;

  constructor(
    population: BuiltPopulation,
    private readonly timestep: Timestep,
  ) {
    const { name, size } = population;
    const classes = classesOf(timestep);
    this.addressed = classes.addressed;
    const { own, steps, make, bound } = classes.neurons(population);
    this.all = listOf(size, (i) => make(`neuron ${name} ${i}`));
    const { rows, runs } = bound(this.all);
    this.byRow = new Map(own.map((row, r) => [row, rows[r]]));
    this.runs = new Map(steps.map((step, k) => [step, runs[k]]));
    this.begin();
  }

  /** Every neuron as it is at the start of a trial. */
  begin(): void {
    for (const [row, { set }] of this.byRow) {
      const constant = this.timestep.constants.get(row);
      for (let i = 0; i < this.all.length; i++) set(i, constant ?? row.initial[i]);
    }
  }

  /** What the neurons do with the numbers of a row. */
  row(row: Row): RowActors {
    return found(this.byRow, row);
  }

  sum(row: Row): NonNullable<RowActors['sum']> {
    const { sum } = this.row(row);
    if (!sum) throw new Error(`'${row.name}' is not a sum`);
    return sum;
  }

  /** Gives neuron i a number that it did not compute itself; the number is told and sent on. */
  publish(row: Row, i: number, value: number): void {
    const { set, axons } = this.row(row);
    set(i, value);
    send(axons(i), value);
  }

  /** Connects neurons to branches of their dendrites: neuron i then writes its number into `told` at this place. */
  telling(row: Row): (i: number, told: Float64Array, place: number) => void {
    if (!this.addressed.heard.has(row)) throw new Error(`no neuron tells '${row.name}'`);
    const { ears } = this.row(row);
    return (i, told, place) => ears(i).push(new Ear(told, place));
  }

  /** From now on each neuron sends its number along the tract as soon as it has computed it. */
  connect({ row, branches }: Tract): void {
    if (!this.addressed.sent.has(row)) throw new Error(`no neuron sends '${row.name}' as soon as it has it`);
    const { axons } = this.row(row);
    branches.forEach((branch, i) => axons(i).push(branch));
  }

  /** What runs a compute step. */
  computing(step: ComputeStep, given: readonly Given[]): () => void {
    const run = this.runs.get(step);
    if (!run) throw new Error(`no neuron computes '${step.results[0].row.name}'`);
    const checked = checkedRows(step);
    const wrong = ({ name }: Neuron, numbers: readonly number[]) => {
      throw blame(
        name,
        faultOf(step, (row) => numbers[checked.indexOf(row)]),
      );
    };
    return () => {
      run(given, wrong);
    };
  }
}
