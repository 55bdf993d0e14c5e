import {
  askTask,
  Holder,
  Holdings,
  Playing,
  scheduled,
  Tuning,
  type BuiltCircuit,
  type BuiltGroup,
  type Held,
  type LearningOptions,
  type TrialOptions,
} from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import { LEARNING_RATE } from '../rules/index.ts';
import type { Trial } from '../tasks/index.ts';
import { diagnose } from './diagnose.ts';
import { cellsInMemory } from './held.ts';
import type { Precision } from './lanes.ts';
import { kernelProgram, type KernelAlgorithm } from './learners.ts';
import { lowered } from './lowered.ts';
import { Machine } from './machine.ts';
import { earlyGroups } from './run.ts';

/** Where a trial is paused for inspection. */
type Stops = Pick<TrialOptions, 'onTimestep' | 'onPhase' | 'onLearn'>;

/** How a kernel learns. */
export interface KernelOptions extends LearningOptions {
  readonly algorithm: KernelAlgorithm;
  /** Default f64: the bits of the actors and of the plain solvers. */
  readonly precision?: Precision;
}

/**
 * The kernel engine: a circuit lowered to one WebAssembly module of SIMD code that runs whole trials. See docs/performance.md.
 *
 * In f64 it gives the bits of the algorithm's plain engine: the actors, or a solver. f32 keeps weights, states and rates in single precision
 * and is not bit-identical.
 */
export class KernelEngine extends Holder {
  private readonly machine: Machine;
  protected readonly holdings: Holdings;
  private readonly local: boolean;
  private readonly algorithm: KernelAlgorithm;
  private readonly playing: Playing;
  protected readonly tuning: Tuning;

  /** @throws InputError if the kernels are not loaded, the circuit cannot be learned in this way, or the memory would be too large. */
  constructor(given: BuiltCircuit, { algorithm, precision = 'f64', ...options }: KernelOptions) {
    const local = kernelProgram(algorithm) === 'rules';
    const circuit = local ? scheduled(given, options.schedule) : given;
    super(circuit);
    this.algorithm = algorithm;
    this.local = local;
    this.machine = new Machine(lowered(circuit, precision, algorithm, options));
    const { layout } = this.machine;
    const { timestep, relearned, feedback } = layout;
    this.playing = new Playing(circuit, timestep, options.batch);
    const filling = {
      ...{ feedback, rules: this.local },
      variables: (group: BuiltGroup) => layout.plasticOf(group)?.places.map(({ variable }) => variable),
    };
    this.holdings = new Holdings(circuit, timestep, filling, cellsInMemory(this.machine, this.local));
    this.tuning = new Tuning([...circuit.groups, ...relearned], timestep, {
      group: (group, parameter, value) => {
        if (!this.local && parameter === LEARNING_RATE) this.machine.setRate(group, value);
        else this.machine.setParameter(group, parameter, value);
      },
      number: (number, value) => {
        this.machine.setNumber(number, value);
      },
    });
  }

  trial(trial: Trial, options: TrialOptions = {}): number {
    const { learn = true, onTimestep, onPhase, onLearn } = options;
    if (onPhase ?? onLearn) this.checkPhases(onPhase ? 'onPhase' : 'onLearn');
    const { machine, holdings, playing } = this;
    const { exports } = machine;
    const { continuation } = holdings;
    playing.begin(trial, options, continuation, this.tuning);
    const { number, before, pace, due } = playing;
    const { timesteps } = trial;
    exports.number.value = number;
    exports.before.value = before;
    exports.pace.value = learn ? pace : 0;
    exports.length.value = timesteps;
    exports.due.value = due;
    const divisor = timesteps / pace;
    machine.give(trial);
    const isStepwise = onTimestep ?? onPhase ?? onLearn ?? trial.answer;
    const { once } = continuation.carries || timesteps > 1 ? {} : exports;
    machine.mirroring.begin(once !== undefined && !isStepwise, learn);
    const mayLag = learn && !isStepwise && !once && machine.layout.plastic.some(({ behind }) => behind !== undefined);
    if (mayLag) machine.remember();
    let isFaulty = isStepwise
      ? this.stepwise(trial, learn, divisor, options)
      : once
        ? once(Number(learn), divisor) > 0
        : this.inChunks(timesteps, learn, divisor);
    if (isFaulty && mayLag) {
      // The fault was found late. The trial is run again, timestep by timestep, to find where and when it arose.
      machine.putBack();
      machine.give(trial);
      isFaulty = this.stepwise(trial, learn, divisor, options);
    }
    if (isFaulty) throw diagnose(machine).at({ timestep: machine.timestep });
    continuation.end(timesteps, (row, depth) => machine.history(row, depth));
    return (exports.score.value * (1 / timesteps)) / 2;
  }

