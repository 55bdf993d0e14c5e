import type { Row } from '../circuit/index.ts';
import type { HistoryRows } from './history-rows.ts';
import type { Kernel } from './kernel.ts';
import { VECTOR } from './lanes.ts';
import { LINE, lines, type MemoryPlan } from './memory.ts';
import { range, type Packing } from './packing.ts';
import { i32, op, type Expression } from './wat.ts';
import { moved } from './writer.ts';

/**
 * What learning by history needs of a trial. Frames are few, and used again; of these rows every timestep is kept. They lie cache line by cache line, in
 * each all timesteps of a few neurons one after another: what goes back through the timesteps of some neurons, or sums over those, runs through memory in
 * its order.
 *
 * A timestep is known by its time: LINE times its number, from 0.
 */
export class Kept {
  /** How many cache lines a timestep has. */
  readonly width: number;
  private readonly firsts = new Map<Row, number>();

  /**
   * @param copied Rows of the frames.
   * @param derived Rows that are found when the trial has ended.
   * @param before Timesteps before the first that are looked back at.
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

  /** Bytes from one line to the next, where a trial has so many timesteps: an odd number of lines, so that they do not fall on each other in the cache. */
  span(timesteps: number): number {
    return LINE * ((timesteps + this.before) | 1);
  }

  /** The first line of a row. */
  first(row: Row): number {
    const first = this.firsts.get(row);
    if (first === undefined) throw new Error(`'${row.name}' of '${row.population.name}' is not kept`);
    return first;
  }

  /** Where a row has, in the first of all timesteps, the number that is `at` bytes into it. */
  place(row: Row, at: Expression): Expression {
    return i32.add(this.line(row, at), op('i32.and', at, i32.constant(LINE - 1)));
  }

  /** The same, of the line that it is in. */
  line(row: Row, at: Expression): Expression {
    const line = i32.add(i32.shiftRight(at, Math.log2(LINE)), i32.constant(this.first(row)));
    return i32.add(op('global.get', '$kept'), i32.multiply(line, op('global.get', '$span')));
  }

  /** Bytes from there to what it is `late` timesteps before the one at time 0. */
  late(late: number): number {
    return LINE * (this.before - late);
  }

  /** Tables, one for each part of a packing: for each entry the line that it finds what it was brought in, and bytes from there. */
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

/** What these need, `before` timesteps before the trial among it. */
export function keptOf(histories: readonly HistoryRows[], bytes: 4 | 8, before: number): Kept {
  const copied = histories.flatMap(({ text, reads, ways }) => {
    const sources = text.reads.flatMap(({ path }) => reads.get(path) ?? []);
    return [...sources.flatMap((source) => ('row' in source ? [source.row] : [])), ...ways.map(({ row }) => row)];
  });
  const derived = histories.flatMap(({ counts, moved }) => [counts, ...(moved ? [moved] : [])]);
  return new Kept(new Set(copied), derived, bytes, before);
}

/** Writes `keep(first, end)`: keeps the timesteps of the windows first .. end (exclusive), the last that were run. */
export function writeKeep(kernel: Kernel): void {
  const { frames, kept, bytes } = kernel.layout;
  kernel.write('keep', 2, (writer, first, end) => {
    const lanes = kernel.lanes(writer);
    const timesteps = i32.divide(i32.subtract(end, first), i32.constant(frames.stride));
    const time = i32.multiply(i32.subtract(writer.get('timestep'), timesteps), i32.constant(LINE));
    const begins = writer.keep('i32', op('i32.eqz', time));
    // With the first timestep, those before.
    const ahead = writer.keep('i32', op('select', i32.constant(kept.before), i32.constant(0), begins));
    const from = i32.subtract(moved(first, frames.past), i32.multiply(ahead, i32.constant(frames.stride)));
    const [begin, until] = [writer.keep('i32', from), writer.keep('i32', moved(end, frames.past))];
    const into = writer.keep('i32', moved(i32.subtract(time, i32.multiply(ahead, i32.constant(LINE))), kept.late(0)));
    for (const row of kept.copied) {
      const size = row.population.size * bytes;
      writer.sweep({ from: i32.constant(0), until: i32.constant(size), step: LINE }, (at) => {
        const target = writer.variable('i32', i32.add(kept.line(row, at), into));
        const rows = { from: i32.add(begin, at), until: i32.add(until, at), step: frames.stride };
        writer.sweep(rows, (source) => {
          for (const v of range(Math.ceil(Math.min(LINE, size) / VECTOR))) {
            lanes.store(target.value, v * VECTOR, lanes.load(source, frames.within(row) + v * VECTOR));
          }
          target.set(moved(target.value, LINE));
        });
      });
    }
  });
}
