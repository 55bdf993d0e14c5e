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

/** Where an engine has what a task sees, and what it answers. */
export interface Answering {
  /** A neuron's number in a row. */
  readonly read: (row: Row, neuron: number) => number;
  /** The number of a global scalar is another from now on. */
  readonly write: (row: Row, value: number) => void;
}

/** The trial that an engine plays, and where in it it is. */
export class Playing {
  /** As it is played: see `playedTrial`. */
  trial: Trial = { timesteps: 0, input: new Float64Array(0), target: new Float64Array(0) };
  /** Which trial it is, from 1. */
  number = 0;
  /** Timesteps of the session before it. */
  before = 0;
  /** What every change of it is multiplied by. */
  pace = 1;
  /** Which timestep it is, and which sweep of it. */
  readonly sweeps: Sweeps;

  /** @param batch After how many trials changes are taken up. */
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
   * A trial begins. `tuning`: what changes from trial to trial where it is learned from.
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

  /** In the last sweep of a timestep, when its errors are known, the task answers what the outputs have done: see `askTask`. */
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

  /** What neurons are given of a source that is no row. */
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

/** What is asked where nothing is. */
const NOTHING: Float64Array = new Float64Array(0);

/** The same number for all. */
function scalar(now: () => number): Given {
  let value = 0.5;
  const begin = () => {
    value = now();
  };
  return { begin, number: () => value };
}
