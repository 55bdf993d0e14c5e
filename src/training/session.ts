import { asyncScheduler, defer, Observable, switchMap, type SchedulerLike } from 'rxjs';
import { ActorEngine, type PhaseEnd, type NeuronPorts, type SynapsePorts } from '../actors/index.ts';
import { alignmentMeter } from '../analysis/index.ts';
import { checkTrial, type Circuit, type Engine, type TrialOptions } from '../circuit/index.ts';
import { InputError, onlyFields, RunError } from '../errors/index.ts';
import { loadKernels } from '../kernels/index.ts';
import { stream } from '../random/index.ts';
import type { Task, Test, Trial } from '../tasks/index.ts';
import type { Finished, ProbeReading, SessionEvent, SessionState, StopReason, TrialDone } from './events.ts';
import { createEngine, resolveLearner, type Learner, type LearnerName, type LearnerOptions } from './learner.ts';
import { paceOf } from './pace.ts';
import { positive } from './positive.ts';
import { readyProbes, type Probe } from './probe/probe.ts';
import type { ReadyProbe } from './probe/ready.ts';
import { checkTest, scoresOf, testOf, type Scores } from './scores.ts';

/** When a session ends; whichever comes first. */
export interface StopRules {
  /** After this many trials in all. Default 1000. */
  readonly trials?: number;
  /** As soon as a trial's loss is at or below this. */
  readonly targetLoss?: number;
  /** When this many trials have brought no new lowest loss. */
  readonly patience?: number;
  /** When the session has run for this many seconds by the clock. It is the one stop rule that a seed does not fix. */
  readonly seconds?: number;
}

export interface SessionOptions<R extends string = string, G extends string = string> extends StopRules {
  readonly circuit: Circuit<R, G>;
  readonly task: Task;
  /** Default 'local': the circuit's own rules, by actors. With engine 'kernels', `await loadKernels()` must come first; `train` sees to it. */
  readonly learner?: LearnerName<NoInfer<R>> | LearnerOptions<NoInfer<R>, NoInfer<G>>;
  /** A whole number; fixes, with circuit and task, every bit of the result. Default 1. */
  readonly seed?: number;
  /** What to record, by name. */
  readonly probes?: Readonly<Record<string, Probe>>;
  /** Seconds between checkpoint events. Default 1. */
  readonly checkpointSeconds?: number;
  /** Go on from here. */
  readonly resume?: SessionState;
}

/** Options of a trial that are used again, so that no trial makes any. */
type Numbered = Omit<TrialOptions, 'number' | 'pace'> & { number: number; pace: number };

/** How long trials run before the event loop gets a turn, ms. */
const SLICE = 40;

/** The fields of a session's options. */
export const SESSION_FIELDS = [
  ...['circuit', 'task', 'learner', 'seed', 'probes', 'checkpointSeconds', 'resume'],
  ...['trials', 'targetLoss', 'patience', 'seconds'],
];

/** One realization: a circuit, a task, a learner and a seed. */
export class Session {
  readonly engine: Engine;
  readonly learner: Learner;
  readonly seed: number;
  readonly task: Task;
  private readonly test: Test | null;
  private readonly stops: StopRules;
  private readonly checkpointMilliseconds: number;
  private readonly probes: readonly ReadyProbe[];
  private readonly alignment: () => number | null;
  private readonly withProbes: Numbered;
  private readonly withoutProbes: Numbered = { number: 0, pace: 1 };
  private current: Omit<SessionState, 'weights' | 'carried'>;
  /** Probe readings of the trial that runs. */
  private readings: ProbeReading[] = [];
  private stopping = false;
  /** When the session began to run, by the clock: so much earlier as it had run before it was resumed, ms. */
  private began = 0;

