import type { Thing } from './catalogue.ts';
import type { Carried } from './engine.ts';
import type { Row } from './timestep/step.ts';

/** A row that is kept from trial to trial. */
interface CarriedRow {
  /** The name that it is carried under. */
  readonly name: string;
  readonly row: Row;
  /** How many of its last timesteps are kept. */
  readonly depth: number;
}

/**
 * What is kept from trial to trial besides weights and traces: the timesteps that clocks count, and, in a circuit that carries on, the numbers
 * of neurons and messages on their way. A trial whose number is 0 or less is not part of the session: it starts from the initial state, and
 * nothing is kept from it.
 */
export class Continuation {
  /** Timesteps of the session before the current trial. */
  before = 0;
  private count = 0;
  private isOfSession = true;
  private readonly rows: readonly CarriedRow[];
  /** The last timesteps of each row, the latest first, [depth][size]; undefined before the first trial. */
  private values: readonly Float64Array[] | undefined;

  /** The name under which the timesteps of the session are carried; absent: they are not counted. */
  private readonly counted: string | undefined;

  constructor(catalogue: readonly Thing[]) {
    this.rows = catalogue.flatMap(({ row, back, kept }) => (row && kept ? [{ name: kept.as, row, depth: back }] : []));
    this.counted = catalogue.find(({ owner, kept }) => owner === 'circuit' && kept)?.kept?.as;
  }

  /** Whether neurons continue in this trial from where they were. */
  get carries(): boolean {
    return this.isOfSession && this.rows.length > 0;
  }

  /** The trial of this number is next. */
  begin(number: number): void {
    this.isOfSession = number > 0;
    this.before = this.isOfSession ? this.count : 0;
  }

  /** Restores neurons after they were reset. `write` takes the last timesteps of a row, the latest first, [depth][size]. */
  goOn(write: (row: Row, values: Float64Array) => void): void {
    const { values } = this;
    if (!this.carries || !values) return;
    this.rows.forEach(({ row }, k) => {
      write(row, values[k]);
    });
  }

  /** Ends the trial. `read` gives the last timesteps of a row, the latest first, [depth][size]. */
  end(timesteps: number, read: (row: Row, depth: number) => Float64Array): void {
    if (!this.isOfSession) return;
    this.count = this.before + timesteps;
    this.values = this.rows.map(({ row, depth }) => read(row, depth));
  }

  /** A copy. */
  carried(): Carried {
    return {
      ...(this.counted !== undefined && { [this.counted]: Float64Array.of(this.count) }),
      ...Object.fromEntries(
        this.rows.map(({ name, row, depth }, k) => [name, this.values?.[k].slice() ?? repeated(row.initial, depth)]),
      ),
    };
  }

  setCarried(carried: Carried): void {
    this.count = this.counted === undefined ? 0 : carried[this.counted][0];
    this.values = this.rows.map(({ name }) => carried[name].slice());
  }
}

function repeated(numbers: Float64Array, times: number): Float64Array {
  const all = new Float64Array(times * numbers.length);
  for (let k = 0; k < times; k++) all.set(numbers, k * numbers.length);
  return all;
}
