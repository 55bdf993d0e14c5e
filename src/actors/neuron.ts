import { blame, NotFinite } from '../errors/index.ts';
import { derivativeProblem } from '../neurons/index.ts';
import type { Axon } from './axon.ts';
import { Dendrite } from './dendrite.ts';
import type { Membrane } from './membrane.ts';
import { Port } from './port.ts';
import { Publication } from './publication.ts';

/** A neuron's own feedback weights, one for each output neuron of the error's population. */
export interface Receptor {
  /** The row of B that belongs to this neuron. */
  readonly weights: Float64Array;
  /** The error of that population as it arrives: written by who brings it. */
  readonly error: Float64Array;
}

/** A rate neuron: integrates what its dendrite received, publishes its rate, hears the error and forms its learning signal. */
export class Neuron {
  /** What the axon sends, once a timestep: the new rate, or what a dial on the axon makes of it. */
  readonly axon$ = new Port<number>();
  /** The summed input u(t), once a timestep. */
  readonly dendrite$ = new Port<number>();
  /** The learning signal l(t), once a timestep. */
  readonly signal$ = new Port<number>();

  readonly dendrite = new Dendrite();
  readonly published = new Publication();
  /** u(t) of the last timestep, for those who read it afterwards. */
  potential = 0.5;
  private readonly receptors: Receptor[] = [];

  constructor(
    readonly name: string,
    private readonly membrane: Membrane,
    /** h(0). */
    private readonly initial: number,
    /** Where this neuron's own error stands in the error vector; -1 where it is no output. */
    private readonly output: number,
    /** Only where the rate is not sent as it is. */
    private readonly axon: Axon | undefined,
  ) {}

  /** Whether the error reaches it: it is an output, or has feedback weights. */
  get hearsError(): boolean {
    return this.output >= 0 || this.receptors.length > 0;
  }

  addReceptor(receptor: Receptor): void {
    this.receptors.push(receptor);
  }

  begin(): void {
    this.published.rate = this.initial;
    this.published.sent = this.initial;
    this.published.slope = 0;
    this.published.retention = 0;
    this.published.signal = 0;
    this.dendrite.potential = 0;
  }

  /** `key` is what the draws of its axons have in common in this timestep. */
  integrate(key: number): void {
    const { dendrite, published, axon } = this;
    const u = dendrite.potential;
    try {
      this.membrane(dendrite, published);
    } catch (error) {
      throw blame(this.name, error);
    }
    this.potential = u;
    dendrite.potential = 0;
    // x - x is 0 for a finite x and NaN for any other.
    if (u - u !== 0) throw blame(this.name, new NotFinite('its summed input', u));
    if (published.rate - published.rate !== 0) throw blame(this.name, new NotFinite('its rate', published.rate));
    const problem = derivativeProblem(u, published.slope, published.retention);
    if (problem !== undefined) throw blame(this.name, problem);
    axon?.(published, key);
    if (this.dendrite$.tapped) this.dendrite$.show(u);
    if (this.axon$.tapped) this.axon$.show(axon ? published.sent : published.rate);
  }

  /** Hears the error: the learning signal is an output's own error, plus this neuron's feedback weights times the error. */
  next(error: Float64Array): void {
    let signal = this.output < 0 ? 0 : error[this.output];
    for (const { weights, error: arriving } of this.receptors) {
      for (let k = 0; k < weights.length; k++) signal += weights[k] * arriving[k];
    }
    this.published.signal = signal;
    if (this.signal$.tapped) this.signal$.show(signal);
  }

  complete(): void {
    this.axon$.complete();
    this.dendrite$.complete();
    this.signal$.complete();
  }
}

/** An input neuron: its rate is one channel of the task's input. */
export class Source {
  /** What the axon sends, once a timestep: the input, or what a dial on the axon makes of it. */
  readonly axon$ = new Port<number>();
  readonly published = new Publication();

  constructor(
    readonly name: string,
    /** Only where the input is not sent as it is. */
    private readonly axon: Axon | undefined,
  ) {}

  begin(): void {
    this.published.rate = 0;
    this.published.sent = 0;
  }

  /** `key` as for a neuron. */
  take(rate: number, key: number): void {
    const { published, axon } = this;
    published.rate = rate;
    axon?.(published, key);
    if (this.axon$.tapped) this.axon$.show(axon ? published.sent : rate);
  }

  complete(): void {
    this.axon$.complete();
  }
}