  /** @throws InputError naming the option that is wrong. */
  constructor(options: SessionOptions) {
    onlyFields('session', options, SESSION_FIELDS);
    const { circuit, task, learner = 'local', seed = 1, probes = {}, resume, checkpointSeconds = 1 } = options;
    const { trials = 1000, targetLoss, patience, seconds } = options;
    positive('trials', trials, true);
    if (patience !== undefined) positive('patience', patience, true);
    if (seconds !== undefined) positive('seconds', seconds);
    if (targetLoss !== undefined) positive('targetLoss', targetLoss);
    positive('checkpointSeconds', checkpointSeconds);
    this.seed = seed;
    this.task = task;
    this.stops = options;
    this.checkpointMilliseconds = checkpointSeconds * 1000;
    this.learner = resolveLearner(learner, circuit, { trials });
    this.engine = createEngine(circuit, seed, this.learner);
    this.alignment = alignmentMeter(this.engine.circuit, ({ name }) =>
      this.engine.reader({ synapses: name, value: 'weight' }),
    );
    this.withProbes = {
      ...{ number: 0, pace: 1 },
      onTimestep: (timestep) => {
        this.take(this.current.trial + 1, timestep);
      },
    };
    this.current = { trial: 0, best: null, last: null, elapsed: 0, inTrials: 0 };
    checkTrial(this.engine.circuit, this.trialOf(1));
    this.test = testOf(task);
    if (this.test) checkTest(this.test, this.engine, seed);
    this.probes = readyProbes(probes, this);
    if (resume) this.restore(resume);
  }

  /** The trial of this number, the same however the session came to it. */
  trialOf(index: number): Trial {
    return this.task.trial(index, stream(this.seed, 'task', index));
  }

  /** What the task's test says now, between two trials; null where it has none. Changes no bit of the session. See `scoresOf`. */
  scores(): Scores | null {
    return this.test && scoresOf(this.engine, this.test, this.seed);
  }

  /** Where the session stands, between two trials: all that is needed to go on. */
  state(): SessionState {
    const carried = this.engine.carried();
    return { ...this.current, weights: this.engine.weights(), ...(Object.keys(carried).length > 0 && { carried }) };
  }

  /**
   * Runs trials until a stop rule ends the session; emits what happens, then completes. A failure is an event too.
   * Trials run in short slices, so timers, signals and drawing go on beside them. Unsubscribing stops at the next trial.
   */
  run(scheduler: SchedulerLike = asyncScheduler): Observable<SessionEvent> {
    return new Observable((subscriber) => {
      let saved = this.state();
      const start = performance.now();
      this.began = start - this.current.elapsed;
      let nextCheckpoint = start + this.checkpointMilliseconds;
      return scheduler.schedule(
        function (this, session) {
          const sliceEnd = performance.now() + SLICE;
          while (!subscriber.closed) {
            const reason = session.ended();
            if (reason) {
              subscriber.next({ type: 'finished', reason, state: session.state() } satisfies Finished);
              subscriber.complete();
              session.complete();
              return;
            }
            try {
              const done = session.next();
              for (const reading of session.readings) subscriber.next(reading);
              subscriber.next(done);
            } catch (error) {
              subscriber.next({ type: 'failed', error: named(error, session.current.trial + 1), state: saved });
              subscriber.complete();
              session.complete();
              return;
            }
            if (performance.now() >= nextCheckpoint) {
              saved = session.state();
              subscriber.next({ type: 'checkpoint', state: saved });
              nextCheckpoint = performance.now() + session.checkpointMilliseconds;
            }
            if (performance.now() >= sliceEnd) break;
          }
          if (!subscriber.closed) this.schedule(session);
        },
        0,
        this,
      );
    });
  }

  /** Ends the session after the current trial. To go on, open another with `resume`. */
  stop(): void {
    this.stopping = true;
  }

  /** A neuron's ports (index from 0). @throws InputError if there is none, or kernels or a solver run instead of actors. */
  neuron(population: string, index: number): NeuronPorts {
    return this.actors().neuron(population, index);
  }

  /** An input neuron's port (index from 0). */
  source(population: string, index: number): Pick<NeuronPorts, 'axon$'> {
    return this.actors().source(population, index);
  }

  /** A synapse's ports (indices from 0). */
  synapse(group: string, post: number, pre: number): SynapsePorts {
    return this.actors().synapse(group, post, pre);
  }

  /** The broadcast error e(t), all output neurons in circuit order. */
  get error$(): Observable<Float64Array> {
    return this.actors().error$;
  }

  /** Every phase of every timestep, as it ends. */
  get phase$(): Observable<PhaseEnd> {
    return this.actors().phase$;
  }

