import {
  carrier,
  catalogueOf,
  Continuation,
  found,
  Playing,
  timestepOf,
  type BuiltCircuit,
  type BuiltFeedback,
  type BuiltGroup,
  type Heard,
  type HeldBySteps,
  type PhaseName,
  type Row,
  type Step,
  type SumStep,
  type Sweeps,
  type Timestep,
  type TrialOptions,
  type Tuning,
  type Ways,
} from '../circuit/index.ts';
import { plainArithmetic } from '../arithmetic/index.ts';
import type { Trial } from '../tasks/index.ts';
import { computeLoop, lateIn, type Track } from './compute.ts';
import { plainMemory, type Memory } from './memory.ts';
import { gather } from './rows.ts';
import { running, type Running, type SolverArithmetic, type StepLoop } from './running.ts';
import { scored, total } from './totals.ts';
import { isWhole } from './whole.ts';
import { gatherByWay, type Arrived } from './ways.ts';

/**
 * A circuit run forward with all its numbers accessible, the basis of the global references. It runs the steps of the circuit's timestep
 * one after another, as the actors do, so the activity has the same bits.
 */
export class ForwardPass {
  readonly timestep: Timestep;
  readonly weights: ReadonlyMap<BuiltGroup, Float64Array>;
  /** The current weights of the feedback that is received: B, [to.size][from.size]. */
  readonly feedback: ReadonlyMap<BuiltFeedback, Float64Array>;
  readonly playing: Playing;
  /** If this pass runs alongside another one: the sweeps of that one, which determine the last sweep of a timestep. */
  leader: Sweeps | undefined;
  /** The outputs' squared errors (or twice their losses) so far, summed: 2 T times the loss. */
  score = 0;
  /** What the latest timestep added to the score. */
  added = 0;
  /** The groups with all possible synapses. */
  readonly whole: ReadonlySet<BuiltGroup>;
  /** What carries over from trial to trial. */
  readonly continuation: Continuation;
  private readonly tracks: ReadonlyMap<Row, Track>;
  /** What is added to the sums of ports, [size]. */
  readonly disturbances = new Map<Row, Float64Array>();
  /** These run the steps until all neurons have integrated, compare the outputs with the target, and send the errors. */
  private readonly sensing: Running;
  private readonly comparing: Running;
  private readonly sending: Running;
  /** Where it holds what steps read and write. */
  private readonly held: HeldBySteps = {
    trackOf: (row) => this.track(row),
    matrixOf: (weights) => {
      if (!('rowStart' in weights)) return found(this.feedback, weights);
      return this.whole.has(weights) ? found(this.weights, weights) : undefined;
    },
    disturbanceOf: (row) => this.disturbances.get(row),
    given: (source) => this.playing.given(source),
  };

  constructor(
    readonly circuit: BuiltCircuit,
    heard: Heard,
    private readonly memory: Memory = plainMemory,
    readonly arithmetic: SolverArithmetic = plainArithmetic,
    batch = 1,
    /** The weights of another pass, to be shared. Default: its own weights. */
    shared?: ReadonlyMap<BuiltGroup, Float64Array>,
  ) {
    this.whole = new Set(circuit.groups.filter(isWhole));
    this.timestep = timestepOf(circuit, heard);
    this.playing = new Playing(circuit, this.timestep, batch);
    const { feedback } = heard;
    const catalogue = catalogueOf(circuit, this.timestep, { feedback, variables: () => undefined });
    this.continuation = new Continuation(catalogue);
    const copied = (weights: Float64Array) => {
      const own = memory(weights.length, 'weights');
      own.set(weights);
      return own;
    };
    this.weights = shared ?? new Map(circuit.groups.map((group) => [group, copied(group.weights)]));
    this.feedback = new Map(heard.feedback.map((entry) => [entry, copied(entry.weights)]));
    const { signalled } = heard;
    // Learning signals are formed where they are needed, see `addSum`: backward in time, or forward.
    const kept = this.timestep.rows.filter(({ kind, population }) => kind !== 'signal' || !signalled(population));
    this.tracks = new Map(kept.map((row) => [row, this.fit(row, 0)]));
    const runs = (isIn: (phase: PhaseName) => boolean) => {
      const steps = this.timestep.steps.filter(({ stage }) => isIn(stage.phase));
      return running(steps, (step) => this.loopOf(step), arithmetic, { held: this.held, scored: this });
    };
    const isSensing = (phase: PhaseName) => phase !== 'compare' && phase !== 'broadcast';
    // If timesteps repeat, the check whether the neurons have settled comes in between.
    const isOne = !this.timestep.repeat;
    this.sensing = runs((phase) => isSensing(phase) || (isOne && phase === 'compare'));
    this.comparing = runs((phase) => !isOne && phase === 'compare');
    this.sending = runs((phase) => phase === 'broadcast');
  }

  get trial(): Trial {
    return this.playing.trial;
  }

  /** Where in the trial it is. */
  get sweeps(): Sweeps {
    return this.playing.sweeps;
  }

  /** The current sweep, counted from the start of the trial; in a circuit that does not repeat, the timestep. */
  get now(): number {
    return this.sweeps.frame;
  }

  /** The most sweeps that a trial of this many timesteps can have. */
  most(timesteps: number): number {
    return timesteps * (this.timestep.repeat?.times ?? 1);
  }

  /** The numbers of a row in this trial, [T+1][size]. */
  of(row: Row): Float64Array {
    return this.track(row).values;
  }

  /** Where the numbers of a row are, in any trial. Numbers that never change have a track, too. */
  track(row: Row): Track {
    return found(this.tracks, row);
  }

