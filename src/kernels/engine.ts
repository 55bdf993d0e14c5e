import {
  checkTrial,
  type BuiltCircuit,
  type BuiltPopulation,
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
import { assemble, loadedOrThrow } from './generator.ts';
import { Kernel } from './kernel.ts';
import type { Precision } from './lanes.ts';
import { Layout } from './layout.ts';
import { growTo, LARGEST, MemoryPlan } from './memory.ts';
import { synapseProgram } from './programs.ts';
import { kernelReader } from './reader.ts';
import { channels, writeTrial, type Room } from './trial.ts';

/** How a kernel is to learn. */
export interface KernelOptions extends LearningOptions {
  /** 'local': the circuit's own rules. */
  readonly algorithm: 'local' | 'bptt' | 'rtrl';
  /** Default f64: the bits of the actors. */
  readonly precision?: Precision;
}

/** Timesteps that are run before synapses go through them: what they need of those stays in the cache. */
const CHUNK = 32;

/** What a kernel exports. */
interface Exports {
  readonly frame: WebAssembly.Global<'i32'>;
  readonly squares: WebAssembly.Global<'f64'>;
  begin(): void;
  advance(timesteps: number, input: number, target: number, learn: number, step: number): number;
  finish(step: number): number;
  trial(timesteps: number, input: number, target: number, learn: number, step: number): number;
}

/** The kernel engine: a circuit lowered to one WebAssembly module of SIMD code that runs whole trials. */
export class KernelEngine implements Engine {
  private readonly layout: Layout;
  private readonly memory: WebAssembly.Memory;
  private readonly exports: Exports;
  /** Where the trial's input begins, after which comes its target. */
  private readonly trialAt: number;
  private numbers: Float32Array | Float64Array;
  private doubles: Float64Array;

  /** @throws InputError if the code generator is not loaded, a rule or neuron model is opaque, or the memory would be too large. */
  constructor(
    readonly circuit: BuiltCircuit,
    { precision = 'f64', ...options }: KernelOptions,
  ) {
    loadedOrThrow();
    const plan = new MemoryPlan();
    const receives = (population: BuiltPopulation) =>
      circuit.outputs.includes(population) || circuit.feedback.some(({ to }) => to === population);
    this.layout = new Layout(
      circuit,
      precision,
      plan,
      (group, neuron) => ({ program: synapseProgram(group, neuron, receives(group.to)), rate: 1 }),
      receives,
    );
    const kernel = new Kernel(this.layout);
    const { history, frames } = this.layout;
    const count = history + Math.max(CHUNK, history);
    const room: Room = { first: plan.reserve(count * frames.stride), count };
    const exported = writeTrial(kernel, room, options);
    this.trialAt = plan.reserve(0);
    if (plan.size > LARGEST) throw tooLarge(plan.size);
    this.memory = plan.create();
    const instance = new WebAssembly.Instance(assemble(kernel.text(exported)), { rxflo: { memory: this.memory } });
    this.exports = instance.exports as unknown as Exports;
    this.numbers = this.view();
    this.doubles = new Float64Array(this.memory.buffer);
    this.setWeights(Object.fromEntries(circuit.groups.map(({ name, weights }) => [name, weights])));
  }

  trial(trial: Trial, { learn = true, onTimestep }: TrialOptions = {}): number {
    checkTrial(this.circuit, trial);
    const { exports } = this;
    const { timesteps } = trial;
    const [input, target] = this.give(trial);
    const step = 1 / timesteps;
    const fault = onTimestep
      ? this.stepwise(timesteps, input, target, learn, onTimestep)
      : exports.trial(timesteps, input, target, Number(learn), step);
    if (fault > 0) throw this.fault(fault);
    return (exports.squares.value * step) / 2;
  }

  weights(): GroupWeights {
    return Object.fromEntries(
      this.layout.groups.map(({ group: { name, pre }, matrix: { packing, weights } }) => {
        const from = weights / this.layout.bytes;
        const own = new Float64Array(pre.length);
        for (let k = 0; k < own.length; k++) own[k] = this.numbers[from + packing.place[k]];
        return [name, own];
      }),
    );
  }

  setWeights(weights: GroupWeights): void {
    for (const { group, matrix } of this.layout.groups) {
      const from = matrix.weights / this.layout.bytes;
      const given = weights[group.name];
      for (let k = 0; k < given.length; k++) this.numbers[from + matrix.packing.place[k]] = given[k];
    }
  }

  reader(what: Published): Reader {
    return kernelReader(this.layout, what, () => ({ numbers: this.numbers, frame: this.exports.frame.value }));
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
    const step = 1 / timesteps;
    const [wide, high] = [8 * channels(circuit.inputs), 8 * channels(circuit.outputs)];
    exports.begin();
    for (let t = 1; t <= timesteps; t++) {
      const fault = exports.advance(1, input + (t - 1) * wide, target + (t - 1) * high, Number(learn), step);
      if (fault > 0 || (t === timesteps && learn && exports.finish(step) > 0)) return t;
      onTimestep(t);
    }
    return 0;
  }

  /** Copies a trial's input and target into the kernel's memory; returns their addresses. */
  private give({ input, target }: Trial): readonly [number, number] {
    const at = this.trialAt;
    const size = at + 8 * (input.length + target.length);
    if (size > this.memory.buffer.byteLength) {
      if (size > LARGEST) throw tooLarge(size);
      growTo(this.memory, size);
      this.numbers = this.view();
      this.doubles = new Float64Array(this.memory.buffer);
    }
    this.doubles.set(input, at / 8);
    this.doubles.set(target, at / 8 + input.length);
    return [at, at + 8 * input.length];
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
