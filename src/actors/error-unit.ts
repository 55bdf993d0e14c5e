import { NotFinite } from '../errors/index.ts';

/** Adds up what the outputs' errors cost. */
export class ErrorUnit {
  /** What it has heard so far in this trial: twice T times the loss. */
  score = 0;

  begin(): void {
    this.score = 0;
  }

  /** Hears one output's error, of which the square counts, or its part of the loss. */
  hear(number: number, squared: boolean): void {
    this.score += squared ? number * number : number;
    if (this.score - this.score !== 0) throw new NotFinite(squared ? 'the squared error' : 'the loss', this.score);
  }
}
