import { transposedReadouts, type LearningOptions, type Schedule } from '../circuit/index.ts';
import { SQUARES, writeBroadcast, writeCarry, writeCompare, type Carried } from './error.ts';
import type { Kernel } from './kernel.ts';
import { writeApply, writeBegin, writeLearn, writeLearnAndApply, type PlasticGroup } from './learn.ts';
import type { GroupLayout } from './layout.ts';
import { writeIntegrate, writeTick } from './neurons.ts';
import { writeTransmit } from './transmit.ts';
import { copyMemory, i32, op, type Expression, type Type } from './wat.ts';
import { moved, type Writer } from './writer.ts';

/** The address of the last frame that was run: a global of the module. */
export const FRAME = 'frame';

/** Where frames lie in memory. */
export interface Room {
  /** The address of the first frame. */
  readonly first: number;
  /** How many frames there is room for. */
  readonly count: number;
}

/** Writes all that runs forward: `start()`, and `forward(frame, input, target)` from tick to broadcast. */
export function writeForward(kernel: Kernel, { first }: Room, feedback: LearningOptions['feedback'] | 'none'): void {
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
      writeTransmit(kernel, group, k === 0);
    });
  });
  for (const population of layout.populations) writeIntegrate(kernel, population);
  channel = 0;
  for (const population of circuit.outputs) {
    writeCompare(kernel, population, channel);
    channel += population.size;
  }
  const signalled = layout.populations
    .map(({ population }) => population)
    .filter((population) => frames.has(population, 'signal'));
  for (const population of signalled) {
    const received = feedback === 'none' ? [] : layout.feedback.filter((entry) => entry.feedback.to === population);
    writeBroadcast(kernel, population, received);
  }

  kernel.write('forward', 3, (writer, frame, input, target) => {
    for (const { index } of circuit.inputs) writer.call(`tick_${index}`, frame, input);
    layout.populations.forEach(({ population }, p) => {
      for (const { group } of incoming[p]) writer.call(`transmit_${group.index}`, frame);
      writer.call(`integrate_${population.index}`, frame);
    });
    for (const { index } of circuit.outputs) writer.call(`compare_${index}`, frame, target);
    for (const { index } of signalled) writer.call(`broadcast_${index}`, frame);
  });
  writeStart(kernel, first);
  kernel.global(FRAME, 'i32', i32.constant(first));
  kernel.global(SQUARES, 'f64', op('f64.const', 0));
}

/** Writes `start()`: every neuron as it is at the start of a trial, and no error yet. */
function writeStart(kernel: Kernel, first: number): void {
  const { layout } = kernel;
  const { circuit, frames, history, memory } = layout;
  kernel.write('start', 0, (writer) => {
    for (const population of circuit.populations) {
      const bytes = frames.rowBytes(population);
      const initial = layout.numbers(bytes / layout.bytes);
      initial.set(population.initial);
      const [address, rate] = [i32.constant(memory.hold(initial)), frames.of(population, 'rate')];
      const until = i32.constant(first + history * frames.stride);
      writer.sweep({ from: i32.constant(first), until, step: frames.stride }, (frame) => {
        writer.do(copyMemory(moved(frame, rate), address, bytes));
      });
    }
    kernel.lanes(writer).store(i32.constant(0), layout.fault, 0);
    writer.do(op('global.set', `$${FRAME}`, i32.constant(first + (history - 1) * frames.stride)));
    writer.do(op('global.set', `$${SQUARES}`, op('f64.const', 0)));
  });
}

/** What a trial and a part of it are given. */
const TRIAL: readonly Type[] = ['i32', 'i32', 'i32', 'i32', 'f64'];

/**
 * Writes what runs trials of a circuit that learns by its own rules; returns what is to be seen from outside:
 *
 *     begin()                                        the start of a trial
 *     advance(count, input, target, learn, step)     runs `count` timesteps; returns 0, or which of them was the first with a fault
 *     finish(step)                                   the end of a trial: with schedule `trial`, changes are applied; returns 1 if that makes a fault
 *     trial(timesteps, input, target, learn, step)   all of it; returns 0, or the timestep of a fault
 */
export function writeTrial(kernel: Kernel, room: Room, { schedule, feedback }: LearningOptions): readonly string[] {
  const { layout } = kernel;
  writeForward(kernel, room, feedback);
  const carries = feedback === 'symmetric';
  if (carries) writeCarry(kernel, layout.feedback, carriedIn(kernel));
  const plastic = layout.groups.filter(isPlastic);
  for (const group of plastic) {
    writeBegin(kernel, group);
    if (schedule === 'online') writeLearnAndApply(kernel, group);
    else {
      writeLearn(kernel, group);
      writeApply(kernel, group);
    }
  }
  kernel.write('begin', 0, (writer) => {
    writer.call('start');
    for (const { group } of plastic) writer.call(`begin_${group.index}`);
    if (carries && schedule === 'trial') writer.call('carry');
  });
  writeAdvance(kernel, room, plastic, schedule, carries);
  kernel.write('finish', ['f64'], (writer, step) => {
    if (schedule === 'trial') for (const { group } of plastic) writer.call(`apply_${group.index}`, step);
    returnIfFaulty(kernel, writer, i32.constant(1));
    return i32.constant(0);
  });
  writeWhole(kernel, room);
  return ['begin', 'advance', 'finish', 'trial'];
}

