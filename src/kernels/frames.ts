import type { BuiltPopulation } from '../circuit/index.ts';
import { LINE, lines } from './memory.ts';

/** A row of numbers, one for each neuron of a population. */
export interface Slot {
  readonly population: BuiltPopulation;
}

/**
 * Everything that neurons hold: each row has its place in the frame of a timestep. Frames of successive timesteps lie one after another, an
 * odd number of cache lines apart, so that no two of them compete for the same cache lines.
 *
 * A timestep is addressed by its window: the `history` frames that it can look back at, and then its own. So every row is at or after the
 * window's address, whatever its delay.
 */
export class Frames {
  /** Bytes from one frame to the next. */
  readonly stride: number;
  private readonly offsets = new Map<Slot, number>();

  constructor(
    rows: readonly Slot[],
    private readonly numberBytes: 4 | 8,
    private readonly history: number,
  ) {
    let bytes = 0;
    for (const row of rows) {
      this.offsets.set(row, bytes);
      bytes += this.rowBytes(row.population);
    }
    const count = lines(bytes);
    this.stride = (count % 2 === 0 ? count + 1 : count) * LINE;
  }

  /** Bytes of the frames that a window looks back at. */
  get past(): number {
    return this.history * this.stride;
  }

  /** Bytes of a population's row: whole cache lines. */
  rowBytes({ size }: BuiltPopulation): number {
    return lines(size * this.numberBytes) * LINE;
  }

  /** Where a row of `late` timesteps ago (negative: ahead) begins, bytes from the window's address. */
  at(row: Slot, late = 0): number {
    return this.past - late * this.stride + this.within(row);
  }

  /** Where a row begins in its frame, bytes. */
  within(row: Slot): number {
    const offset = this.offsets.get(row);
    if (offset === undefined) throw new Error(`a row of '${row.population.name}' has no place in the frames`);
    return offset;
  }
}
