import type { Row } from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import type { ForwardPass } from './forward.ts';
import type { Slot } from './slots.ts';

type StateSlot = Pick<Slot, 'row' | 'ago' | 'first'>;

/**
 * A second copy of the circuit, with the same weights, inputs and random numbers: it runs alongside the one that learns, and its state may be
 * moved. Nothing learns from its errors.
 */
export class Twin {
  private readonly slots: readonly StateSlot[];
  /** Pairs of rows: this circuit's, and the original's. */
  private readonly rows: readonly (readonly [own: Row, original: Row])[];

  /** @param slots The state of the original. */
  constructor(
    private readonly name: string,
    private readonly original: ForwardPass,
    private readonly pass: ForwardPass,
    slots: readonly StateSlot[],
  ) {
    const { timestep } = pass;
    pass.leader = original.sweeps;
    const own = ({ population, name }: Row) => timestep.row(population, name);
    this.slots = slots.map(({ row, ago, first }) => ({ row: own(row), ago, first }));
    this.rows = original.timestep.rows.flatMap((row) => {
      const copy = timestep.find(row.population, row.name);
      return copy && !timestep.constants.has(copy) ? [[copy, row] as const] : [];
    });
  }

  /** Begins trial number `trial` as the original does. @throws InputError if the task answers, because it would also answer the twin. */
  begin(trial: number): void {
    const { name, original, pass } = this;
    if (original.trial.answer) {
      throw new InputError(
        'task.answer',
        `the task would also answer the second circuit that ${name} runs; choose another task or learner`,
      );
    }
    pass.continuation.setCarried(original.continuation.carried());
    pass.begin(original.trial, { number: trial });
  }

  /** Runs the timestep that the original has just run. */
  step(): void {
    this.pass.step();
  }

  /** Moves the present part of the state: s += by, [present]. */
  move(by: Float64Array): void {
    for (const { row, ago, first } of this.slots) {
      if (ago > 0) continue;
      const values = this.pass.of(row);
      const { size } = row.population;
      const now = this.pass.now * size;
      for (let i = 0; i < size; i++) values[now + i] += by[first + i];
    }
  }

  /** into = s, [size]. */
  read(into: Float64Array): void {
    readState(this.pass, this.slots, into);
  }

  /** Sets this circuit to the state of the original. */
  meet(): void {
    const { original, pass } = this;
    for (const [own, row] of this.rows) {
      const all = (pass.now + 1) * row.population.size;
      pass.of(own).set(original.of(row).subarray(0, all));
    }
  }
}

/** into = s, [size]. */
export function readState(forward: ForwardPass, slots: readonly StateSlot[], into: Float64Array): void {
  for (const { row, ago, first } of slots) {
    const { size } = row.population;
    const [values, before] = forward.late(row, forward.now, ago);
    for (let i = 0; i < size; i++) into[first + i] = values[before + i];
  }
}