function writeAdvance(
  kernel: Kernel,
  { first, count }: Room,
  plastic: readonly PlasticGroup[],
  schedule: Schedule,
  carries: boolean,
): void {
  const { circuit, frames, history } = kernel.layout;
  const { stride } = frames;
  kernel.write('advance', TRIAL, (writer, timesteps, inputs, targets, learn, step) => {
    const bytes = writer.keep('i32', i32.multiply(timesteps, i32.constant(stride)));
    const last = writer.variable('i32', op('global.get', `$${FRAME}`));
    // Where no room is left for so many frames, those that will still be looked back at are moved to the front.
    const lastOfAll = i32.constant(first + (count - 1) * stride);
    writer.when(i32.greater(i32.add(last.value, bytes), lastOfAll), () => {
      const kept = history * stride;
      writer.do(copyMemory(i32.constant(first), moved(last.value, stride - kept), kept));
      last.set(i32.constant(first + kept - stride));
    });
    const begin = writer.keep('i32', moved(last.value, stride));
    const end = writer.keep('i32', i32.add(begin, bytes));
    const [input, target] = [writer.variable('i32', inputs), writer.variable('i32', targets)];
    writer.sweep({ from: begin, until: end, step: stride }, (frame) => {
      writer.do(op('global.set', `$${FRAME}`, frame));
      if (carries && schedule === 'online') writer.call('carry');
      writer.call('forward', frame, input.value, target.value);
      input.set(moved(input.value, 8 * channels(circuit.inputs)));
      target.set(moved(target.value, 8 * channels(circuit.outputs)));
      if (schedule === 'online') {
        writer.when(learn, () => {
          for (const { group } of plastic) writer.call(`learn_apply_${group.index}`, frame, step);
        });
      }
      returnIfFaulty(kernel, writer, i32.divide(i32.subtract(moved(frame, stride), begin), i32.constant(stride)));
    });
    if (schedule === 'trial') {
      writer.when(learn, () => {
        for (const { group } of plastic) writer.call(`learn_${group.index}`, begin, end);
      });
    }
    return i32.constant(0);
  });
}

function writeWhole(kernel: Kernel, { count }: Room): void {
  const { circuit, history } = kernel.layout;
  const chunk = count - history;
  kernel.write('trial', TRIAL, (writer, timesteps, inputs, targets, learn, step) => {
    writer.call('begin');
    writer.sweep({ from: i32.constant(0), until: timesteps, step: chunk }, (done) => {
      const left = writer.keep('i32', i32.subtract(timesteps, done));
      const size = op('select', left, i32.constant(chunk), i32.less(left, i32.constant(chunk)));
      const row = (base: Expression, width: number) => i32.add(base, i32.multiply(done, i32.constant(8 * width)));
      const [input, target] = [row(inputs, channels(circuit.inputs)), row(targets, channels(circuit.outputs))];
      const fault = writer.keep('i32', op('call', '$advance', size, input, target, learn, step));
      writer.when(fault, () => {
        writer.do(op('return', i32.add(done, fault)));
      });
    });
    writer.when(learn, () => {
      writer.when(op('call', '$finish', step), () => {
        writer.do(op('return', timesteps));
      });
    });
    return i32.constant(0);
  });
}

function returnIfFaulty({ layout }: Kernel, writer: Writer, value: Expression): void {
  writer.when(op('v128.any_true', op('v128.load', `offset=${layout.fault}`, i32.constant(0))), () => {
    writer.do(op('return', value));
  });
}

/** Which readout weight is carried into which feedback weight, in the order of the actors. */
function carriedIn({ layout }: Kernel): Carried[] {
  const { bytes, frames, circuit } = layout;
  return layout.feedback.flatMap(({ feedback, weights }) =>
    transposedReadouts(circuit, feedback).flatMap((group) => {
      const { matrix } = layout.groups[group.index];
      const width = frames.rowBytes(feedback.to);
      return Array.from(group.pre, (pre, k): Carried => {
        const post = group.rowStart.findLastIndex((start) => start <= k);
        return [matrix.weights + matrix.packing.place[k] * bytes, weights + post * width + pre * bytes];
      });
    }),
  );
}

function isPlastic(group: GroupLayout): group is PlasticGroup {
  return group.plastic !== undefined;
}

/** How many numbers the task gives these populations in a timestep. */
export function channels(populations: readonly { readonly size: number }[]): number {
  return populations.reduce((sum, { size }) => sum + size, 0);
}
