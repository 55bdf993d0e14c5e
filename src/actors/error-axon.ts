import { messenger, type BuiltBroadcast, type Messenger } from '../circuit/index.ts';
import { chanceKey } from '../random/index.ts';

/** Carries the error of one output population to those who hear it through one feedback, as its broadcast is set. */
export class ErrorAxon {
  /** The error as it arrives in this timestep, [population]: the axon's own array, which only it may write. */
  readonly arriving: Float64Array;
  /** The same for synapses from this axon, one for each output neuron. */
  readonly branches: readonly { rate: number }[];
  private readonly message: Messenger;
  /** What is on its way, [delay][population]. */
  private readonly line: Float64Array;
  private timestep = 0;
  private trial = 0;

  constructor(
    readonly name: string,
    private readonly broadcast: BuiltBroadcast,
    /** Where in the error vector the population begins. */
    private readonly offset: number,
    size: number,
  ) {
    this.arriving = new Float64Array(size);
    this.branches = Array.from({ length: size }, () => ({ rate: 0.5 }));
    this.message = messenger(broadcast);
    this.line = new Float64Array(broadcast.delay * size);
  }

  /** Nothing is on its way when a trial begins. */
  begin(trial: number): void {
    this.trial = trial;
    this.timestep = 0;
    this.line.fill(0);
    this.hear(this.arriving.fill(0));
  }

  /** Hears e(t), all output neurons. */
  next(error: Float64Array): void {
    const { arriving, line, broadcast, offset } = this;
    const timestep = ++this.timestep;
    const key = chanceKey(broadcast.chance ?? 0, this.trial, timestep);
    const place = broadcast.delay > 0 ? ((timestep - 1) % broadcast.delay) * arriving.length : 0;
    for (let k = 0; k < arriving.length; k++) {
      const message = this.message(k, error[offset + k], timestep, key);
      arriving[k] = broadcast.delay > 0 ? line[place + k] : message;
      if (broadcast.delay > 0) line[place + k] = message;
    }
    this.hear(arriving);
  }

  private hear(arriving: Float64Array): void {
    for (let k = 0; k < arriving.length; k++) this.branches[k].rate = arriving[k];
  }
}
