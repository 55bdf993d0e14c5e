import {
  carriedVariables,
  checkSignals,
  checkTrial,
  type BuiltCircuit,
  type Carried,
  type Engine,
  type GroupWeights,
  type Held,
  type LearningOptions,
  type Published,
  type Reader,
  type TrialOptions,
} from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import type { Trial } from '../tasks/index.ts';
import { diagnose } from './diagnose.ts';
import { channels, type Room } from './forward.ts';
import { assemble, loadedOrThrow } from './generator.ts';
import { heldInMemory } from './held.ts';
import { Kernel } from './kernel.ts';
import type { Precision } from './lanes.ts';
import { Layout, type GroupLayout } from './layout.ts';
import { kernelProgram, learnerOf, type KernelAlgorithm } from './learners.ts';
import { PHASES, type Phases } from './phases.ts';
import { growTo, LARGEST, MemoryPlan } from './memory.ts';
import type { Packing } from './packing.ts';
import { kernelReader } from './reader.ts';

/** How a kernel is to learn. */
export interface KernelOptions extends LearningOptions {
  readonly algorithm: KernelAlgorithm;
  /** Default f64: the bits of the actors and of the plain solvers. */
  readonly precision?: Precision;
}

/** Timesteps that are run before the synapses go through them: what they need of those stays in the cache. */
const CHUNK = 32;

/** What a kernel shows to the outside; the phases only where a circuit learns by its own rules. */
interface Exports extends Phases {
  /** The address of the current frame. */
  readonly frame: WebAssembly.Global<'i32'>;
  /** Which trial runs, from 1. */
  readonly number: WebAssembly.Global<'i32'>;
  /** The sum of squared errors so far. */
  readonly squares: WebAssembly.Global<'f64'>;
  /** Starts a trial. */
  begin(): void;
  /** Runs `count` timesteps, and divides changes by `divisor`, which is T/pace; returns 0, or which of them was the first with a fault. */
  advance(count: number, input: number, target: number, learn: number, divisor: number): number;
  /** Ends a trial: what was learned is applied; returns 1 if that makes a fault. */
  finish(divisor: number): number;
  /** All of a trial; returns 0, or the timestep of a fault. */
  trial(count: number, input: number, target: number, learn: number, divisor: number): number;
}

/**
 * The kernel engine: a circuit lowered to one WebAssembly module of SIMD code that runs whole trials. docs/performance.md says how.
 *
 * In f64 it gives the bits of the algorithm's plain engine: the actors, or a solver. f32 keeps weights, states and rates in single precision
 * and is not bit-identical.
 */
export class KernelEngine implements Engine {
  private readonly layout: Layout;
  private readonly memory: WebAssembly.Memory;
  private readonly exports: Exports;
  private readonly local: boolean;
  private readonly algorithm: KernelAlgorithm;
  /** Where the frames begin, and how many are kept (null: those of the whole trial). After them comes the trial's input and target. */
  private readonly room: { readonly first: number; readonly count: number | null };
  /** The trial's signals: addresses and how many numbers. */
  private readonly signals = { input: { address: 0, length: 0 }, target: { address: 0, length: 0 } };
  private numbers: Float32Array | Float64Array;
  private doubles: Float64Array;

