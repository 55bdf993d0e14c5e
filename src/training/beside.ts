import {
  estimateAlignment,
  finalLoss,
  spreadOf,
  totalOf,
  type EstimateAlignment,
  type Spread,
} from '../analysis/index.ts';
import { descends, learningRate, type Carried, type Engine, type GroupWeights } from '../circuit/index.ts';
import { InputError, show } from '../errors/index.ts';
import { bptt } from '../solvers/index.ts';
import { trialOfTask, type Trial } from '../tasks/index.ts';
import { createEngine, type Learner } from './learner.ts';
import { paceOf } from './pace.ts';
import { hasDiverged } from './realization.ts';
import type { Plan } from './scenario.ts';

/** What was measured of learners that run beside the one that drives the weights. */
export interface BesideResult extends EstimateAlignment {
  readonly seed: number;
  /** The final loss that each learner reaches when it drives itself; Infinity if a value becomes non-finite. */
  readonly finalLosses: readonly number[];
  /** Bias and noise of each learner on the trial after the last, at the weights that the driver reached: see `spreadOf`. */
  readonly spreads: readonly Spread[];
}

/** The most numbers of a trial that are kept, estimates and weights together: a gigabyte. */
const MOST_NUMBERS = 2 ** 27;

/** A trial beside others takes about this many times as long as alone: estimates are read and compared in each timestep. */
const BESIDE = 3;

/**
 * Runs a plan's first learner, and all others beside it on the same activity: they have its weights in every timestep, and only their estimates of
 * the gradient are taken, at all plastic synapses except those of outputs. Marschall, Cho & Savin (2020), sec. 5.
 *
 * @param repeats How many estimates a learner that draws noise makes of one trial, to separate bias from noise.
 * @param onProgress Called repeatedly with how much is done, 0 to 1.
 *
 * @throws InputError if a learner cannot follow another's weights, or a trial is too long for the estimates to be kept.
 */
export function runBeside(
  plan: Plan,
  repeats: number,
  onProgress: (done: number) => void = () => undefined,
): BesideResult {
  checkBeside(plan);
  const [driver, ...others] = plan.learners;
  const followers = [
    new Follower(plan, driver, driver.schedule),
    ...others.map((learner) => new Follower(plan, learner, 'trial')),
  ];
  const [own, ...beside] = followers;
  if (own.size === 0) {
    throw new InputError(
      'compare',
      `compares changes to synapses of hidden neurons, but ${show(driver.name)} changes only those of outputs; give a circuit in which others learn`,
    );
  }
  const trials = plan.trials ?? 1;
  const count = plan.learners.length;
  const progress = counter(trials * (BESIDE * count + count - 1) + repeats * count, onProgress);
  const alignment = estimateAlignment(plan.learners.map(({ algorithm }) => algorithm.late));
  const losses = new Float64Array(trials);
  for (let number = 1; number <= trials; number++) {
    const trial = trialOfTask(plan.task, number, plan.seed);
    checkTrial(plan, trial, own);
    const { loss, weights } = own.drive(trial, number, paceOf(number, driver.rateHalfLife));
    losses[number - 1] = loss;
    for (const one of beside) one.follow(trial, number, weights);
    alignment.add(
      followers.map(({ given }) => given),
      trial.timesteps,
    );
    progress(BESIDE * count);
  }
  const next: Asked = { plan, number: trials + 1, trial: trialOfTask(plan.task, trials + 1, plan.seed) };
  const weights = own.engine.weights();
  const [exact] = estimates(next, { ...driver, algorithm: bptt(), feedback: 'symmetric' }, 1, weights);
  const spreads = followers.map(({ engine, learner }) => {
    const spread = spreadOf(estimates(next, learner, repeats, weights, engine.carried()), exact);
    progress(repeats);
    return spread;
  });
  const finalLosses = [
    finalLoss(losses),
    ...others.map((learner) => {
      const loss = lossAlone(plan, learner, Math.min(trials, learner.trials));
      progress(trials);
      return loss;
    }),
  ];
  return { seed: plan.seed, finalLosses, ...alignment.result(), spreads };
}

/** @throws InputError if a learner cannot run beside the first because that changes weights within trials. */
export function checkBeside({ learners: [driver, ...others] }: Plan): void {
  for (const { algorithm, name } of others) {
    if (driver.schedule === 'trial' || algorithm.causal) continue;
    throw new InputError(
      'compare',
      `${show(name)} estimates nothing before the end of a trial, but ${show(driver.name)} changes weights within it; give schedule 'trial', or leave ${show(name)} out`,
    );
  }
}

/** Counts what is done of `all`, and reports the fraction. */
function counter(all: number, onProgress: (done: number) => void): (more: number) => void {
  let done = 0;
  return (more) => {
    done += more;
    onProgress(done / all);
  };
}

/** @throws InputError if a learner's estimates come later than the trial is long, or too many numbers would have to be kept. */
function checkTrial({ learners }: Plan, { timesteps }: Trial, { size, weightCount }: Follower): void {
  const late = learners.find(({ algorithm }) => algorithm.late >= timesteps);
  if (late) {
    throw new InputError(
      'task',
      `has trials of ${timesteps} timesteps, but ${show(late.name)} is late by ${late.algorithm.late}; give longer trials`,
    );
  }
  if (timesteps * (size * learners.length + weightCount) > MOST_NUMBERS) {
    throw new InputError(
      'task',
      `has trials of ${timesteps} timesteps, too long for ${learners.length} learners side by side; give shorter trials`,
    );
  }
}

