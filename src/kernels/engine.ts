import {
  checkTrial,
  type BuiltCircuit,
  type Carried,
  type Engine,
  type GroupWeights,
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
import { Kernel } from './kernel.ts';
import type { Precision } from './lanes.ts';
import { Layout, type GroupLayout } from './layout.ts';
import { learnerOf, type Algorithm } from './learners.ts';
import { growTo, LARGEST, MemoryPlan } from './memory.ts';
import { kernelReader } from './reader.ts';

/** How a kernel is to learn. */
export interface KernelOptions extends LearningOptions {
  readonly algorithm: Algorithm;
  /** Default f64: the bits of the actors and of the plain solvers. */
  readonly precision?: Precision;
}

/** Timesteps that are run before the synapses go through them: what they need of those stays in the cache. */
const CHUNK = 32;

/** What a kernel shows to the outside. */
interface Exports {
  /** The address of the current frame. */
  readonly frame: WebAssembly.Global<'i32'>;
  /** Which trial runs, from 1. */
  readonly number: WebAssembly.Global<'i32'>;
  /** The sum of squared errors so far. */
  readonly squares: WebAssembly.Global<'f64'>;
  /** Starts a trial. */
  begin(): void;
  /** Runs `count` timesteps; returns 0, or which of them was the first with a fault. */
  advance(count: number, input: number, target: number, learn: number, timesteps: number): number;
  /** Ends a trial of so many timesteps: what was learned is applied; returns 1 if that makes a fault. */
  finish(timesteps: number): number;
  /** All of a trial; returns 0, or the timestep of a fault. */
  trial(count: number, input: number, target: number, learn: number, timesteps: number): number;
}

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
    const { history, frames } = this.layout;
    const kernel = new Kernel(this.layout);
    const count = learner.wholeTrial ? null : history + Math.max(CHUNK, history);
    const room: Room = { first: '(global.get $first)', count };
    learner.write(kernel, room);
    this.room = { first: plan.reserve((count ?? 0) * frames.stride), count };
    kernel.constant('first', this.room.first);
    if (plan.size > LARGEST) throw tooLarge(plan.size);
    this.memory = plan.create();
    const module = assemble(kernel.text(['begin', 'advance', 'finish', 'trial']));
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

  trial(trial: Trial, { learn = true, onTimestep, number }: TrialOptions = {}): number {
    checkTrial(this.circuit, trial);
    const { exports } = this;
    exports.number.value = number ?? exports.number.value + 1;
    const { timesteps } = trial;
    const [input, target] = this.give(trial);
    const fault = onTimestep
      ? this.stepwise(timesteps, input, target, learn, onTimestep)
      : exports.trial(timesteps, input, target, Number(learn), timesteps);
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
    return this.weightsOf(this.relearned());
  }

  setCarried(carried: Carried): void {
    this.setWeightsOf(this.relearned(), carried);
  }

  reader(what: Published): Reader {
    return kernelReader(this.layout, this.local, what, () => ({
      numbers: this.numbers,
      frame: this.exports.frame.value,
    }));
  }

  /** Runs a trial with a stop after every timestep. */
  private stepwise(
    timesteps: number,
    input: number,
    target: number,
    learn: boolean,
    onTimestep: (timestep: number) => void,
  ): number {
    const { exports, circuit } = this;
    const [wide, high] = [8 * channels(circuit.inputs), 8 * channels(circuit.outputs)];
    exports.begin();
    for (let t = 1; t <= timesteps; t++) {
      const fault = exports.advance(1, input + (t - 1) * wide, target + (t - 1) * high, Number(learn), timesteps);
      if (fault > 0 || (t === timesteps && learn && exports.finish(timesteps) > 0)) return t;
      onTimestep(t);
    }
    return 0;
  }

  /** Copies a trial's input and target into the kernel's memory; returns their addresses. */
  private give({ timesteps, input, target }: Trial): readonly [number, number] {
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
    return [at, at + 8 * input.length];
  }

  /** The synapses that relearn feedback. */
  private relearned(): readonly GroupLayout[] {
    return this.layout.feedback.flatMap(({ synapses }) => synapses ?? []);
  }

  private weightsOf(groups: readonly GroupLayout[]): GroupWeights {
    return Object.fromEntries(
      groups.map(({ group: { name, pre }, matrix: { packing, weights } }) => {
        const { place } = packing;
        const held = this.numbers.subarray(weights / this.layout.bytes);
        const own = new Float64Array(pre.length);
        for (let k = 0; k < own.length; k++) own[k] = held[place[k]];
        return [name, own];
      }),
    );
  }

  private setWeightsOf(groups: readonly GroupLayout[], weights: GroupWeights): void {
    for (const { group, matrix } of groups) {
      const { place } = matrix.packing;
      const held = this.numbers.subarray(matrix.weights / this.layout.bytes);
      const given = weights[group.name];
      for (let k = 0; k < given.length; k++) held[place[k]] = given[k];
    }
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
