import type { NeuronModel, NeuronView } from '../neurons/index.ts';
import type { Numbers } from '../rules/index.ts';
import { Port } from './port.ts';

/** Where a neuron's input is summed. */
export class Dendrite {
  /** u(t), so far. Begun as a fraction, so that V8 stores it as a double from the start. */
  potential = 0.5;

  receive(current: number): void {
    this.potential += current;
  }
}

/** What a neuron publishes to the synapses that end on it. Only the neuron writes it. */
export class Publication {
  rate = 0.5;
  slope = 0.5;
  retention = 0.5;
  signal = 0.5;
}

/** A branch of an axon: takes the neuron's rate and carries it to the synapses of one group, with the group's delay. */
export interface Branch {
  begin(rate: number): void;
  take(rate: number, timestep: number): void;
}

/** A neuron's own feedback weights, one for each output neuron of the error's population. */
export interface Receptor {
  /** The row of B that belongs to this neuron. */
  readonly weights: Float64Array;
  /** Where in the error vector the output population begins. */
  readonly offset: number;
}

/** A rate neuron: sums what its dendrite receives, integrates, sends its rate down its axon, hears the error. */
export class Neuron {
  /** The new rate, once a timestep. */
  readonly axon$ = new Port<number>();
  /** The summed input u(t), once a timestep. */
  readonly dendrite$ = new Port<number>();
  /** The learning signal l(t), once a timestep. */
  readonly signal$ = new Port<number>();

  readonly dendrite = new Dendrite();
  readonly published = new Publication();
  private readonly branches: Branch[] = [];
  private readonly receptors: Receptor[] = [];
  private readonly view: NeuronView<Numbers> & { h: number; u: number };

  constructor(
    readonly name: string,
    private readonly model: NeuronModel,
    params: Numbers,
    private readonly initial: number,
    /** Where this neuron's own error stands in the error vector; -1 where it is no output. */
    private readonly output: number,
  ) {
    this.view = { ...params, h: 0.5, u: 0.5 };
  }

  grow(branch: Branch): void {
    this.branches.push(branch);
  }

  addReceptor(receptor: Receptor): void {
    this.receptors.push(receptor);
  }

  /** Back to h(0). */
  begin(): void {
    this.published.rate = this.initial;
    this.published.slope = 0;
    this.published.retention = 0;
    this.published.signal = 0;
    this.dendrite.potential = 0;
    for (const branch of this.branches) branch.begin(this.initial);
  }

  integrate(timestep: number): void {
    const { view, model, published } = this;
    const u = this.dendrite.potential;
    this.dendrite.potential = 0;
    view.h = published.rate;
    view.u = u;
    const h = model.rate(view);
    if (!Number.isFinite(u) || !Number.isFinite(h)) {
      throw new Error(Number.isFinite(u) ? `its rate became ${h}` : `its summed input became ${u}`);
    }
    published.slope = model.slope(view);
    published.retention = model.retention(view);
    published.rate = h;
    for (const branch of this.branches) branch.take(h, timestep);
    if (this.dendrite$.tapped) this.dendrite$.show(u);
    if (this.axon$.tapped) this.axon$.show(h);
  }

  /** Forms the learning signal: an output's own error, plus this neuron's feedback weights times the error. */
  hear(error: Float64Array): void {
    let signal = this.output < 0 ? 0 : error[this.output];
    for (const { weights, offset } of this.receptors) {
      for (let k = 0; k < weights.length; k++) signal += weights[k] * error[offset + k];
    }
    this.published.signal = signal;
    if (this.signal$.tapped) this.signal$.show(signal);
  }

  /** u(t): kept for those who read it after the timestep. */
  get potential(): number {
    return this.view.u;
  }

  complete(): void {
    this.axon$.complete();
    this.dendrite$.complete();
    this.signal$.complete();
  }
}

/** An input neuron: its rate is one channel of the task's input. */
export class Source {
  readonly axon$ = new Port<number>();
  readonly published = new Publication();
  private readonly branches: Branch[] = [];

  constructor(readonly name: string) {}

  grow(branch: Branch): void {
    this.branches.push(branch);
  }

  begin(): void {
    this.published.rate = 0;
    for (const branch of this.branches) branch.begin(0);
  }

  take(rate: number, timestep: number): void {
    if (!Number.isFinite(rate)) throw new Error(`its input is ${rate}`);
    this.published.rate = rate;
    for (const branch of this.branches) branch.take(rate, timestep);
    if (this.axon$.tapped) this.axon$.show(rate);
  }

  complete(): void {
    this.axon$.complete();
  }
}
