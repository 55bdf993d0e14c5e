import { InputError, show } from '../../errors/index.ts';
import type { Trial } from '../../tasks/index.ts';

/** A probe that is ready to read. */
export interface ReadyProbe {
  readonly name: string;
  /** How many numbers a reading has. */
  readonly width: number;
  /** Whether it plays trials of its own when it reads: other probes must not read what these leave behind. */
  readonly plays: boolean;
  /** Whether it reads within this trial, before its end. */
  duringTrial(trial: number, timesteps: number): boolean;
  /** Called before each trial. */
  begin(trial: number, played: Trial): void;
  /** Whether it reads at this moment; timestep null: the end of the trial. */
  due(trial: number, timestep: number | null): boolean;
  /** A new reading. */
  read(): Float64Array;
}

/** @throws InputError if a probe's intervals are not whole numbers, 1 or more. */
export function checkEvery(place: string, every: Readonly<Record<string, number | undefined>>): void {
  for (const [field, value] of Object.entries(every)) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
      throw new InputError(`${place}.${field}`, `${show(value)} is not a whole number, 1 or more`);
    }
  }
}