  /** @throws InputError if the kernels are not loaded, the circuit cannot be learned in this way, or the memory would be too large. */
  constructor(
    readonly circuit: BuiltCircuit,
    { algorithm, precision = 'f64', ...options }: KernelOptions,
  ) {
    loadedOrThrow();
    const plan = new MemoryPlan();
    const learner = learnerOf(circuit, algorithm, options);
    this.algorithm = algorithm;
    this.local = kernelProgram(algorithm) === 'rules';
    this.layout = new Layout(circuit, precision, plan, learner);
    const { history, frames } = this.layout;
    const kernel = new Kernel(this.layout);
    const count = learner.wholeTrial ? null : history + Math.max(CHUNK, history);
    const room: Room = { first: '(global.get $first)', count };
    learner.write(kernel, room);
    this.room = { first: plan.reserve((count ?? 0) * frames.stride), count };
    kernel.constant('first', this.room.first);
    if (plan.size > LARGEST) throw tooLarge(plan.size);
    this.memory = plan.create();
    const module = assemble(kernel.text(['begin', 'advance', 'finish', 'trial', ...(this.local ? PHASES : [])]));
    const instance = new WebAssembly.Instance(module, { rxflo: { memory: this.memory } });
    // What a text exports, and of which types, only those know who wrote it: learnerOf and forward.ts.
    this.exports = instance.exports as unknown as Exports;
    this.numbers = this.view();
    this.doubles = new Float64Array(this.memory.buffer);
    for (const groups of [this.layout.groups, this.relearned()]) {
      this.setWeightsOf(groups, Object.fromEntries(groups.map(({ group: { name, weights } }) => [name, weights])));
    }
    this.give({ timesteps: 1, input: new Float64Array(0), target: new Float64Array(0) });
    this.exports.begin();
  }

  trial(trial: Trial, { learn = true, onTimestep, onPhase, number, pace = 1 }: TrialOptions = {}): number {
    checkTrial(this.circuit, trial);
    checkSignals(this.circuit, trial);
    if (onPhase) this.checkPhases('onPhase');
    const { exports } = this;
    exports.number.value = number ?? exports.number.value + 1;
    const { timesteps } = trial;
    const divisor = timesteps / pace;
    this.give(trial);
    const { input, target } = this.signals;
    const fault =
      onTimestep || onPhase
        ? this.stepwise(timesteps, learn, divisor, { ...(onTimestep && { onTimestep }), ...(onPhase && { onPhase }) })
        : exports.trial(timesteps, input.address, target.address, Number(learn), divisor);
    if (fault > 0) throw this.fault(fault);
    return (exports.squares.value * (1 / timesteps)) / 2;
  }

  weights(): GroupWeights {
    return this.weightsOf(this.layout.groups);
  }

  setWeights(weights: GroupWeights): void {
    this.setWeightsOf(this.layout.groups, weights);
  }

  carried(): Carried {
    const traces = this.keptTraces().map(
      ({ name, packing, address }) => [name, this.unpacked(packing, address)] as const,
    );
    return { ...Object.fromEntries(traces), ...this.weightsOf(this.relearned()) };
  }

  setCarried(carried: Carried): void {
    for (const { name, packing, address } of this.keptTraces()) this.pack(carried[name], packing, address);
    this.setWeightsOf(this.relearned(), carried);
  }

  reader(what: Published): Reader {
    return kernelReader(this.layout, this.local, what, () => ({
      numbers: this.numbers,
      frame: this.exports.frame.value,
    }));
  }

  held(): readonly Held[] {
    this.checkPhases('held');
    return heldInMemory(this.layout, () => ({
      numbers: this.numbers,
      doubles: this.doubles,
      frame: this.exports.frame.value,
      signals: this.signals,
    }));
  }

  /** @throws InputError for a global reference: its kernels learn all timesteps in one go. */
  private checkPhases(what: string): void {
    if (this.local) return;
    throw new InputError(
      what,
      `the kernels of '${this.algorithm.name}' learn all timesteps in one go, and nothing can be looked into between; take the plain solver`,
    );
  }

  /** The variables that go on from trial to trial, by the names they are carried under, and where they stand. */
  private keptTraces() {
    return this.layout.groups.flatMap(({ group, matrix: { packing }, plastic }) =>
      carriedVariables(group).flatMap(({ name, variable }) => {
        // Own names only: a variable may have the name of something that every object inherits.
        const places = plastic?.state ?? {};
        return Object.hasOwn(places, variable) ? [{ name, packing, address: places[variable] }] : [];
      }),
    );
  }

  /** A number for each synapse, from where they are packed. */
  private unpacked({ place }: Packing, address: number): Float64Array {
    const held = this.numbers.subarray(address / this.layout.bytes);
    const own = new Float64Array(place.length);
    for (let k = 0; k < own.length; k++) own[k] = held[place[k]];
    return own;
  }

