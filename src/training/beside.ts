import { estimateAlignment, finalLoss, spreadOf, type EstimateAlignment, type Spread } from '../analysis/index.ts';
import { descends, learningRate, type Carried, type Engine, type GroupWeights } from '../circuit/index.ts';
import { InputError, show } from '../errors/index.ts';
import { bptt } from '../solvers/index.ts';
import { trialOfTask, type Trial } from '../tasks/index.ts';
import { createEngine, type Learner } from './learner.ts';
import { paceOf } from './pace.ts';
import { hasDiverged } from './realization.ts';
import type { Plan } from './scenario.ts';

/** What was measured of learners that run beside the one that drives. */
export interface BesideResult extends EstimateAlignment {
  readonly seed: number;
  /** Of each learner the final loss that it reaches by itself; Infinity where a value stops being finite. */
  readonly finalLosses: readonly number[];
  /** Of each learner, at the weights that it came to, on the next trial: see `spreadOf`. */
  readonly spreads: readonly Spread[];
}

/** The most numbers of a trial's estimates, and of its weights: a gigabyte of each. */
const MOST_NUMBERS = 2 ** 27;

/**
 * Runs a plan's first learner, and all others beside it on the same activity: they have its weights in every timestep and are only asked what
 * they would make of it. Marschall, Cho & Savin (2020), sec. 5. Estimates are those of all plastic synapses but the outputs'.
 *
 * @param repeats How often those that draw noise are asked about one trial, to tell bias from noise.
 * @param onTrial Told which trial is done.
 *
 * @throws InputError if a learner cannot follow another's weights, or a trial is too long for what all give in it to be kept.
 */
export function runBeside(
  plan: Plan,
  repeats: number,
  onTrial: (trial: number) => void = () => undefined,
): BesideResult {
  const [driver, ...others] = plan.learners;
  for (const { algorithm, name } of others) {
    if (driver.schedule === 'trial' || algorithm.causal) continue;
    throw new InputError(
      'compare',
      `${show(name)} makes nothing of a trial before its end, and ${show(driver.name)} changes weights within it; give schedule 'trial', or leave it out`,
    );
  }
  const followers = [
    new Follower(plan, driver, driver.schedule),
    ...others.map((learner) => new Follower(plan, learner, 'trial')),
  ];
  const [own, ...beside] = followers;
  if (own.size === 0) {
    throw new InputError(
      'compare',
      `compares what learners give to hidden neurons, and ${show(driver.name)} changes the synapses of outputs alone; give a circuit with others that learn`,
    );
  }
  const alignment = estimateAlignment(plan.learners.map(({ algorithm }) => algorithm.late));
  const trials = plan.trials ?? 1;
  const losses = new Float64Array(trials);
  for (let number = 1; number <= trials; number++) {
    const trial = trialOfTask(plan.task, number, plan.seed);
    const late = plan.learners.find(({ algorithm }) => algorithm.late >= trial.timesteps);
    if (late) {
      throw new InputError(
        'task',
        `has trials of ${trial.timesteps} timesteps, and ${show(late.name)} is ${late.algorithm.late} late; give longer ones`,
      );
    }
    const numbers = trial.timesteps * own.size * plan.learners.length;
    if (numbers > MOST_NUMBERS) {
      throw new InputError(
        'task',
        `has trials of ${trial.timesteps} timesteps, too long for ${plan.learners.length} learners side by side; give shorter ones`,
      );
    }
    const drive = own.drive(trial, number, paceOf(number, driver.rateHalfLife));
    losses[number - 1] = drive.loss;
    alignment.add([drive.given, ...beside.map((one) => one.follow(trial, number, drive.weights))], trial.timesteps);
    onTrial(number);
  }
  const next = trialOfTask(plan.task, trials + 1, plan.seed);
  const weights = own.engine.weights();
  const [exact] = estimates(plan, { ...driver, algorithm: bptt(), feedback: 'symmetric' }, next, 1, weights);
  const spreads = followers.map(({ engine, learner }) =>
    spreadOf(estimates(plan, learner, next, repeats, weights, engine.carried()), exact),
  );
  const finalLosses = [finalLoss(losses), ...others.map((learner) => lossAlone(plan, learner, trials))];
  return { seed: plan.seed, finalLosses, ...alignment.result(), spreads };
}

