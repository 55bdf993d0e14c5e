import {
  askTask,
  carrier,
  checkSignals,
  checkTrial,
  catalogueOf,
  Continuation,
  playedTrial,
  Sweeps,
  Timestep,
  type BuiltCircuit,
  type BuiltFeedback,
  type BuiltGroup,
  type BuiltPopulation,
  type Heard,
  type PhaseName,
  type Row,
  type Step,
  type SumStep,
  type Ways,
} from '../circuit/index.ts';
import { plainArithmetic } from '../arithmetic/index.ts';
import type { Trial } from '../tasks/index.ts';
import { computeLoop, lateIn, type Moment, type SolverArithmetic, type Track } from './compute.ts';
import { plainMemory, type Memory } from './memory.ts';
import { sumLoop } from './sum.ts';
import { scored, total } from './totals.ts';
import { isWhole } from './whole.ts';
import type { Arrived } from './ways.ts';

/**
 * A circuit run forward with everything in view, which is what the global references stand on. It runs the steps of the circuit's timestep
 * one after another, as the actors do, so the activity has the same bits.
 */
export class ForwardPass {
  readonly timestep: Timestep;
  readonly weights: ReadonlyMap<BuiltGroup, Float64Array>;
  /** The weights of the feedback that is heard, as they are now: B, [to.size][from.size]. */
  readonly feedback: ReadonlyMap<BuiltFeedback, Float64Array>;
  /** Where in the trial it is. */
  readonly sweeps: Sweeps;
  /** Of a pass beside another one: that one's sweeps, which says which is the last of its timestep. */
  leader: Sweeps | undefined;
  /** What the outputs' errors have added up to so far: twice T times the loss. */
  score = 0;
  /** What the latest timestep added to that. */
  added = 0;
  /** The groups that have every synapse. */
  readonly whole: ReadonlySet<BuiltGroup>;
  /** What goes on from trial to trial. */
  readonly continuation: Continuation;
  private readonly tracks: ReadonlyMap<Row, Track>;
  /** What is added to what ports sum up, [size]. */
  readonly disturbances = new Map<Row, Float64Array>();
  /** What runs the steps until all neurons have integrated, what compares the outputs with the target, and what sends the errors. */
  private readonly running: readonly ((t: number) => void)[];
  private readonly comparing: readonly ((t: number) => void)[];
  private readonly sending: readonly ((t: number) => void)[];
  private moment: Moment;

  constructor(
    readonly circuit: BuiltCircuit,
    heard: Heard,
    private readonly memory: Memory = plainMemory,
    readonly arithmetic: SolverArithmetic = plainArithmetic,
    /** The weights of a pass that it shares them with. Default: it has its own. */
    shared?: ReadonlyMap<BuiltGroup, Float64Array>,
  ) {
    this.whole = new Set(circuit.groups.filter(isWhole));
    this.timestep = new Timestep(circuit, heard);
    this.sweeps = new Sweeps(this.timestep);
    const { feedback } = heard;
    const catalogue = catalogueOf(circuit, this.timestep, { feedback, variables: () => undefined });
    this.continuation = new Continuation(catalogue);
    const held = (weights: Float64Array) => {
      const own = memory(weights.length, 'weights');
      own.set(weights);
      return own;
    };
    this.weights = shared ?? new Map(circuit.groups.map((group) => [group, held(group.weights)]));
    this.feedback = new Map(heard.feedback.map((entry) => [entry, held(entry.weights)]));
    const { signalled } = heard;
    // Learning signals are formed where they are needed, see `addSignal`: backward in time, or forward.
    const kept = this.timestep.rows.filter(({ kind, population }) => kind !== 'signal' || !signalled(population));
    this.tracks = new Map(kept.map((row) => [row, { ...this.roomFor(row, 0), past: null }]));
    const runners = (isIn: (phase: PhaseName) => boolean) =>
      this.timestep.steps.filter(({ stage }) => isIn(stage.phase)).flatMap((step) => this.runnerOf(step) ?? []);
    this.running = runners((phase) => phase !== 'compare' && phase !== 'broadcast');
    this.comparing = runners((phase) => phase === 'compare');
    this.sending = runners((phase) => phase === 'broadcast');
    this.moment = {
      trial: { timesteps: 0, input: new Float64Array(0), target: new Float64Array(0) },
      ...{ number: 0, before: 0, sweeps: this.sweeps },
      ...{ inputs: sizeOf(circuit.inputs), targets: sizeOf(circuit.outputs) },
      nothing: new Float64Array(sizeOf(circuit.outputs)).fill(NaN),
    };
  }

  get trial(): Trial {
    return this.moment.trial;
  }

  /** The sweep at hand, counted through the trial: the timestep, in a circuit that does not repeat. */
  get now(): number {
    return this.sweeps.frame;
  }

  /** The most sweeps of a trial of so many timesteps. */
  most(timesteps: number): number {
    return timesteps * (this.timestep.repeat?.times ?? 1);
  }

  /** The numbers of a row in this trial, [T+1][size]. */
  of(row: Row): Float64Array {
    return this.track(row).values;
  }

  /** Where the numbers of a row are, whichever trial it is. A number that never changes has a track, too. */
  track(row: Row): Track {
    return found(this.tracks, row);
  }

