import type { BuiltPopulation } from '../circuit/index.ts';
import { NUMBER, TIMESTEP } from './chance.ts';
import { SQUARES, writeBroadcast, writeCompare } from './error.ts';
import { returnIfFaulty } from './fault.ts';
import { writeGate } from './gate.ts';
import type { Kernel } from './kernel.ts';
import { writeIntegrate, writeTick } from './neurons.ts';
import { sends, writeSendError } from './send-error.ts';
import { writeSend } from './send.ts';
import { writeTransmit } from './transmit.ts';
import { copyMemory, i32, op, type Expression, type Type } from './wat.ts';
import { moved, type Variable, type Writer } from './writer.ts';

/** The address of the last frame that was run: a global of the module. */
export const FRAME = 'frame';

/** Where frames lie in memory. */
export interface Room {
  /** The address of the first frame. */
  readonly first: Expression;
  /** How many frames there is room for; null: for those of the whole trial, however long. */
  readonly count: number | null;
}

/**
 * Writes all that runs forward: `start()`, and `forward(frame, input, target)`, which is `sense(frame, input, target)` from tick to
 * compare, then `signal(frame)`, the broadcast.
 */
export function writeForward(kernel: Kernel, { first }: Room): void {
  const { layout } = kernel;
  const { circuit, frames } = layout;
  let channel = 0;
  for (const population of circuit.inputs) {
    writeTick(kernel, population, channel);
    channel += population.size;
  }
  const incoming = layout.populations.map(({ population }) =>
    layout.groups.filter(({ group }) => group.to === population),
  );
  incoming.forEach((groups) => {
    groups.forEach((group, k) => {
      writeGate(kernel, group);
      writeTransmit(kernel, group, k === 0);
    });
  });
  for (const population of layout.populations) writeIntegrate(kernel, population);
  for (const sending of layout.sendings) writeSend(kernel, sending);
  const send = (writer: Writer, population: BuiltPopulation, frame: Expression) => {
    if (population.sending) writer.call(`send_${population.index}`, frame);
  };
  channel = 0;
  for (const population of circuit.outputs) {
    writeCompare(kernel, population, channel);
    channel += population.size;
  }
  const signalled = circuit.order.filter((population) => frames.has(population, 'signal'));
  for (const population of signalled) {
    const received = layout.feedback.filter(({ feedback }) => feedback.to === population);
    writeBroadcast(kernel, population, received);
  }
  const errors = layout.feedback.filter(sends);
  for (const entry of errors) writeSendError(kernel, entry);

  kernel.write('sense', 3, (writer, frame, input, target) => {
    for (const population of circuit.inputs) {
      writer.call(`tick_${population.index}`, frame, input);
      send(writer, population, frame);
    }
    layout.populations.forEach(({ population }, p) => {
      for (const { group } of incoming[p]) {
        if (group.gate) writer.call(`gate_${group.index}`, frame);
        writer.call(`transmit_${group.index}`, frame);
      }
      if (incoming[p].length === 0) {
        const potential = moved(frame, frames.of(population, 'potential'));
        writer.do(op('memory.fill', potential, i32.constant(0), i32.constant(frames.rowBytes(population))));
      }
      writer.call(`integrate_${population.index}`, frame);
      send(writer, population, frame);
    });
    for (const { index } of circuit.outputs) writer.call(`compare_${index}`, frame, target);
  });
  kernel.write('signal', 1, (writer, frame) => {
    for (const { feedback } of errors) writer.call(`send_error_${feedback.index}`, frame);
    for (const { index } of signalled) writer.call(`broadcast_${index}`, frame);
  });
  kernel.write('forward', 3, (writer, frame, input, target) => {
    writer.call('sense', frame, input, target);
    writer.call('signal', frame);
  });
  writeStart(kernel, first);
  kernel.global(FRAME, 'i32', i32.constant(0));
  kernel.global(SQUARES, 'f64', op('f64.const', 0));
  kernel.global(NUMBER, 'i32', i32.constant(0));
  kernel.global(TIMESTEP, 'i32', i32.constant(0));
}

/** Writes `start()`: every neuron as it is at the start of a trial, no error yet, and none on its way. */
function writeStart(kernel: Kernel, first: Expression): void {
  const { layout } = kernel;
  const { circuit, frames, history, memory } = layout;
  kernel.write('start', 0, (writer) => {
    for (const population of circuit.populations) {
      const bytes = frames.rowBytes(population);
      const initial = layout.numbers(bytes / layout.bytes);
      initial.set(population.initial);
      const address = i32.constant(memory.hold(initial));
      const rows = [frames.of(population, 'rate'), ...(population.sending ? [frames.of(population, 'sent')] : [])];
      const until = moved(first, history * frames.stride);
      writer.sweep({ from: first, until, step: frames.stride }, (frame) => {
        for (const row of rows) writer.do(copyMemory(moved(frame, row), address, bytes));
      });
    }
    for (const { feedback, row, delay } of layout.feedback) {
      if (delay === 0) continue;
      const bytes = i32.constant(frames.rowBytes(feedback.from));
      const until = moved(first, history * frames.stride);
      writer.sweep({ from: first, until, step: frames.stride }, (frame) => {
        writer.do(op('memory.fill', moved(frame, row), i32.constant(0), bytes));
      });
    }
    kernel.lanes(writer).store(i32.constant(0), layout.fault, 0);
    writer.do(op('global.set', `$${FRAME}`, moved(first, (history - 1) * frames.stride)));
    writer.do(op('global.set', `$${SQUARES}`, op('f64.const', 0)));
    writer.do(op('global.set', `$${TIMESTEP}`, i32.constant(0)));
  });
}

