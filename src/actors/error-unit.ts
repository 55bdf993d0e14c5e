import { NotFinite } from '../errors/index.ts';

/** Adds up the squares of the errors that it hears. */
export class ErrorUnit {
  /** sum_t sum_k e_k(t)^2 so far in this trial. */
  squares = 0;

  begin(): void {
    this.squares = 0;
  }

  hear(error: number): void {
    this.squares += error * error;
    if (this.squares - this.squares !== 0) throw new NotFinite('the squared error', this.squares);
  }
}
