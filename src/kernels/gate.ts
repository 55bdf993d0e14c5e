import type { Kernel } from './kernel.ts';
import { VECTOR } from './lanes.ts';
import type { GroupLayout } from './layout.ts';
import { moved } from './writer.ts';

/** Writes `gate_g(frame)` for a gated group: what its axons bring, s(t - 1) h(t - delay), into the row that its synapses read. */
export function writeGate(kernel: Kernel, { group: { index, from, delay, gate }, sent }: GroupLayout): void {
  if (!gate) return;
  const { frames, bytes } = kernel.layout;
  kernel.write(`gate_${index}`, 1, (writer, frame) => {
    const lanes = kernel.lanes(writer);
    const before = writer.keep('i32', moved(frame, -frames.stride));
    const event = lanes.loadSplat(before, frames.sentBy(gate.from) + gate.neuron * bytes);
    writer.sweep({ from: frame, until: moved(frame, frames.rowBytes(from)), step: VECTOR }, (pointer) => {
      const late = writer.keep('i32', moved(pointer, -delay * frames.stride));
      lanes.store(pointer, sent, lanes.multiply(event, lanes.load(late, frames.sentBy(from))));
    });
  });
}
