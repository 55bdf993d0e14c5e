import { InputError } from '../errors/index.ts';

/** A local function was refused: its text is not in the local language, or the function does something else. */
export class Refusal extends InputError {
  constructor(
    place: string,
    problem: string,
    /** Whose function it is: `rule 'mine'`. */
    readonly owner: string,
    excerpt: readonly string[] = [],
  ) {
    super(place, problem, excerpt);
  }

  override within(outer: string): Refusal {
    return new Refusal(`${outer}: ${this.place}`, this.problem, this.owner, this.excerpt);
  }
}
