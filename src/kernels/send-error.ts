import { chanceKeyOf, drawLanes, placesOf, TIMESTEP } from './chance.ts';
import type { Kernel } from './kernel.ts';
import { VECTOR } from './lanes.ts';
import type { FeedbackLayout } from './layout.ts';
import { lower } from './lower.ts';
import { i32, op } from './wat.ts';

/** Whether what a feedback sends is not the error as it is. */
export function sends({ feedback }: FeedbackLayout): boolean {
  return feedback.broadcast?.message !== undefined;
}

/** Writes `send_error_f(frame)`: what is sent of the error, into the feedback's own row. */
export function writeSendError(kernel: Kernel, { feedback, row }: FeedbackLayout): void {
  const { index, from, broadcast } = feedback;
  const { frames, memory, bytes } = kernel.layout;
  const [message, chance] = [broadcast?.message, broadcast?.chance];
  if (!message) return;
  const width = frames.rowBytes(from);
  kernel.write(`send_error_${index}`, 1, (writer, frame) => {
    const lanes = kernel.lanes(writer);
    const draws = chance !== undefined && {
      key: chanceKeyOf(writer, chance),
      places: memory.hold(placesOf(from.size, bytes, width / bytes, (k) => k)),
    };
    const timestep = lanes.splat(op('f64.convert_i32_s', op('global.get', `$${TIMESTEP}`)));
    writer.sweep({ from: i32.constant(0), until: i32.constant(width), step: VECTOR }, (at) => {
      const outputs = writer.keep('i32', i32.add(frame, at));
      const [sent] = lower(lanes, [message.value], ({ path }) => {
        if (draws && path === 'draw') return drawLanes(lanes, draws.key, lanes.load(at, draws.places));
        return path === 'timestep' ? timestep : lanes.load(outputs, frames.of(from, 'error'));
      });
      lanes.store(outputs, row, sent);
    });
  });
}
