import { InputError } from '../errors/index.ts';

/** A local function that was refused: its text is not in the local language, or is not what runs. */
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
