import type { Row, Term } from '../circuit/index.ts';
import { listOf } from '../local/index.ts';
import { Port } from './port.ts';

/** Where an axon ends, with a weight: takes what the axon brings, and passes on its product with the weight. */
export interface Ending {
  readonly w: number;
  transmit(rate: number): void;
}

/** A branch of one neuron's axon: brings what the neuron sends to its endings, after the delay in timesteps. */
export class AxonBranch {
  readonly endings: Ending[] = [];
  /** What it brings in this timestep. The initial value is a fraction, so that V8 stores it as a double from the start. */
  rate = 0.5;
  private place = 0;

  constructor(
    /** What is on its way, [delay]: what is sent in timestep t leaves from, and later arrives at, index (t - 1) modulo the delay. */
    private readonly line: Float64Array,
  ) {}

  begin(initial: number): void {
    this.rate = initial;
    this.line.fill(initial);
  }

  /** What was sent a delay ago arrives. */
  arrive(timestep: number): void {
    this.place = (timestep - 1) % this.line.length;
    this.rate = this.line[this.place];
  }

  /** Its neuron sends. */
  send(value: number): void {
    if (this.line.length > 0) this.line[this.place] = value;
    else this.rate = value;
  }
}

/** A neuron sends a number along branches of its axon. */
export function send(branches: readonly AxonBranch[], value: number): void {
  for (const branch of branches) branch.send(value);
}

/** What axons end at: a group's synapses, or a feedback's receptors; undefined: neither. */
export type Target = Term['weights'] | undefined;

/** One branch of the axon of every neuron of a population, for the numbers of one row. */
export class Tract {
  readonly branches: readonly AxonBranch[];
  /** What is on its way, [branches][delay]. */
  readonly lines: Float64Array;

  constructor(
    readonly target: Target,
    readonly row: Row,
    /** The delay, in timesteps. */
    readonly late: number,
    /** Whether the neurons send along it as soon as they have computed their numbers; else, when the receiving neurons sum up. */
    readonly atOnce: boolean,
  ) {
    const { size } = row.population;
    this.lines = new Float64Array(size * late);
    // Without a delay nothing is on its way, and making a view for each branch would take longer than everything else.
    const line = (j: number) => (late > 0 ? this.lines.subarray(j * late, (j + 1) * late) : this.lines);
    this.branches = listOf(size, (j) => new AxonBranch(line(j)));
    this.begin();
  }

  begin(): void {
    this.branches.forEach((branch, j) => {
      branch.begin(this.row.initial[j]);
    });
  }

  arrive(timestep: number): void {
    if (this.late > 0) for (const branch of this.branches) branch.arrive(timestep);
  }
}

/** What brings numbers to weights: the branches of one tract, or of several of different delays. */
export class Bundle {
  /** Ordered by neuron, then by delay. */
  readonly branches: readonly AxonBranch[];
  /** Emits the branches each time they have passed on what they bring. */
  readonly brought$ = new Port<readonly AxonBranch[]>();
  /** Emits them each time they have done so a second time. */
  readonly again$ = new Port<readonly AxonBranch[]>();

  constructor(
    readonly tracts: readonly Tract[],
    /** Passes on what the branches bring, to all their endings. */
    private readonly pass: (branches: readonly AxonBranch[]) => void,
    /** The same, to endings that transmit a second time. */
    private readonly passAgain: (branches: readonly AxonBranch[]) => void = () => undefined,
  ) {
    const [first] = tracts;
    this.branches =
      tracts.length === 1
        ? first.branches
        : first.branches.flatMap((_, j) => tracts.map(({ branches }) => branches[j]));
  }

  /** The neuron of a branch. */
  neuronOf(branch: number): number {
    return Math.floor(branch / this.tracts.length);
  }

  transmit(): void {
    this.pass(this.branches);
    if (this.brought$.tapped) this.brought$.show(this.branches);
  }

  transmitAgain(): void {
    this.passAgain(this.branches);
    if (this.again$.tapped) this.again$.show(this.branches);
  }
}
