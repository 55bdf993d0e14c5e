import { asyncScheduler, defer, finalize, share, type Observable, type SchedulerLike } from 'rxjs';
import { alignmentMeter } from '../analysis/index.ts';
import {
  checkTrial,
  type Engine,
  type GroupParameters,
  type NeuronPorts,
  type PhaseEnd,
  type Ports,
  type SynapsePorts,
  type TrialOptions,
} from '../circuit/index.ts';
import { blame, InputError, NotFinite, within } from '../errors/index.ts';
import type { Numbers } from '../local/index.ts';
import { trialOfTask, type Task, type Test, type Trial } from '../tasks/index.ts';
import type { Failed, Finished, ProbeReading, SessionEvent, SessionState, StopReason, TrialDone } from './events.ts';
import { createEngine, resolveLearner, type Learner } from './learner.ts';
import { paceOf } from './pace.ts';
import { readyProbes } from './probe/probe.ts';
import type { ReadyProbe } from './probe/ready.ts';
import { shownProbes, type ShownProbes } from './probe/shown.ts';
import { checkedState } from './restore.ts';
import { checkTest, scoresOf, testOf, type Scores } from './scores.ts';
import { checkAnswered } from './check-answered.ts';
import { checkOptions, type SessionOptions, type StopRules } from './session-options.ts';
import { inSlices } from './slices.ts';
import { askedOf, dated, inTrial } from './in-trial.ts';
import { Tuner } from './tuner.ts';