/** The final loss of a learner that is trained alone. */
function lossAlone(plan: Plan, learner: Learner, trials: number): number {
  const engine = createEngine(plan.circuit, plan.seed, learner, plan.carry);
  try {
    return finalLoss(
      Float64Array.from({ length: trials }, (_, k) =>
        engine.trial(trialOfTask(plan.task, k + 1, plan.seed), {
          number: k + 1,
          pace: paceOf(k + 1, learner.rateHalfLife),
        }),
      ),
    );
  } catch (error) {
    if (error instanceof Error && hasDiverged(error)) return Infinity;
    throw error;
  }
}

/** A trial of a plan of which learners make estimates. */
interface Asked {
  readonly plan: Plan;
  readonly trial: Trial;
  readonly number: number;
}

/**
 * A learner's estimates of the same trial, summed over the trial, each with different noise: from the initial state, at these weights. The noise
 * is that of the trials from `number` on.
 */
function estimates(
  { plan, trial, number }: Asked,
  learner: Learner,
  repeats: number,
  weights: GroupWeights,
  /** What it has learned in addition to weights. */
  learned: Carried = {},
): readonly Float64Array[] {
  const follower = new Follower({ ...plan, carry: false }, learner, 'trial');
  const { engine } = follower;
  const kept = Object.keys(engine.carried());
  const carried = Object.fromEntries(Object.entries(learned).filter(([name]) => kept.includes(name)));
  const totals: Float64Array[] = [];
  for (let k = 0; k < repeats; k++) {
    engine.setWeights(weights);
    engine.setCarried({ ...engine.carried(), ...carried });
    follower.follow(trial, number + k);
    const total = totalOf(follower.given, follower.size);
    totals.push(total);
    // A learner that gives the same estimate again draws no noise.
    if (k === 1 && total.every((value, n) => value === totals[0][n])) break;
  }
  return totals;
}

/** An engine whose estimates are read, and whose weights can be set. */
class Follower {
  readonly engine: Engine;
  /** How many synapses are compared. */
  readonly size: number;
  /** Its estimates in the timesteps of the last trial, [timesteps][size]. */
  given = new Float64Array(0);
  private readonly asked: readonly {
    readonly cells: ReturnType<Engine['held']>[number];
    readonly scale: number;
    readonly compared: boolean;
    /** The change requested so far in the same trial. */
    readonly before: Float64Array;
  }[];
  private readonly weights: ReturnType<Engine['held']>;
  /** The driver's weights after each timestep of the last trial, [timesteps][weightCount]. */
  private after = new Float64Array(0);

  constructor(
    plan: Plan,
    readonly learner: Learner,
    private readonly schedule: Learner['schedule'],
  ) {
    // Plain engines: kernels do not stop between requesting a change and applying it. By traces: histories request changes only when a trial ends.
    this.engine = createEngine(
      plan.circuit,
      plan.seed,
      { ...learner, schedule, engine: 'actors', evaluation: 'trace' },
      plan.carry,
    );
    const held = this.engine.held();
    // Relearned feedback belongs to one learner, and is not compared.
    const { groups, outputs } = this.engine.circuit;
    this.asked = held.flatMap((cells) => {
      const { place } = cells;
      if (
        place.kind !== 'asked' ||
        !groups.includes(place.group) ||
        place.group.atOnce ||
        !descends(place.group, learner.name)
      )
        return [];
      // The change that a rule requests includes its learning rate.
      const rate = learner.algorithm.rules ? learningRate(place.group, learner.name) : 1;
      const before = new Float64Array(cells.length);
      return [{ cells, scale: rate === 0 ? 0 : 1 / rate, compared: !outputs.includes(place.group.to), before }];
    });
    this.weights = held.filter(({ place }) => place.kind === 'weight' && groups.includes(place.group));
    this.size = this.asked.reduce((sum, { cells, compared }) => sum + (compared ? cells.length : 0), 0);
  }

  get weightCount(): number {
    return this.weights.reduce((sum, { length }) => sum + length, 0);
  }

  /** Learns a trial. */
  drive(trial: Trial, number: number, pace: number) {
    this.ready(trial);
    this.after = sized(this.after, trial.timesteps * this.weightCount);
    let n = 0;
    const loss = this.engine.trial(trial, {
      ...{ number, pace },
      onPhase: (phase, t) => {
        if (phase === 'learn') this.read(t, trial.timesteps, false);
      },
      onTimestep: () => {
        for (const { length, get } of this.weights) for (let k = 0; k < length; k++) this.after[n++] = get(k);
      },
    });
    return { weights: this.after, loss };
  }

  /** Runs a trial without learning from it, with these weights after each timestep, [timesteps][weightCount]; absent: with its own. */
  follow(trial: Trial, number: number, weights?: Float64Array): void {
    this.ready(trial);
    let n = 0;
    this.engine.trial(trial, {
      number,
      onPhase: (phase, t) => {
        if (phase === 'learn') this.read(t, trial.timesteps, true);
      },
      onTimestep: () => {
        if (!weights) return;
        for (const { length, set } of this.weights) for (let k = 0; k < length; k++) set(k, weights[n++]);
      },
    });
  }

  private ready({ timesteps }: Trial): void {
    this.given = sized(this.given, timesteps * this.size).fill(0);
  }

  /** Reads the changes requested at a timestep; `away`: and removes them, so that they are not applied. */
  private read(t: number, timesteps: number, away: boolean): void {
    const { given } = this;
    let n = (t - 1) * this.size;
    for (const { cells, scale, compared, before } of this.asked) {
      const { length } = before;
      for (let k = 0; k < length; k++) {
        const now = cells.get(k);
        if (compared) given[n++] = scale * (now - before[k]);
        if (away) cells.set(k, 0);
        // Otherwise they add up until they are applied.
        else if (this.schedule === 'trial') before[k] = t < timesteps ? now : 0;
      }
    }
  }
}

/** The same memory if it has this length. */
function sized(memory: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  return memory.length === length ? memory : new Float64Array(length);
}
