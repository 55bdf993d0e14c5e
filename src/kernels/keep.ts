import type { Kernel } from './kernel.ts';
import { VECTOR } from './lanes.ts';
import { LINE } from './memory.ts';
import { range } from './packing.ts';
import { i32, op, type Expression } from './wat.ts';
import { moved, type Writer } from './writer.ts';

/**
 * Writes `keep(first, end, ahead)`: keeps the timesteps of the windows first .. end (exclusive), the last that were run, and `ahead` timesteps before
 * them, or before the trial.
 */
export function writeKeep(kernel: Kernel): void {
  const { frames, kept, bytes } = kernel.layout;
  kernel.write('keep', 3, (writer, first, end, ahead) => {
    const lanes = kernel.lanes(writer);
    const timesteps = i32.divide(i32.subtract(end, first), i32.constant(frames.stride));
    const time = i32.multiply(i32.subtract(writer.get('timestep'), timesteps), i32.constant(LINE));
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

/** How many timesteps are kept ahead of some windows: those before the trial if the first window is the trial's first. */
export function beforeTrial({ layout: { frames, kept } }: Kernel, writer: Writer, [first, end]: Windows): Expression {
  const timesteps = i32.divide(i32.subtract(end, first), i32.constant(frames.stride));
  const areFirst = op('i32.eq', writer.get('timestep'), timesteps);
  return op('select', i32.constant(kept.before), i32.constant(0), areFirst);
}

/** How many timesteps are kept again ahead of the last window: all that it looks back at. */
export function lookedBackAt({ layout: { frames, kept } }: Kernel, writer: Writer): Expression {
  const there = writer.keep('i32', moved(writer.get('timestep'), kept.before - 1));
  const most = i32.constant(frames.past / frames.stride);
  return op('select', there, most, i32.less(there, most));
}

/** The window of the first of some timesteps, and of the one after the last. */
type Windows = readonly [first: Expression, end: Expression];