  /** Begins a trial, see `Playing.begin`. */
  begin(trial: Trial, options: TrialOptions, tuning?: Tuning): void {
    const { continuation } = this;
    this.playing.begin(trial, options, continuation, tuning);
    for (const [row, track] of this.tracks) this.fit(row, this.most(trial.timesteps), track);
    continuation.goOn((row, values) => {
      const { size } = row.population;
      const track = this.track(row);
      track.values.set(values.subarray(0, size));
      track.past = values.subarray(size);
    });
    this.score = 0;
    for (const { begin } of [this.sensing, this.comparing, this.sending]) begin();
  }

  /** Runs the next sweep until its errors are known. */
  step(): void {
    const { sweeps } = this;
    sweeps.next();
    const t = sweeps.frame;
    const before = this.score;
    this.sensing.run(t);
    const { rows } = this.timestep.repeat?.until ?? {};
    if (this.leader) sweeps.isLast = this.leader.isLast;
    else if (rows) sweeps.look((k, i) => this.of(rows[k])[t * rows[k].population.size + i]);
    this.comparing.run(t);
    this.added = this.score - before;
    if (this.trial.answer) this.ask(t);
    if (!sweeps.isOver(this.trial.timesteps)) return;
    this.continuation.end(sweeps.timestep, (row, depth) => {
      const { size } = row.population;
      const last = new Float64Array(depth * size);
      for (let ago = 0; ago < depth; ago++) {
        const [values, first] = this.late(row, t, ago);
        last.set(values.subarray(first, first + size), ago * size);
      }
      return last;
    });
  }

  /** The task answers what the outputs have done in sweep t. */
  private ask(t: number): void {
    this.playing.ask({
      read: (row, i) => this.of(row)[t * row.population.size + i],
      write: (row, value) => {
        this.of(row)[t] = value;
      },
    });
  }

  /** Sends the errors of the sweep. */
  broadcast(): void {
    this.sending.run(this.now);
  }

  /** L of the trial so far. */
  get loss(): number {
    return (this.score * (1 / this.trial.timesteps)) / 2;
  }

  /** The numbers that a row had `late` timesteps before t, and their first index. */
  late(row: Row, t: number, late: number): readonly [values: Float64Array, first: number] {
    return lateIn(this.track(row), t - late, row.population.size);
  }

  /** What arrives by each of these ways at timestep t. */
  arrived({ all }: Ways, t: number): readonly Arrived[] {
    return all.map(({ row, late }) => {
      const [values, begins] = this.late(row, t, late);
      return { values, begins };
    });
  }

  /** Adds to numbers from `first` on what a step sums up at timestep t: learning signals, or by ascending presynaptic index W r(t - late). */
  addSum({ population: { size }, start, terms }: SumStep, t: number, into: Float64Array, first = 0): void {
    if (start) {
      const values = this.of(start);
      for (let i = 0; i < size; i++) into[first + i] += values[t * size + i];
    }
    for (const { weights, row, late, ways } of terms) {
      const [values, before] = this.late(row, t, late);
      if (!('rowStart' in weights)) {
        const width = row.population.size;
        this.arithmetic.multiply(found(this.feedback, weights), values, before, into, first, size, width);
        continue;
      }
      const { pre, rowStart } = weights;
      const w = found(this.weights, weights);
      if (ways) gatherByWay(into, first, weights, w, ways.of, this.arrived(ways, t));
      else if (this.whole.has(weights))
        this.arithmetic.multiply(w, values, before, into, first, size, row.population.size);
      else {
        for (let i = 0; i < size; i++) {
          into[first + i] = gather(into[first + i], w, pre, values, before, rowStart[i], rowStart[i + 1]);
        }
      }
    }
  }

  private loopOf(step: Step): StepLoop | undefined {
    switch (step.do) {
      case 'compute':
        return computeLoop(step, (row) => this.track(row), this.playing);
      case 'sum':
        if (step.into.kind === 'signal') return undefined;
        return (t) => {
          const { into, population } = step;
          const [sums, first] = [this.of(into), t * population.size];
          this.addSum(step, t, sums.fill(0, first, first + population.size), first);
          const by = this.disturbances.get(into);
          if (by) for (let i = 0; i < by.length; i++) sums[first + i] += by[i];
        };
      case 'total':
        return (t) => {
          total(step, t, (row) => this.of(row));
        };
      case 'score':
        return (t) => {
          this.score = scored(step, { t, timestep: this.sweeps.timestep }, this.of(step.row), this.score);
        };
      case 'carry': {
        const { carriage, from } = step.feedback;
        if (!carriage) return undefined;
        const carry = carrier(carriage, from.size, (group) => {
          const w = found(this.weights, group);
          return (k) => w[k];
        });
        return () => {
          carry(found(this.feedback, step.feedback));
        };
      }
      case 'learn':
      case 'apply':
        return undefined;
    }
  }

  /** Makes room for a trial and resets its initial values, which an inspection of the last trial may have changed. */
  private fit(row: Row, timesteps: number, track: Track = { values: NOTHING, room: NOTHING, past: null }): Track {
    const length = (timesteps + 1) * row.population.size;
    const constant = this.timestep.constants.get(row);
    if (length > track.room.length)
      track.room =
        constant === undefined ? this.memory(length, 'activity') : this.arithmetic.array(length).fill(constant);
    track.values = length < track.room.length ? track.room.subarray(0, length) : track.room;
    if (constant === undefined) track.values.set(row.initial);
    track.past = null;
    return track;
  }
}

/** Used while there is no room yet. */
const NOTHING = new Float64Array(0);
