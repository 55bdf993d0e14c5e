import {
  carriedVariables,
  checkSignals,
  checkTrial,
  type BuiltCircuit,
  type BuiltGroup,
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
import { assemble, loadedOrThrow } from './generator.ts';
import { heldInMemory } from './held.ts';
import { Kernel } from './kernel.ts';
import type { Precision } from './lanes.ts';
import { Layout } from './layout.ts';
import { learnerOf, type Algorithm } from './learners.ts';
import { PHASES, type Phases } from './local.ts';
import type { Matrix } from './matrix.ts';
import { growTo, LARGEST, LINE, MemoryPlan } from './memory.ts';
import { kernelReader, type Now } from './reader.ts';
import { type Global, type GLOBALS } from './wat.ts';

/** How a kernel is to learn. */
export interface KernelOptions extends LearningOptions {
  readonly algorithm: Algorithm;
  /** Default f64: the bits of the actors and of the plain solvers. */
  readonly precision?: Precision;
}

/** Timesteps that are run before the synapses go through them: what they need of those stays in the cache. */
const CHUNK = 32;

/** What a kernel shows to the outside: its variables and functions, see wat.ts and run.ts; the phases only where a circuit learns by its own rules. */
type Exports = Phases & { readonly [name in Global]: WebAssembly.Global<(typeof GLOBALS)[name]> } & {
  begin(): void;
  advance(count: number, learn: number, divisor: number): number;
  finish(divisor: number): number;
  trial(count: number, learn: number, divisor: number): number;
};

/**
 * The kernel engine: a circuit lowered to one WebAssembly module of SIMD code that runs whole trials. docs/performance.md says how.
 *
 * In f64 it gives the bits of the actors (algorithm 'local') and of the plain solvers ('bptt', 'rtrl'). f32 keeps weights, states and
 * rates in single precision and is not bit-identical.
 */
export class KernelEngine implements Engine {
  private readonly layout: Layout;
  private readonly memory: WebAssembly.Memory;
  private readonly exports: Exports;
  private readonly local: boolean;
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
    this.local = algorithm === 'local';
    this.layout = new Layout(circuit, precision, plan, learner);
    const { frames } = this.layout;
    const { history } = learner.timestep;
    const kernel = new Kernel(this.layout);
    const count = learner.wholeTrial ? null : history + Math.max(CHUNK, history);
    learner.write(kernel, count);
    this.room = { first: plan.reserve((count ?? 0) * frames.stride), count };
    if (plan.size > LARGEST) throw tooLarge(plan.size);
    this.memory = plan.create();
    const functions = ['begin', 'advance', 'finish', 'trial', ...(this.local ? PHASES : [])];
    const module = assemble(kernel.text(functions, this.room.first));
    const instance = new WebAssembly.Instance(module, { rxflo: { memory: this.memory } });
    // What a text exports, and of which types, only those know who wrote it.
    this.exports = instance.exports as unknown as Exports;
    this.numbers = this.view();
    this.doubles = new Float64Array(this.memory.buffer);
    for (const one of [...circuit.groups, ...this.layout.relearned, ...learner.feedback]) {
      const matrix = this.layout.matrixOf(one);
      this.pack(one.weights, matrix, matrix.weights);
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
    const isFaulty =
      onTimestep || onPhase
        ? this.stepwise(timesteps, learn, divisor, { ...(onTimestep && { onTimestep }), ...(onPhase && { onPhase }) })
        : exports.trial(timesteps, Number(learn), divisor) > 0;
    if (isFaulty) {
      throw diagnose(this.layout, this.now(), exports.squares.value).at({ timestep: exports.timestep.value });
    }
    return (exports.squares.value * (1 / timesteps)) / 2;
  }

  weights(): GroupWeights {
    return this.weightsOf(this.circuit.groups);
  }

  setWeights(weights: GroupWeights): void {
    this.setWeightsOf(this.circuit.groups, weights);
  }

  carried(): Carried {
    const traces = this.keptTraces().map(
      ({ name, matrix, address }) => [name, this.unpacked(matrix, address)] as const,
    );
    return { ...Object.fromEntries(traces), ...this.weightsOf(this.layout.relearned) };
  }

  setCarried(carried: Carried): void {
    for (const { name, matrix, address } of this.keptTraces()) this.pack(carried[name], matrix, address);
    this.setWeightsOf(this.layout.relearned, carried);
  }

  reader(what: Published): Reader {
    return kernelReader(this.layout, this.local, what, () => this.now());
  }

  held(): readonly Held[] {
    this.checkPhases('held');
    return heldInMemory(this.layout, () => ({ ...this.now(), doubles: this.doubles, signals: this.signals }));
  }

  private now(): Now {
    return { numbers: this.numbers, window: this.exports.window.value };
  }

  /** @throws InputError for a global reference: its kernels learn all timesteps in one go. */
  private checkPhases(what: string): void {
    if (this.local) return;
    throw new InputError(
      what,
      "the kernels of 'bptt' and 'rtrl' learn all timesteps in one go, and nothing can be looked into between; take the plain solver",
    );
  }

  /** The variables that go on from trial to trial, by the names they are carried under, and where they stand. */
  private keptTraces() {
    return this.layout.plastic.flatMap(({ group, matrix, state }) =>
      // Own names only: a variable may have the name of something that every object inherits.
      carriedVariables(group).flatMap(({ name, variable }) =>
        Object.hasOwn(state, variable) ? [{ name, matrix, address: state[variable] }] : [],
      ),
    );
  }

  /** A number for each synapse, from where they are packed. */
  private unpacked({ packing: { place } }: Matrix, address: number): Float64Array {
    const held = this.numbers.subarray(address / this.layout.bytes);
    const own = new Float64Array(place.length);
    for (let k = 0; k < own.length; k++) own[k] = held[place[k]];
    return own;
  }

  private pack(values: Float64Array, { packing: { place } }: Matrix, address: number): void {
    const held = this.numbers.subarray(address / this.layout.bytes);
    for (let k = 0; k < values.length; k++) held[place[k]] = values[k];
  }

  /** Runs a trial with a stop after every timestep, or phase; returns whether something has stopped being finite. */
  private stepwise(
    timesteps: number,
    learn: boolean,
    divisor: number,
    { onTimestep, onPhase }: Pick<TrialOptions, 'onTimestep' | 'onPhase'>,
  ): boolean {
    const { exports } = this;
    exports.begin();
    for (let t = 1; t <= timesteps; t++) {
      const isFaulty = onPhase
        ? this.phasewise(t, learn, divisor, onPhase)
        : exports.advance(1, Number(learn), divisor) > 0;
      if (isFaulty || (t === timesteps && learn && exports.finish(divisor) > 0)) return true;
      onTimestep?.(t);
    }
    return false;
  }

  /** Runs one timestep, phase by phase. */
  private phasewise(
    timestep: number,
    learn: boolean,
    divisor: number,
    onPhase: NonNullable<TrialOptions['onPhase']>,
  ): boolean {
    const { exports } = this;
    if (exports.compare() > 0) return true;
    onPhase('compare', timestep);
    exports.broadcast();
    onPhase('broadcast', timestep);
    if (!learn) return false;
    if (exports.learn(divisor) > 0) return true;
    onPhase('learn', timestep);
    return false;
  }

  /** Copies a trial's input and target into the kernel's memory. */
  private give({ timesteps, input, target }: Trial): void {
    const { first, count } = this.room;
    const { frames, plan } = this.layout;
    const { history } = plan.timestep;
    // Frames of a whole trial lie between those that it looks back at and those that nothing comes back from.
    const at = first + (count ?? timesteps + 2 * history) * frames.stride;
    // Their last vector may end beyond them.
    const size = at + 8 * (input.length + target.length) + LINE;
    if (size > LARGEST) throw tooLarge(size);
    if (size > this.memory.buffer.byteLength) {
      growTo(this.memory, size);
      this.numbers = this.view();
      this.doubles = new Float64Array(this.memory.buffer);
    }
    this.doubles.set(input, at / 8);
    this.doubles.set(target, at / 8 + input.length);
    const { signals, exports } = this;
    signals.input = { address: at, length: input.length };
    signals.target = { address: at + 8 * input.length, length: target.length };
    exports.input.value = signals.input.address;
    exports.target.value = signals.target.address;
  }

  private weightsOf(groups: readonly BuiltGroup[]): GroupWeights {
    const { layout } = this;
    return Object.fromEntries(
      groups.map((group) => {
        const matrix = layout.matrixOf(group);
        return [group.name, this.unpacked(matrix, matrix.weights)];
      }),
    );
  }

  private setWeightsOf(groups: readonly BuiltGroup[], weights: GroupWeights): void {
    for (const group of groups) {
      const matrix = this.layout.matrixOf(group);
      this.pack(weights[group.name], matrix, matrix.weights);
    }
  }

  private view(): Float32Array | Float64Array {
    const { buffer } = this.memory;
    return this.layout.precision === 'f64' ? new Float64Array(buffer) : new Float32Array(buffer);
  }
}

function tooLarge(bytes: number): InputError {
  const gibibytes = (bytes / 2 ** 30).toFixed(1);
  return new InputError(
    'engine',
    `the kernels would need ${gibibytes} GiB, and can have 2; use engine 'actors', or fewer synapses`,
  );
}
