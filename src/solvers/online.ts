import { found, type BuiltCircuit, type Carried, type Engine, type GroupWeights } from '../circuit/index.ts';
import { InputError, show } from '../errors/index.ts';
import type { OpenOptions } from './algorithm.ts';
import { CausalSolver } from './causal-solver.ts';
import { ForwardPass } from './forward.ts';
import { Linearised } from './linearised.ts';
import type { SynapsePass } from './synapse-pass.ts';
import { SynapsePasses } from './synapse-passes.ts';

/** What an online algorithm adds to a running circuit: its memory, and its estimate for each timestep. */
export interface OnlineLearner {
  /** Begins trial number `trial`, from 1. `goesOn`: it continues the trial before, and so does the learner's memory. */
  begin(trial: number, goesOn: boolean): void;
  /** Called before timestep t runs, if it is learned from: disturbances of the circuit are set here. Absent: there are none. */
  prepare?(t: number): void;
  /**
   * Adds to `gradient` its estimate of -T dL/dw for timestep t (in a circuit that repeats, for sweep t), which has just run: one number for every
   * plastic synapse, [synapses], in the order of `Linearised.groups`. Weights change by eta/T times that.
   */
  advance(t: number, gradient: Float64Array): void;
  /** Whether it adds something only in the last timestep of a trial. Default false. */
  readonly onlyAtEnd?: boolean;
  /** Whether it adds to the gradient only by `Linearised.immediate` and `direct`: groups that these do not touch need no update. Default false. */
  readonly addsByStep?: boolean;
  /** Passes over synapses that end each timestep, after `advance`, in this order. Absent: none. */
  readonly passes?: readonly SynapsePass[];
  /** What carries over from trial to trial, by name, to be kept in checkpoints; see `Linearised.carries`. Absent: nothing. */
  readonly keeps?: Readonly<Record<string, Float64Array>>;
}

/**
 * Runs a circuit, timestep by timestep, for an online algorithm: the engine that `learningAlgorithm` requires.
 *
 * @param name The algorithm's name in errors.
 * @param learner Makes the algorithm's memory for the circuit; it is given access to each timestep.
 *
 * @throws InputError if something in the circuit has no derivative.
 */
export function linearised(
  circuit: BuiltCircuit,
  name: string,
  options: OpenOptions,
  learner: (step: Linearised) => OnlineLearner,
): Engine {
  return new Online(circuit, name, options, learner);
}

/** @throws InputError if this is not a learner. */
function checkLearner(name: string, learner: unknown): void {
  for (const method of ['begin', 'advance']) {
    if (typeof Reflect.get(Object(learner), method) === 'function') continue;
    throw new InputError(
      `algorithm '${name}'`,
      `expected a learner { begin, advance }, got ${show(learner)}, which has no method '${method}'`,
    );
  }
}

class Online extends CausalSolver {
  private readonly step: Linearised;
  private readonly learner: OnlineLearner;
  private readonly passes: SynapsePasses;
  private readonly made: Float64Array;
  private readonly madeOf: readonly Float64Array[];

  constructor(
    circuit: BuiltCircuit,
    private readonly name: string,
    options: OpenOptions,
    make: (step: Linearised) => OnlineLearner,
  ) {
    const { arithmetic, memory } = options;
    super(circuit, name, options, memory, undefined, arithmetic);
    this.step = new Linearised(
      circuit,
      this.forward,
      this.links,
      this.plastic.map(({ group }) => group),
      {
        name,
        another: () =>
          new ForwardPass(
            circuit,
            { feedback: [], signalled: () => false, derivatives: true },
            this.memory,
            arithmetic,
            1,
            this.forward.weights,
          ),
        isCredited: this.isCredited,
        credit: (population) => found(this.credits, population),
      },
      this.memory,
    );
    this.made = this.memory(this.step.synapses, 'learning');
    this.madeOf = this.step.groups.map(({ group, first }) => this.made.subarray(first, first + group.pre.length));
    if (this.isTakenUpAtOnce) {
      // It is the gradient itself.
      this.plastic.forEach((plastic, g) => {
        plastic.gradient = this.madeOf[g];
      });
    }
    this.learner = make(this.step);
    checkLearner(name, this.learner);
    this.passes = new SynapsePasses(
      this.learner.passes ?? [],
      this.step.groups,
      this.made,
      (part) => {
        const { takeUp, weights } = this.plastic[this.step.groups.indexOf(part)];
        const isAsItIs = arithmetic !== undefined && this.isTakenUpAtOnce && !takeUp && !this.step.tells(part.group);
        return isAsItIs ? weights : undefined;
      },
      this.forward.arithmetic,
    );
  }

  override carried(): Carried {
    const kept = Object.entries(this.learner.keeps ?? {});
    const own = Object.fromEntries(kept.map(([key, values]) => [`${this.name}.${key}`, values.slice()]));
    return { ...super.carried(), ...own };
  }

  override setCarried(carried: Carried): void {
    super.setCarried(carried);
    for (const [key, values] of Object.entries(this.learner.keeps ?? {})) values.set(carried[`${this.name}.${key}`]);
  }

  protected override restart(): void {
    // A failed trial may have left moved weights behind.
    this.step.moveBack();
    this.made.fill(0);
    for (const port of this.step.ports) this.step.disturb(port, null);
    const {
      continuation,
      playing: { number },
    } = this.forward;
    // A session's first trial has no trial before it.
    this.learner.begin(number, continuation.carries && number > 1);
  }

  override setWeights(weights: GroupWeights): void {
    this.step.moveBack();
    super.setWeights(weights);
  }

  protected override descend(weights: Float64Array, step: number, gradient: Float64Array): number {
    const taker = this.isWatched ? undefined : this.passes.taker(weights);
    if (taker) return taker(step);
    const g = this.learner.addsByStep && this.isTakenUpAtOnce ? this.madeOf.indexOf(gradient) : -1;
    return g >= 0 && !this.step.hasAdded(g) ? -1 : this.forward.arithmetic.descend(weights, step, gradient);
  }

  protected override prepare(t: number): void {
    this.learner.prepare?.(t);
  }

  protected override hear(t: number): void {
    this.step.next();
    super.hear(t);
  }

  protected add(t: number): void {
    const { made, plastic, passes, learner } = this;
    if (this.isTakenUpAtOnce) {
      learner.advance(t, made);
      passes.add(this.isWatched);
      return;
    }
    if (learner.onlyAtEnd && t < this.step.timesteps) {
      learner.advance(t, made);
      return;
    }
    made.fill(0);
    learner.advance(t, made);
    passes.add(true);
    for (let g = 0; g < plastic.length; g++) {
      this.forward.arithmetic.addScaled(plastic[g].gradient, 0, 1, this.madeOf[g]);
    }
  }
}