/** Options of a trial that are reused, so that no trial allocates any. */
type Numbered = Omit<TrialOptions, 'number' | 'pace'> & { number: number; pace: number };

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
  /** The shown probes: they read no trial of the session. */
  readonly shown: ShownProbes | null;
  private readonly alignment: () => number | null;
  private readonly tuner: Tuner;
  private readonly withProbes: Numbered;
  private readonly withoutProbes: Numbered = { number: 0, pace: 1 };
  private current: Omit<SessionState, 'weights' | 'carried' | 'tuned'>;
  /** Probe readings of the trial that is running. */
  private readings: ProbeReading[] = [];
  private stopping = false;
  private playing = false;
  /** When the session began to run, by the clock, less the time that it had run before it was resumed, ms. */
  private began = 0;
  /** The run that subscribers share, whether it has begun, and how it failed. */
  private shared$: Observable<SessionEvent> | undefined;
  private begun = false;
  private failure: Failed | undefined;

  /** @throws InputError naming the option that is wrong. */
  constructor(options: SessionOptions) {
    const { trials, checkpointSeconds } = checkOptions(options);
    const { circuit, task, learner = 'local', batch = 1, seed = 1, carry, probes = {}, resume } = options;
    this.seed = seed;
    this.task = task;
    this.stops = options;
    this.checkpointMilliseconds = checkpointSeconds * 1000;
    this.learner = resolveLearner(learner, circuit, { trials, batch, ...(carry && { carry }) });
    this.engine = createEngine(circuit, seed, this.learner, carry);
    this.tuner = new Tuner(this.engine, this.learner.name);
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
    checkAnswered(this.engine.circuit, task, this.trialOf(1));
    this.test = testOf(task);
    if (this.test) checkTest(this.test, this.engine, seed);
    this.probes = readyProbes(probes, this);
    this.shown = shownProbes(probes, {
      circuit,
      engine: this.engine,
      learner: this.learner,
      seed,
      carry: carry === true,
    });
    if (resume !== undefined) this.restore(checkedState(resume, circuit, this.engine));
  }

  /** The trial of this number, however the session reached it. @throws InputError if it is malformed, or does not fit the circuit. */
  trialOf(index: number): Trial {
    const trial = trialOfTask(this.task, index, this.seed);
    try {
      checkTrial(this.engine.circuit, trial);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(error.place, `${error.problem} (in trial ${index})`);
    }
    return trial;
  }

  /** The scores of the task's test now, between two trials; null if it has no test. Changes no bit of the session. See `scoresOf`. */
  scores(): Scores | null {
    const { test } = this;
    return test && dated(this.current.trial, () => scoresOf(this.engine, test, this.seed));
  }

  /** The state of the session between two trials: everything that is needed to continue. */
  state(): SessionState {
    const carried = this.engine.carried();
    return {
      ...this.current,
      ...this.tuner.state(),
      weights: this.engine.weights(),
      ...(Object.keys(carried).length > 0 && { carried }),
    };
  }

  /**
   * Sets tunable parameters and dials from the next trial on, even those that change over the trials: `session.tune('recurrent', { eta: 0.01 })` for
   * a synapse group, `neurons.h` for a population, `axons.h` for its axons, `feedback.error` for a feedback. The state keeps them.
   *
   * @throws InputError if there is no such owner, a parameter is not tunable, not a finite number or out of its range, or a trial is running.
   */
  tune(group: string, params: Numbers): void {
    if (this.playing)
      throw new InputError('tune', "a trial is running; tune between trials, for example at a 'trial' event");
    this.tuner.tune(group, params);
  }

  /** The current tunable parameters, by owner, as the engine reports them. */
  tuned(): GroupParameters {
    return this.engine.tuned?.() ?? {};
  }

  /**
   * Runs trials until a stop rule ends the session; emits what happens, then completes. A failure is an event, too.
   * Trials run in short slices, so timers, signals and drawing continue meanwhile. When the last subscriber unsubscribes, it stops at the next
   * trial, and continues from there when it is run again.
   *
   * A session runs once, however many subscribers it has. Those that subscribe before it begins get every event; one that subscribes while it runs
   * gets an InputError, as it has missed some; one that subscribes after the end gets only the last event, which holds the state.
   *
   * @param scheduler Where the slices run; that of the first subscription is used.
   */
  run(scheduler: SchedulerLike = asyncScheduler): Observable<SessionEvent> {
    return defer(() => {
      if (this.begun) {
        const fix = "subscribe before it begins, or share one subscription's events";
        throw new InputError('session', `is already running, and ${this.current.trial} trials are done; ${fix}`);
      }
      this.shared$ ??= this.slices(scheduler).pipe(share());
      return this.shared$;
    });
  }

  /** How many numbers a reading of each probe has, by name. */
  get probeWidths(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.probes.map(({ name, width }) => [name, width]));
  }

  /** Ends the session after the current trial. To continue, open another with `resume`. */
  stop(): void {
    this.stopping = true;
  }

  /** A neuron's ports (index from 0). @throws InputError if there is none, or kernels or a solver run instead of actors. */
  neuron(population: string, index: number): NeuronPorts {
    return this.ports().neuron(population, index);
  }

  /** An input neuron's port (index from 0). */
  source(population: string, index: number): Pick<NeuronPorts, 'axon$'> {
    return this.ports().source(population, index);
  }

  /** A synapse's ports (indices from 0). */
  synapse(group: string, post: number, pre: number): SynapsePorts {
    return this.ports().synapse(group, post, pre);
  }

  /** The broadcast error e(t), all output neurons, in the order of `outputs`. */
  get error$(): Observable<Float64Array> {
    return this.ports().error$;
  }

  /** Every phase of every timestep, as it ends. */
  get phase$(): Observable<PhaseEnd> {
    return this.ports().phase$;
  }

  /** One run, shared by all subscribers. */
  private slices(scheduler: SchedulerLike): Observable<SessionEvent> {
    return defer(() => {
      let saved = this.state();
      const start = performance.now();
      this.began = start - this.current.elapsed;
      let nextCheckpoint = start + this.checkpointMilliseconds;
      const end = (emit: (event: SessionEvent) => void, last: Finished | Failed) => {
        if (last.type === 'failed') this.failure = last;
        emit(last);
        this.engine.ports?.complete();
        return false;
      };
      return inSlices<SessionEvent>(scheduler, (emit) => {
        this.begun = true;
        if (this.failure) return end(emit, this.failure);
        try {
          const reason = this.ended();
          if (reason) return end(emit, { type: 'finished', reason, state: this.state() });
          const done = this.next();
          for (const reading of this.readings) emit(reading);
          emit(done);
          if (performance.now() < nextCheckpoint) return true;
          saved = this.state();
          emit({ type: 'checkpoint', state: saved });
          nextCheckpoint = performance.now() + this.checkpointMilliseconds;
          return true;
        } catch (error) {
          this.playing = false;
          return end(emit, { type: 'failed', error: inTrial(error, this.current.trial + 1), state: saved });
        }
      });
    }).pipe(
      finalize(() => {
        this.begun = false;
        this.shared$ = undefined;
      }),
    );
  }

  /** One trial; its probe readings are in `readings`. */
  private next(): TrialDone {
    const trial = this.current.trial + 1;
    if (this.readings.length > 0) this.readings = [];
    const began = performance.now();
    const played = askedOf('task.trial', () => this.trialOf(trial));
    for (const probe of this.probes) probe.begin(trial, played);
    const during = this.probes.some((probe) => probe.duringTrial(trial, played.timesteps));
    const options = during ? this.withProbes : this.withoutProbes;
    options.number = trial;
    options.pace = paceOf(trial, this.learner.rateHalfLife);
    this.playing = true;
    const loss = this.engine.trial(played, options);
    this.playing = false;
    if (!Number.isFinite(loss)) throw blame(`learner ${this.learner.name}`, new NotFinite('its loss', loss));
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

  private restore({ weights, carried = {}, tuned, ...state }: SessionState): void {
    within('resume', () => {
      this.tuner.restore(tuned);
    });
    this.engine.setWeights(weights);
    this.engine.setCarried(carried);
    this.current = state;
  }

  private ports(): Ports {
    if (this.engine.ports) return this.engine.ports;
    const fix = this.learner.algorithm.rules ? "give engine 'actors'" : "use the circuit's own rules, 'local'";
    throw new InputError('learner', `'${this.learner.name}' has no actors to tap; ${fix}`);
  }
}
