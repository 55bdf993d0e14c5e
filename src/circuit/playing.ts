import { chanceKey, chancePlace, draw } from '../random/index.ts';
import type { Trial } from '../tasks/index.ts';
import { askTask, playedTrial } from './answer.ts';
import type { BuiltCircuit } from './built.ts';
import { checkTrial } from './check-trial.ts';
import type { Continuation } from './continuation.ts';
import type { TrialOptions } from './engine.ts';
import type { Aside, Given } from './running.ts';
import { checkSignals } from './signals.ts';
import { Sweeps } from './sweeps.ts';
import type { Row } from './timestep/step.ts';
import type { Timestep } from './timestep/timestep.ts';
import type { Tuning } from './tuning.ts';

/** Where an engine reads what a task sees, and writes what it answers. */
export interface Answering {
  /** A neuron's number in a row. */
  readonly read: (row: Row, neuron: number) => number;
  /** Sets a global scalar from now on. */
  readonly write: (row: Row, value: number) => void;
}

/** The trial that an engine plays, and its current timestep. */
export class Playing {
  /** As it is played: see `playedTrial`. */
  trial: Trial = { timesteps: 0, input: new Float64Array(0), target: new Float64Array(0) };
  /** Which trial it is, from 1. */
  number = 0;
  /** Timesteps of the session before it. */
  before = 0;
  /** The factor by which every change in it is multiplied. */
  pace = 1;
  /** Which timestep it is, and which sweep of it. */
  readonly sweeps: Sweeps;

  /** @param batch The number of trials after which changes are applied. */
  constructor(
    private readonly circuit: BuiltCircuit,
    private readonly timestep: Timestep,
    private readonly batch = 1,
  ) {
    this.sweeps = new Sweeps(timestep);
  }

  /** 1 in the last trial of a batch, else 0. */
  get due(): number {
    return this.number % this.batch === 0 ? 1 : 0;
  }

  /**
   * Begins a trial. `tuning`: the parameters that change from trial to trial, if this one is learned from.
   *
   * @throws InputError or RunError if the trial is not well formed, does not fit the circuit or has numbers that are not finite.
   */
  begin(
    trial: Trial,
    { number = this.number + 1, pace = 1, learn = true }: TrialOptions,
    continuation: Continuation,
    tuning?: Tuning,
  ): void {
    checkTrial(this.circuit, trial);
    checkSignals(this.circuit, trial);
    Object.assign(this, { number, pace, trial: playedTrial(trial) });
    this.sweeps.begin();
    continuation.begin(number);
    this.before = continuation.before;
    if (learn) tuning?.begin(number);
  }

  /** In the last sweep of a timestep, when its errors are known, gets the task's answer to the outputs: see `askTask`. */
  ask({ read, write }: Answering): void {
    const { circuit, timestep, trial, sweeps } = this;
    if (!trial.answer || !sweeps.isLast) return;
    askTask(circuit, trial, sweeps.timestep, {
      output: (population, i) => read(timestep.answer(population), i),
      scalar: (name, value) => {
        write(timestep.row(circuit.everyone, name), value);
      },
      input: (t, k, value) => {
        const { input, timesteps } = trial;
        input[(t - 1) * (input.length / timesteps) + k] = value;
      },
    });
  }

  /** The numbers that neurons get from a source that is not a row. */
  given(source: Aside): Given {
    const { sweeps } = this;
    switch (source.kind) {
      case 'number':
        return scalar(() => source.value);
      case 'tuned':
        return scalar(() => source.now[0]);
      case 'timestep':
        return scalar(() => sweeps.timestep);
      case 'count':
        return scalar(() => this.before + sweeps.timestep);
      case 'sweep':
        return scalar(() => sweeps.sweep);
      case 'last':
        return scalar(() => (sweeps.isLast ? 1 : 0));
      case 'numbers':
        return { begin: () => undefined, number: (i) => source.values[i] };
      case 'draw': {
        let key = 0;
        const begin = () => {
          key = chanceKey(source.seed, this.number, sweeps.frame);
        };
        return { begin, number: (i) => draw(key, chancePlace(i)) };
      }
      default: {
        const { kind, channel } = source;
        let values = NOTHING;
        let first = 0;
        const begin = () => {
          if (kind === 'target' && !sweeps.isLast) {
            values = NOTHING;
            return;
          }
          const { timesteps, input, target } = this.trial;
          values = kind === 'input' ? input : target;
          first = (sweeps.timestep - 1) * (values.length / timesteps) + channel;
        };
        return { begin, number: (i) => (values.length === 0 ? NaN : values[first + i]) };
      }
    }
  }
}

/** The target of a timestep without one. */
const NOTHING: Float64Array = new Float64Array(0);

/** The same number for all. */
function scalar(now: () => number): Given {
  let value = 0.5;
  const begin = () => {
    value = now();
  };
  return { begin, number: () => value };
}
