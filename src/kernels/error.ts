import type { BuiltPopulation } from '../circuit/index.ts';
import { addFault } from './fault.ts';
import type { Kernel } from './kernel.ts';
import { VECTOR } from './lanes.ts';
import type { FeedbackLayout } from './layout.ts';
import { loadNumber, storeNumber } from './numbers.ts';
import { f64, i32, op } from './wat.ts';
import { moved } from './writer.ts';

/** The sum of squared errors so far in this trial: a global of the module, f64 in every precision. */
export const SQUARES = 'squares';

/** Writes `compare_p(frame, target)`: e(t) as `errorOf` has it, and its squares summed neuron after neuron. */
export function writeCompare(kernel: Kernel, population: BuiltPopulation, channel: number): void {
  const { frames, bytes } = kernel.layout;
  const [rate, error] = [frames.of(population, 'rate'), frames.of(population, 'error')];
  kernel.write(`compare_${population.index}`, 2, (writer, frame, target) => {
    const lanes = kernel.lanes(writer);
    const squares = writer.variable('f64', op('global.get', `$${SQUARES}`));
    const neuron = writer.variable('i32', frame);
    const end = i32.constant(8 * population.size);
    writer.sweep({ from: i32.constant(0), until: end, step: 8 }, (at) => {
      const wanted = writer.keep('f64', f64.load(i32.add(target, at), 8 * channel));
      const difference = f64.subtract(wanted, loadNumber(kernel, neuron.value, rate));
      const asked = f64.equal(wanted, wanted);
      storeNumber(
        kernel,
        writer.do.bind(writer),
        neuron.value,
        error,
        op('select', difference, f64.constant(0), asked),
      );
      const e = writer.keep('f64', loadNumber(kernel, neuron.value, error));
      squares.set(f64.add(squares.value, f64.multiply(e, e)));
      neuron.set(moved(neuron.value, bytes));
    });
    writer.do(op('global.set', `$${SQUARES}`, squares.value));
    addFault(kernel, lanes, lanes.splat(f64.subtract(squares.value, squares.value)));
  });
}

/** Writes `broadcast_p(frame)`: l(t), a neuron's own error where it is an output, plus its feedback weights times the errors that arrive. */
export function writeBroadcast(kernel: Kernel, population: BuiltPopulation, feedback: readonly FeedbackLayout[]): void {
  const { frames, bytes } = kernel.layout;
  const row = frames.rowBytes(population);
  kernel.write(`broadcast_${population.index}`, 1, (writer, frame) => {
    const lanes = kernel.lanes(writer);
    writer.sweep({ from: i32.constant(0), until: i32.constant(row), step: VECTOR }, (at) => {
      const neurons = writer.keep('i32', i32.add(frame, at));
      const own = frames.has(population, 'error')
        ? lanes.load(neurons, frames.of(population, 'error'))
        : lanes.constant(0);
      const signal = writer.variable('v128', own);
      for (const { feedback: entry, weights, row: sent, delay } of feedback) {
        const column = writer.variable('i32', at);
        const [from, late] = [moved(frame, -delay * frames.stride), entry.from.size * bytes - delay * frames.stride];
        writer.sweep({ from, until: moved(frame, late), step: bytes }, (k) => {
          const e = lanes.loadSplat(k, sent);
          signal.set(lanes.add(signal.value, lanes.multiply(lanes.load(column.value, weights), e)));
          column.set(moved(column.value, row));
        });
      }
      lanes.store(neurons, frames.of(population, 'signal'), signal.value);
    });
  });
}
