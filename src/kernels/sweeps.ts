import type { Timestep } from '../circuit/index.ts';
import { channels } from './channels.ts';
import type { Kernel } from './kernel.ts';
import { loadNumber, VECTOR } from './lanes.ts';
import { LINE } from './memory.ts';
import { f64, i32, op, type Expression } from './wat.ts';
import { moved, type Writer } from './writer.ts';

type Repeat = NonNullable<Timestep['repeat']>;

const not = (condition: Expression): Expression => op('i32.eqz', condition);

/** Writes how a trial begins: `Sweeps.begin` of src/circuit. */
export function writeFirstSweep(writer: Writer): void {
  writer.set('sample', i32.constant(0));
  writer.set('sweep', i32.constant(0));
  writer.set('last', i32.constant(1));
}

/** Writes how the next sweep begins: `Sweeps.next`. */
export function writeNextSweep(writer: Writer, { times }: Repeat): void {
  writer.when(writer.get('last'), () => {
    writer.set('sample', moved(writer.get('sample'), 1));
    writer.set('sweep', i32.constant(-1));
  });
  writer.set('sweep', moved(writer.get('sweep'), 1));
  writer.set('last', op('i32.eq', writer.get('sweep'), i32.constant(times - 1)));
}

/** Writes the check after all neurons have integrated: `Sweeps.look`. */
export function writeLook(kernel: Kernel, writer: Writer, window: Expression, { until }: Repeat): void {
  if (!until) return;
  const { frames, bytes } = kernel.layout;
  const { rows, population, moves, from } = until;
  const settled = writer.variable('i32', not(i32.less(writer.get('sweep'), i32.constant(from))));
  const end = moved(window, population.size * bytes);
  writer.sweep({ from: window, until: end, step: bytes }, (pointer) => {
    for (const row of rows) {
      const [now, before] = [0, 1].map((late) => loadNumber(bytes, pointer, frames.at(row, late)));
      const away = op('f64.abs', f64.subtract(now, before));
      settled.set(op('i32.and', settled.value, op('f64.lt', away, f64.constant(moves))));
    }
  });
  writer.set('last', op('i32.or', writer.get('last'), settled.value));
}

/** Writes the comparison with the target, and the step to the next input and target. Only the last sweep of a timestep has a target. */
export function writeCompared(kernel: Kernel, writer: Writer, compare: () => void): void {
  const { circuit, memory, timestep } = kernel.layout;
  const [inputs, targets] = [channels(circuit.inputs), channels(circuit.outputs)];
  const told = writer.keep('i32', writer.get('target'));
  if (timestep.repeat) {
    // Vectors may extend beyond the targets.
    const nothing = memory.hold(new Float64Array(targets + (VECTOR + LINE) / 8).fill(NaN));
    writer.set('target', op('select', told, i32.constant(nothing), writer.get('last')));
  }
  compare();
  writer.set('target', told);
  whereLast(writer, timestep.repeat, () => {
    writer.set('input', moved(writer.get('input'), 8 * inputs));
    writer.set('target', moved(told, 8 * targets));
  });
}

/** Writes what is done in the last sweep of a timestep, and in the others; without repeats, every sweep is the last. */
export function whereLast(writer: Writer, repeat: Repeat | undefined, last: () => void, others?: () => void): void {
  if (repeat) writer.when(writer.get('last'), last, others);
  else last();
}
