import { chanceKeyOf, drawLanes } from './chance.ts';
import type { Kernel } from './kernel.ts';
import { VECTOR } from './lanes.ts';
import type { SendingLayout } from './layout.ts';
import { lower } from './lower.ts';
import { i32, type Expression } from './wat.ts';
import { moved } from './writer.ts';

/** Writes `send_p(frame)`: from the new rates and from what was sent last, what the axons send. */
export function writeSend(kernel: Kernel, { population, sent, chance }: SendingLayout): void {
  const { frames } = kernel.layout;
  const row = frames.of(population, 'sent');
  kernel.write(`send_${population.index}`, 1, (writer, frame) => {
    const lanes = kernel.lanes(writer);
    const key = chance && chanceKeyOf(writer, chance.seed);
    const size = frames.rowBytes(population);
    writer.sweep({ from: frame, until: moved(frame, size), step: VECTOR }, (pointer) => {
      const given: Readonly<Record<string, () => Expression>> = {
        rate: () => lanes.load(pointer, frames.of(population, 'rate')),
        sent: () => lanes.load(moved(pointer, -frames.stride), row),
        ...(chance &&
          key !== undefined && {
            draw: () => drawLanes(lanes, key, lanes.load(i32.subtract(pointer, frame), chance.places)),
          }),
      };
      const [value] = lower(lanes, [sent], ({ path }) => given[path]());
      lanes.store(pointer, row, value);
    });
  });
}
