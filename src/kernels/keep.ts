import type { Kernel } from './kernel.ts';
import { VECTOR } from './lanes.ts';
import { LINE } from './memory.ts';
import { range } from './packing.ts';
import { i32, op } from './wat.ts';
import { moved } from './writer.ts';

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