  private pack(values: Float64Array, { place }: Packing, address: number): void {
    const held = this.numbers.subarray(address / this.layout.bytes);
    for (let k = 0; k < values.length; k++) held[place[k]] = values[k];
  }

  /** Runs a trial with a stop after every timestep, or phase. */
  private stepwise(
    timesteps: number,
    learn: boolean,
    divisor: number,
    { onTimestep, onPhase }: Pick<TrialOptions, 'onTimestep' | 'onPhase'>,
  ): number {
    const { exports, circuit } = this;
    const { input, target } = this.signals;
    const [wide, high] = [8 * channels(circuit.inputs), 8 * channels(circuit.outputs)];
    exports.begin();
    for (let t = 1; t <= timesteps; t++) {
      const [x, wanted] = [input.address + (t - 1) * wide, target.address + (t - 1) * high];
      const fault = onPhase
        ? this.phasewise(t, () => exports.compare(x, wanted), learn, divisor, onPhase)
        : exports.advance(1, x, wanted, Number(learn), divisor);
      if (fault > 0 || (t === timesteps && learn && exports.finish(divisor) > 0)) return t;
      onTimestep?.(t);
    }
    return 0;
  }

  /** Runs one timestep, phase by phase. */
  private phasewise(
    timestep: number,
    compare: () => number,
    learn: boolean,
    divisor: number,
    onPhase: NonNullable<TrialOptions['onPhase']>,
  ): number {
    const { exports } = this;
    if (compare() > 0) return 1;
    onPhase('compare', timestep);
    exports.broadcast();
    onPhase('broadcast', timestep);
    if (!learn) return 0;
    const fault = exports.learn(divisor);
    if (fault === 0) onPhase('learn', timestep);
    return fault;
  }

  /** Copies a trial's input and target into the kernel's memory. */
  private give({ timesteps, input, target }: Trial): void {
    const { first, count } = this.room;
    const { history, frames } = this.layout;
    // Frames of a whole trial lie between those that it looks back at and those that nothing comes back from.
    const at = first + (count ?? timesteps + 2 * history) * frames.stride;
    const size = at + 8 * (input.length + target.length);
    if (size > LARGEST) throw tooLarge(size);
    if (size > this.memory.buffer.byteLength) {
      growTo(this.memory, size);
      this.numbers = this.view();
      this.doubles = new Float64Array(this.memory.buffer);
    }
    this.doubles.set(input, at / 8);
    this.doubles.set(target, at / 8 + input.length);
    const { signals } = this;
    signals.input.address = at;
    signals.input.length = input.length;
    signals.target.address = at + 8 * input.length;
    signals.target.length = target.length;
  }

  /** The synapses that relearn feedback. */
  private relearned(): readonly GroupLayout[] {
    return this.layout.feedback.flatMap(({ synapses }) => synapses ?? []);
  }

  private weightsOf(groups: readonly GroupLayout[]): GroupWeights {
    return Object.fromEntries(
      groups.map(({ group, matrix }) => [group.name, this.unpacked(matrix.packing, matrix.weights)]),
    );
  }

  private setWeightsOf(groups: readonly GroupLayout[], weights: GroupWeights): void {
    for (const { group, matrix } of groups) this.pack(weights[group.name], matrix.packing, matrix.weights);
  }

  private view(): Float32Array | Float64Array {
    const { buffer } = this.memory;
    return this.layout.precision === 'f64' ? new Float64Array(buffer) : new Float32Array(buffer);
  }

  private fault(timestep: number): Error {
    return diagnose(this.layout, this.numbers, this.exports.frame.value, this.exports.squares.value).at({ timestep });
  }
}

function tooLarge(bytes: number): InputError {
  const gibibytes = (bytes / 2 ** 30).toFixed(1);
  return new InputError(
    'engine',
    `the kernels would need ${gibibytes} GiB, and can have 2; use engine 'actors', or fewer synapses`,
  );
}
