import { found, type Row } from '../circuit/index.ts';
import type { HistoryRows } from './history-rows.ts';
import { LINE, lines, type MemoryPlan } from './memory.ts';
import type { Packing } from './packing.ts';
import { i32, op, type Expression } from './wat.ts';

/**
 * What learning by history needs of a trial. There are few frames, and they are reused; of these rows every timestep is kept. They lie cache line by
 * cache line: for each line of neurons, all timesteps one after another. Going back through the timesteps of some neurons, or summing over them, runs
 * through memory in order.
 *
 * A timestep is identified by its time: LINE times its number, from 0.
 */
export class Kept {
  /** How many cache lines a timestep has. */
  readonly width: number;
  private readonly firsts = new Map<Row, number>();

  /**
   * @param copied Rows of the frames.
   * @param derived Rows that are computed when the trial has ended.
   * @param before How many timesteps before the first are looked back at.
   */
  constructor(
    readonly copied: ReadonlySet<Row>,
    derived: readonly Row[],
    private readonly bytes: 4 | 8,
    readonly before: number,
  ) {
    let width = 0;
    for (const row of [...copied, ...derived]) {
      this.firsts.set(row, width);
      width += this.linesOf(row);
    }
    this.width = width;
  }

  /** Bytes from one line to the next for a trial of this many timesteps: an odd number of lines, so that they do not compete in the cache. */
  span(timesteps: number): number {
    return LINE * ((timesteps + this.before) | 1);
  }

  /** The first line of a row. */
  first(row: Row): number {
    return found(this.firsts, row);
  }

  /** The address of the number `at` bytes into a row, in the first timestep. */
  place(row: Row, at: Expression): Expression {
    return i32.add(this.line(row, at), op('i32.and', at, i32.constant(LINE - 1)));
  }

  /** The same for the line that it is in. */
  line(row: Row, at: Expression): Expression {
    const line = i32.add(i32.shiftRight(at, Math.log2(LINE)), i32.constant(this.first(row)));
    return i32.add(op('global.get', '$kept'), i32.multiply(line, op('global.get', '$span')));
  }

  /** Bytes from there to the same number `late` timesteps before time 0. */
  late(late: number): number {
    return LINE * (this.before - late);
  }

  /** Tables, one for each part of a packing: for each entry, the line that holds what it was brought, and bytes from there. */
  tables(memory: MemoryPlan, { parts }: Packing, { ways }: HistoryRows): readonly number[] {
    return parts.map(({ columns }) => {
      const places = Array.from(columns, (column) => {
        const { row, late } = ways[column % ways.length];
        const at = Math.floor(column / ways.length) * this.bytes;
        return [this.first(row) + Math.floor(at / LINE), (at % LINE) + this.late(late)];
      });
      return memory.hold(Int32Array.from(places.flat()));
    });
  }

  private linesOf({ population }: Row): number {
    return lines(population.size * this.bytes);
  }
}

/** What these histories need, including `before` timesteps before the trial. */
export function keptOf(histories: readonly HistoryRows[], bytes: 4 | 8, before: number): Kept {
  const copied = histories.flatMap(({ text, reads, ways }) => {
    const sources = text.reads.flatMap(({ path }) => reads.get(path) ?? []);
    return [...sources.flatMap((source) => ('row' in source ? [source.row] : [])), ...ways.map(({ row }) => row)];
  });
  const derived = histories.flatMap(({ counts, moved }) => [counts, ...(moved ? [moved] : [])]);
  return new Kept(new Set(copied), derived, bytes, before);
}