  override held(): readonly Held[] {
    this.checkPhases('held');
    return super.held();
  }

  /** @throws InputError for a global reference: its kernels learn all timesteps in one go. */
  private checkPhases(what: string): void {
    if (this.local) return;
    throw new InputError(
      what,
      `the kernels of '${this.algorithm.name}' learn all timesteps in one go, so nothing can be observed in between; use the plain solver`,
    );
  }

  /** The task answers what the outputs have done. */
  private ask(trial: Trial): void {
    const { circuit, machine } = this;
    const { layout, signals } = machine;
    if (!machine.isLast) return;
    askTask(circuit, trial, machine.timestep, {
      output: (population, i) => machine.numbers[machine.placeOf(layout.timestep.answer(population)) + i],
      scalar: (name, value) => {
        machine.numbers[machine.placeOf(layout.timestep.row(circuit.everyone, name))] = value;
      },
      input: (t, k, value) => {
        const { address, length } = signals.input;
        machine.doubles[address / 8 + (t - 1) * (length / trial.timesteps) + k] = value;
      },
    });
  }

  private begin(): void {
    const { holdings, machine } = this;
    machine.exports.begin();
    holdings.continuation.goOn((row, values) => {
      machine.goOn(row, values);
    });
  }

  /** Runs a trial without stops. Returns whether something has stopped being finite. */
  private inChunks(timesteps: number, learn: boolean, divisor: number): boolean {
    const { machine, circuit } = this;
    const { exports, chunk } = machine;
    this.begin();
    if (circuit.repeat) {
      while (!this.isOver(timesteps)) if (exports.advance(1, Number(learn), divisor) > 0) return true;
    } else {
      for (let done = 0; done < timesteps; done += chunk) {
        if (exports.advance(Math.min(chunk, timesteps - done), Number(learn), divisor) > 0) return true;
      }
    }
    return learn && exports.finish(divisor) > 0;
  }

  /** Runs a trial with a stop after every timestep, or phase; returns whether something has stopped being finite. */
  private stepwise(trial: Trial, learn: boolean, divisor: number, stops: Stops): boolean {
    const { machine } = this;
    const { exports } = machine;
    const { timesteps } = trial;
    this.begin();
    while (!this.isOver(timesteps)) {
      const isFaulty =
        stops.onPhase || stops.onLearn || (this.local && trial.answer)
          ? this.phasewise(trial, learn, divisor, stops)
          : exports.advance(1, Number(learn), divisor) > 0;
      // A reference treats the answer as given: it only affects later timesteps.
      if (!isFaulty && !this.local) this.ask(trial);
      if (isFaulty || (this.isOver(timesteps) && learn && exports.finish(divisor) > 0)) return true;
      if (machine.isLast) stops.onTimestep?.(machine.timestep);
    }
    return false;
  }

  /** Whether a trial of this many timesteps has ended. */
  private isOver(timesteps: number): boolean {
    const { machine } = this;
    return machine.isLast && machine.timestep >= timesteps;
  }

  /** Runs one timestep, or one sweep of it, phase by phase. */
  private phasewise(trial: Trial, learn: boolean, divisor: number, { onPhase, onLearn }: Stops): boolean {
    const { machine } = this;
    const { exports, layout } = machine;
    const timestep = exports.timestep.value + 1;
    exports.room(1);
    const groups = layout.timestep.stages.flatMap(({ group }) => group ?? []);
    const early = earlyGroups(layout.timestep).length;
    for (let part = 0; part <= early; part++) {
      if (part > 0 && learn) onLearn?.(groups[part - 1].name, timestep);
      exports[`sense_${part}`]();
      if (machine.isFaulty) return true;
    }
    this.ask(trial);
    onPhase?.('compare', timestep);
    // A stop may have changed the weights that feedback follows.
    exports.carry();
    exports.signal();
    onPhase?.('broadcast', timestep);
    if (!learn) return false;
    for (const { name } of groups.slice(early)) onLearn?.(name, timestep);
    if (exports.learn(divisor) > 0) return true;
    onPhase?.('learn', timestep);
    return false;
  }
}
