import type { Timestep } from './timestep/timestep.ts';

/** Counts timesteps and sweeps, and finds which sweep of a timestep is the last: see `Repeat`. Without a repetition each timestep has one. */
export class Sweeps {
  /** Sweeps since the trial began, including the current one; 0 before the first. */
  frame = 0;
  /** The timestep of the task, from 1. */
  timestep = 0;
  /** Which sweep of it, from 0. */
  sweep = 0;
  /** Whether it is the last of its timestep. With `until`, this is known only after `look`. */
  isLast = true;
  private readonly times: number;
  private readonly until: NonNullable<Timestep['repeat']>['until'];
  /** The numbers of the neurons in the previous sweep, row by row. */
  private readonly before: readonly Float64Array[];

  constructor({ repeat }: Pick<Timestep, 'repeat'>) {
    this.times = repeat?.times ?? 1;
    this.until = repeat?.until;
    this.before = (this.until?.rows ?? []).map(({ population }) => new Float64Array(population.size));
  }

  /** A trial begins. */
  begin(): void {
    this.frame = this.timestep = this.sweep = 0;
    this.isLast = true;
  }

  /** The next sweep begins. */
  next(): void {
    this.frame++;
    if (this.isLast) {
      this.timestep++;
      this.sweep = 0;
    } else this.sweep++;
    this.isLast = this.sweep === this.times - 1;
  }

  /** All neurons have integrated. `number` gives that of neuron i in the k-th row that the repetition looks at. */
  look(number: (k: number, i: number) => number): void {
    const { until, before, sweep } = this;
    if (!until) return;
    let settled = sweep >= until.from;
    for (let k = 0; k < before.length; k++) {
      const last = before[k];
      for (let i = 0; i < last.length; i++) {
        const now = number(k, i);
        if (!(Math.abs(now - last[i]) < until.moves)) settled = false;
        last[i] = now;
      }
    }
    if (settled) this.isLast = true;
  }

  /** Whether a trial of this many timesteps has ended. */
  isOver(timesteps: number): boolean {
    return this.isLast && this.timestep >= timesteps;
  }
}