/** The final loss of a learner that drives itself. */
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

/** What a learner makes of the same trial, again and again by other noise, summed over the trial: from the initial state, at these weights. */
function estimates(
  plan: Plan,
  learner: Learner,
  trial: Trial,
  repeats: number,
  weights: GroupWeights,
  /** What it has learned beside weights. */
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
    const given = follower.follow(trial, k + 1, []);
    const total = new Float64Array(follower.size);
    for (let n = 0; n < given.length; n++) total[n % total.length] += given[n];
    totals.push(total);
    // Who makes the same again draws nothing.
    if (k === 1 && total.every((value, n) => value === totals[0][n])) break;
  }
  return totals;
}

/** An engine whose estimates are taken, and whose weights may be told to it. */
class Follower {
  readonly engine: Engine;
  /** How many synapses are compared. */
  readonly size: number;
  private readonly asked: readonly {
    readonly cells: ReturnType<Engine['held']>[number];
    readonly scale: number;
    readonly compared: boolean;
    /** What was asked for before, of the same trial. */
    readonly before: Float64Array;
  }[];
  private readonly weights: ReturnType<Engine['held']>;

  constructor(
    plan: Plan,
    readonly learner: Learner,
    private readonly schedule: Learner['schedule'],
  ) {
    // Plain engines: kernels do not stop between what is asked for and what is applied. By traces: histories ask at the end of a trial.
    this.engine = createEngine(
      plan.circuit,
      plan.seed,
      { ...learner, schedule, engine: 'actors', evaluation: 'trace' },
      plan.carry,
    );
    const held = this.engine.held();
    const { outputs } = this.engine.circuit;
    this.asked = held.flatMap((cells) => {
      const { place } = cells;
      if (place.kind !== 'asked' || place.group.atOnce || !descends(place.group, learner.name)) return [];
      // What a rule asks for has its rate in it.
      const rate = learner.algorithm.rules ? learningRate(place.group, learner.name) : 1;
      const before = new Float64Array(cells.length);
      return [{ cells, scale: rate === 0 ? 0 : 1 / rate, compared: !outputs.includes(place.group.to), before }];
    });
    this.weights = held.filter(({ place }) => place.kind === 'weight');
    this.size = this.asked.reduce((sum, { cells, compared }) => sum + (compared ? cells.length : 0), 0);
  }

  /** Learns a trial. */
  drive(trial: Trial, number: number, pace: number) {
    const given = new Float64Array(trial.timesteps * this.size);
    const weights: Float64Array[] = [];
    const loss = this.engine.trial(trial, {
      ...{ number, pace },
      onPhase: (phase, t) => {
        if (phase === 'learn') this.read(given, t, false);
      },
      onTimestep: () => {
        const all = this.weights.map(({ length, get }) => Float64Array.from({ length }, (_, k) => get(k)));
        weights.push(Float64Array.from(all.flatMap((each) => [...each])));
      },
    });
    return { given, weights, loss };
  }

  /** Runs a trial without learning from it, with these weights after each timestep; where there are none, with its own. */
  follow(trial: Trial, number: number, weights: readonly Float64Array[]): Float64Array {
    const given = new Float64Array(trial.timesteps * this.size);
    this.engine.trial(trial, {
      number,
      onPhase: (phase, t) => {
        if (phase === 'learn') this.read(given, t, true);
      },
      onTimestep: (t) => {
        const now = weights.at(t - 1);
        if (!now) return;
        let n = 0;
        for (const { length, set } of this.weights) for (let k = 0; k < length; k++) set(k, now[n++]);
      },
    });
    return given;
  }

  /** Takes what is asked for at a timestep; `away`: so that nothing comes of it. */
  private read(given: Float64Array, t: number, away: boolean): void {
    let n = (t - 1) * this.size;
    for (const { cells, scale, compared, before } of this.asked) {
      for (let k = 0; k < cells.length; k++) {
        const now = cells.get(k);
        if (compared) given[n++] = scale * (now - before[k]);
        if (away) cells.set(k, 0);
        // Otherwise it adds up until it is applied.
        else if (this.schedule === 'trial') before[k] = t < given.length / this.size ? now : 0;
      }
    }
  }
}
