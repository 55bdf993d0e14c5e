import { NotFinite } from '../errors/index.ts';

/** Adds up the loss from the errors of the outputs. */
export class ErrorUnit {
  /** The sum so far in this trial: 2 T times the loss. */
  score = 0;

  begin(): void {
    this.score = 0;
  }

  /** Adds the square of one output's error, or that output's part of the loss. */
  hear(number: number, squared: boolean): void {
    this.score += squared ? number * number : number;
    if (this.score - this.score !== 0) throw new NotFinite(squared ? 'the squared error' : 'the loss', this.score);
  }
}