  weightsOf(group: BuiltGroup): Float64Array {
    return found(this.weights, group);
  }

  /** `number`: which trial it is, from 1. */
  begin(trial: Trial, number: number): void {
    checkTrial(this.circuit, trial);
    checkSignals(this.circuit, trial);
    const longer = trial.timesteps !== this.trial.timesteps;
    for (const [row, track] of this.tracks) {
      if (longer) this.fit(row, track, this.most(trial.timesteps));
      // Where a trial was looked into, its beginning may have been changed.
      else if (!this.timestep.constants.has(row)) track.values.set(row.initial);
    }
    const { continuation } = this;
    continuation.begin(number);
    if (this.circuit.carries) for (const track of this.tracks.values()) track.past = null;
    continuation.goOn((row, values) => {
      const { size } = row.population;
      const track = this.track(row);
      track.values.set(values.subarray(0, size));
      track.past = values.subarray(size);
    });
    this.moment = { ...this.moment, trial: playedTrial(trial), number, before: continuation.before };
    this.sweeps.begin();
    this.score = 0;
  }

  /** Runs the next sweep as far as its errors are known. */
  step(): void {
    const { sweeps } = this;
    sweeps.next();
    const t = sweeps.frame;
    const before = this.score;
    for (const run of this.running) run(t);
    const { row } = this.timestep.repeat?.until ?? {};
    if (this.leader) sweeps.isLast = this.leader.isLast;
    else if (row) sweeps.look((i) => this.of(row)[t * row.population.size + i]);
    for (const run of this.comparing) run(t);
    this.added = this.score - before;
    if (!sweeps.isLast) return;
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
    const { sweeps } = this;
    askTask(this.circuit, this.trial, sweeps.timestep, {
      output: (population, i) => this.of(this.timestep.answer(population))[t * population.size + i],
      scalar: (name, value) => {
        this.of(this.timestep.row(this.circuit.everyone, name))[t] = value;
      },
      input: (next, k, value) => {
        this.trial.input[(next - 1) * this.moment.inputs + k] = value;
      },
    });
  }

  /** Sends the errors of the sweep. */
  broadcast(): void {
    for (const run of this.sending) run(this.now);
  }

  /** L of the trial so far. */
  get loss(): number {
    return (this.score * (1 / this.trial.timesteps)) / 2;
  }

  /** The numbers that a row had `late` timesteps before t, and where they begin. */
  late(row: Row, t: number, late: number): readonly [values: Float64Array, first: number] {
    return lateIn(this.track(row), t - late, row.population.size);
  }

  /** What comes by each of these ways at timestep t. */
  arrived({ all }: Ways, t: number): readonly Arrived[] {
    return all.map(({ row, late }) => {
      const [values, begins] = this.late(row, t, late);
      return { values, begins };
    });
  }

  /** Adds the learning signals of a population at timestep t, as its step sums them up. */
  addSignal({ start, terms }: SumStep, t: number, into: Float64Array): void {
    if (start) {
      const values = this.of(start);
      const row = t * into.length;
      for (let i = 0; i < into.length; i++) into[i] += values[row + i];
    }
    for (const { weights, row, late } of terms) {
      const width = row.population.size;
      const b = this.feedbackOf(weights);
      const [values, before] = this.late(row, t, late);
      for (let i = 0; i < into.length; i++) {
        for (let k = 0; k < width; k++) into[i] += b[i * width + k] * values[before + k];
      }
    }
  }

  private runnerOf(step: Step): ((t: number) => void) | undefined {
    switch (step.do) {
      case 'compute': {
        const loop = computeLoop(step, (row) => this.track(row));
        const fast = this.arithmetic.compute?.(step, (row) => this.track(row));
        return (t) => {
          if (!fast?.(t)) loop(t, this.moment);
        };
      }
      case 'sum':
        if (step.into.kind === 'signal') return undefined;
        return sumLoop(step, this);
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
          carry(this.feedbackOf(step.feedback));
        };
      }
      case 'learn':
      case 'apply':
        return undefined;
    }
  }

  private feedbackOf(weights: BuiltGroup | BuiltFeedback): Float64Array {
    if ('rowStart' in weights) throw new Error('errors come through feedback weights');
    return found(this.feedback, weights);
  }

  private roomFor(row: Row, timesteps: number): Pick<Track, 'values' | 'room'> {
    const length = (timesteps + 1) * row.population.size;
    const constant = this.timestep.constants.get(row);
    const room =
      constant === undefined ? this.memory(length, 'activity') : this.arithmetic.array(length).fill(constant);
    if (constant === undefined) room.set(row.initial);
    return { values: room, room };
  }

  /** Makes room for a trial of another length. */
  private fit(row: Row, track: Track, timesteps: number): void {
    const length = (timesteps + 1) * row.population.size;
    if (length > track.room.length) Object.assign(track, this.roomFor(row, timesteps));
    else track.values = track.room.subarray(0, length);
    if (!this.timestep.constants.has(row)) track.values.set(row.initial);
  }
}

function sizeOf(populations: readonly BuiltPopulation[]): number {
  return populations.reduce((sum, { size }) => sum + size, 0);
}

/** The entry that a map made for every population, group or row must have. */
export function found<K extends { readonly name: string }, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error(`'${key.name}' belongs to another circuit`);
  return value;
}