  /** One trial; its probe readings are in `readings`. */
  private next(): TrialDone {
    const trial = this.current.trial + 1;
    if (this.readings.length > 0) this.readings = [];
    const began = performance.now();
    const played = this.trialOf(trial);
    for (const probe of this.probes) probe.begin(trial, played);
    const during = this.probes.some((probe) => probe.duringTrial(trial, played.timesteps));
    const options = during ? this.withProbes : this.withoutProbes;
    options.number = trial;
    options.pace = paceOf(trial, this.learner.rateHalfLife);
    const loss = this.engine.trial(played, options);
    this.take(trial, null);
    const done: TrialDone = { type: 'trial', trial, loss, alignment: this.alignment() };
    const { best, inTrials } = this.current;
    const now = performance.now();
    this.current = {
      trial,
      best: best === null || loss < best.loss ? { loss, trial } : best,
      last: { loss, alignment: done.alignment },
      elapsed: now - this.began,
      inTrials: inTrials + now - began,
    };
    return done;
  }

  /** Takes the readings that are due at this moment. */
  private take(trial: number, timestep: number | null): void {
    for (const probe of this.probes) {
      if (!probe.due(trial, timestep)) continue;
      this.readings.push({ type: 'probe', probe: probe.name, trial, timestep, values: probe.read() });
    }
  }

  private ended(): StopReason | undefined {
    const { trial, best, last, elapsed } = this.current;
    const { targetLoss = -Infinity, patience = Infinity, seconds = Infinity } = this.stops;
    if (last !== null && last.loss <= targetLoss) return 'loss';
    if (trial >= this.learner.trials) return 'trials';
    if (best !== null && trial - best.trial >= patience) return 'patience';
    if (elapsed >= seconds * 1000) return 'time';
    return this.stopping ? 'stopped' : undefined;
  }

  private restore({ weights, carried = {}, ...state }: SessionState): void {
    for (const { name, pre } of this.engine.circuit.groups) {
      const length = Object.hasOwn(weights, name) ? weights[name].length : 0;
      if (length !== pre.length) {
        throw new InputError(`resume.weights.${name}`, `has ${length} weights; the circuit has ${pre.length} synapses`);
      }
    }
    const wanted = this.engine.carried();
    for (const name of new Set([...Object.keys(wanted), ...Object.keys(carried)])) {
      const [found, own] = [carried, wanted].map((record) => (Object.hasOwn(record, name) ? record[name].length : 0));
      if (found !== own) {
        throw new InputError(`resume.carried.${name}`, `has ${found} numbers; the circuit carries ${own} of that name`);
      }
    }
    this.engine.setWeights(weights);
    this.engine.setCarried(carried);
    this.current = state;
  }

  private actors(): ActorEngine {
    if (this.engine instanceof ActorEngine) return this.engine;
    const mend = this.learner.algorithm === 'local' ? "give engine 'actors'" : "use the circuit's own rules, 'local'";
    throw new InputError('learner', `'${this.learner.name}' has no actors to tap; ${mend}`);
  }

  private complete(): void {
    if (this.engine instanceof ActorEngine) this.engine.complete();
  }
}

/** Opens a session; see `Session`. */
export function openSession<R extends string, G extends string>(options: SessionOptions<R, G>): Session {
  return new Session(options);
}

/**
 * Trains: opens a session, or takes one, and runs it. Loads the kernels by itself where they are to run; what is wrong with the
 * options then comes as the Observable's error, once it is subscribed to, and else is thrown here.
 *
 * @example
 * train({ circuit, task, learner: 'rflo', trials: 100 }).subscribe((event) => {
 *   if (event.type === 'trial') console.log(event.trial, event.loss);
 * });
 */
export function train<R extends string, G extends string>(
  what: SessionOptions<R, G> | Session,
): Observable<SessionEvent> {
  if (what instanceof Session) return what.run();
  onlyFields('session', what, SESSION_FIELDS);
  const { learner } = what;
  if (typeof learner !== 'object' || learner.engine !== 'kernels') return new Session(what).run();
  let opened: Promise<Session> | undefined;
  return defer(() => (opened ??= loadKernels().then(() => new Session(what)))).pipe(
    switchMap((session) => session.run()),
  );
}

function named(error: unknown, trial: number): Error {
  if (error instanceof RunError) return error.at({ trial });
  return error instanceof Error ? error : new Error(String(error));
}