/** What `advance` and `trial` are given: timesteps to run, input, target, whether to learn, and what changes are divided by, T/pace. */
const TRIAL: readonly Type[] = ['i32', 'i32', 'i32', 'i32', 'f64'];

/** What is done at the end of each timestep, and of all that were run. */
export interface Learning {
  readonly each?: (writer: Writer, frame: Expression, divisor: Expression) => void;
  readonly all?: (writer: Writer, begin: Expression, end: Expression) => void;
}

/**
 * Writes `advance(count, input, target, learn, divisor)`: runs `count` timesteps; returns 0, or which of them was the first in which
 * something stopped being finite. And `trial` with the same parameters: `begin`, all timesteps, `finish`.
 */
export function writeAdvance(kernel: Kernel, room: Room, { each, all }: Learning): void {
  const { frames, circuit } = kernel.layout;
  const { stride } = frames;
  kernel.write('advance', TRIAL, (writer, count, inputs, targets, learn, divisor) => {
    const bytes = writer.keep('i32', i32.multiply(count, i32.constant(stride)));
    const last = writer.variable('i32', op('global.get', `$${FRAME}`));
    if (room.count !== null) makeRoom(kernel, writer, room.first, room.count, last, bytes);
    const begin = writer.keep('i32', moved(last.value, stride));
    const end = writer.keep('i32', i32.add(begin, bytes));
    const [input, target] = [writer.variable('i32', inputs), writer.variable('i32', targets)];
    writer.sweep({ from: begin, until: end, step: stride }, (frame) => {
      writer.do(op('global.set', `$${FRAME}`, frame));
      writer.do(op('global.set', `$${TIMESTEP}`, moved(op('global.get', `$${TIMESTEP}`), 1)));
      writer.call('forward', frame, input.value, target.value);
      input.set(moved(input.value, 8 * channels(circuit.inputs)));
      target.set(moved(target.value, 8 * channels(circuit.outputs)));
      returnIfFaulty(kernel, writer, i32.divide(i32.subtract(moved(frame, stride), begin), i32.constant(stride)));
      if (!each) return;
      writer.when(learn, () => {
        each(writer, frame, divisor);
        returnIfFaulty(kernel, writer, i32.divide(i32.subtract(moved(frame, stride), begin), i32.constant(stride)));
      });
    });
    if (all) {
      writer.when(learn, () => {
        all(writer, begin, end);
      });
    }
    return i32.constant(0);
  });
  writeWhole(kernel, room.count === null ? null : room.count - kernel.layout.history);
}

/** Where no room is left for so many frames, moves those that will still be looked back at to the front. */
export function makeRoom(
  { layout: { history, frames } }: Kernel,
  writer: Writer,
  first: Expression,
  count: number,
  last: Variable,
  bytes: Expression,
): void {
  const { stride } = frames;
  const kept = history * stride;
  writer.when(i32.greater(i32.add(last.value, bytes), moved(first, (count - 1) * stride)), () => {
    writer.do(copyMemory(first, moved(last.value, stride - kept), kept));
    last.set(moved(first, kept - stride));
  });
}

/** `chunk`: how many timesteps are run at once; null: all. */
function writeWhole(kernel: Kernel, chunk: number | null): void {
  const { circuit } = kernel.layout;
  kernel.write('trial', TRIAL, (writer, count, inputs, targets, learn, divisor) => {
    const run = (done: Expression, size: Expression) => {
      const row = (base: Expression, width: number) => i32.add(base, i32.multiply(done, i32.constant(8 * width)));
      const [input, target] = [row(inputs, channels(circuit.inputs)), row(targets, channels(circuit.outputs))];
      const fault = writer.keep('i32', op('call', '$advance', size, input, target, learn, divisor));
      writer.when(fault, () => {
        writer.do(op('return', i32.add(done, fault)));
      });
    };
    writer.call('begin');
    if (chunk === null) run(i32.constant(0), count);
    else {
      writer.sweep({ from: i32.constant(0), until: count, step: chunk }, (done) => {
        const left = writer.keep('i32', i32.subtract(count, done));
        run(done, op('select', left, i32.constant(chunk), i32.less(left, i32.constant(chunk))));
      });
    }
    writer.when(learn, () => {
      writer.when(op('call', '$finish', divisor), () => {
        writer.do(op('return', count));
      });
    });
    return i32.constant(0);
  });
}

/** How many numbers the task gives these populations in a timestep. */
export function channels(populations: readonly { readonly size: number }[]): number {
  return populations.reduce((sum, { size }) => sum + size, 0);
}
