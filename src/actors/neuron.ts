import { Port } from './port.ts';

/** What every neuron has, whatever its model. Its other numbers, and how it computes them, belong to its own class, see neuronActors. */
export class Neuron {
  /** What the axon sends, once a timestep: the new rate, as transformed by the dials on the axon. */
  readonly axon$ = new Port<number>();
  /** The summed input u(t), once a timestep. */
  readonly dendrite$ = new Port<number>();
  /** The learning signal l(t), once a timestep. */
  readonly signal$ = new Port<number>();

  constructor(readonly name: string) {}

  complete(): void {
    for (const port of [this.axon$, this.dendrite$, this.signal$]) port.complete();
  }
}
