import type { Timestep } from './timestep/timestep.ts';

/** Counts timesteps and sweeps, and finds which sweep of a timestep is the last: see `Repeat`. Without a repetition each timestep has one. */
export class Sweeps {
  /** Sweeps since the trial began, the one at hand counted; 0 before the first. */
  frame = 0;
  /** The timestep of the task, from 1. */
  timestep = 0;
  /** Which sweep of it, from 0. */
  sweep = 0;
  /** Whether it is the last of its timestep. Where something ends it early, that is known when `look` was called. */
  isLast = true;
  private readonly times: number;
  private readonly until: NonNullable<Timestep['repeat']>['until'];
  /** What the neurons had in the sweep before. */
  private readonly before: Float64Array;

  constructor({ repeat }: Pick<Timestep, 'repeat'>) {
    this.times = repeat?.times ?? 1;
    this.until = repeat?.until;
    this.before = new Float64Array(this.until?.row.population.size ?? 0);
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

  /** All neurons have integrated. `number` is that of neuron i which the repetition looks at. */
  look(number: (i: number) => number): void {
    const { until, before, sweep } = this;
    if (!until) return;
    let settled = sweep >= until.from;
    for (let i = 0; i < before.length; i++) {
      const now = number(i);
      if (!(Math.abs(now - before[i]) < until.moves)) settled = false;
      before[i] = now;
    }
    if (settled) this.isLast = true;
  }

  /** Whether a trial of so many timesteps has ended. */
  isOver(timesteps: number): boolean {
    return this.isLast && this.timestep >= timesteps;
  }
}
