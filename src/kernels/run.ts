import { looks, type BuiltGroup, type PhaseName, type Step } from '../circuit/index.ts';
import { writeCarry } from './carry.ts';
import { writeCompute, writeScore, writeTotal } from './compute.ts';
import { FIRST, type Kernel } from './kernel.ts';
import type { Layout } from './layout.ts';
import { writeSumStep } from './sums.ts';
import { writeCompared, writeFirstSweep, writeLook, writeNextSweep } from './sweeps.ts';
import { copyMemory, f64, i32, op, type Expression, type Type } from './wat.ts';
import { moved, type Writer } from './writer.ts';

/** The phases after which all neurons have integrated; then errors are computed and broadcast. */
const SENSING: readonly PhaseName[] = ['tick', 'transmit', 'integrate'];

/** The parameters of learning: whether to learn, and what changes are divided by, T/pace. */
const LEARN: readonly Type[] = ['i32', 'f64'];

/** What a learner does in a trial. */
export interface Learning {
  /** At the start of a trial. */
  readonly begin: (writer: Writer) => void;
  /** How a group that learns at once learns, given the timestep's window. Absent: it does not learn. */
  readonly atOnce?: (writer: Writer, group: BuiltGroup, window: Expression) => void;
  /** Before some timesteps that are learned from are run, given the window of the first. */
  readonly ahead?: (writer: Writer, first: Expression, divisor: Expression) => void;
  /** At the end of each timestep, given its window. */
  readonly each?: (writer: Writer, window: Expression, divisor: Expression) => void;
  /** After some timesteps were run, given the window of the first and that after the last. */
  readonly all?: (writer: Writer, first: Expression, end: Expression) => void;
  /** What replaces all of these in a trial of one timestep. */
  readonly once?: {
    readonly begin: (writer: Writer) => void;
    readonly learn: (writer: Writer, window: Expression, divisor: Expression) => void;
  };
  /** At the end of the trial. */
  readonly finish: (writer: Writer, divisor: Expression) => void;
}

/**
 * Writes what runs trials:
 *
 * - `sense_0()`, `sense_1()` and so on run the next timestep up to its errors: each up to the next group that learns at once before errors are known
 * - `signal()` broadcasts the errors, `carry()` updates feedback weights from those that they follow
 * - `begin()` starts a trial, `room(count)` makes room for `count` timesteps
 * - `advance(count, learn, divisor)` runs timesteps; returns 1 in the first in which something stops being finite, else 0
 * - `finish(divisor)` ends a trial that learns; returns 1 if something has stopped being finite
 * - `once(learn, divisor)` does all of this in a trial of one timestep
 *
 * In a circuit that repeats, these run sweeps, one after another: see sweeps.ts.
 *
 * @param frames The number of frames that there is room for; null: for the whole trial, however long.
 */
export function writeTrials(kernel: Kernel, frames: number | null, learning: Learning): void {
  const parts = writeTimestep(kernel, learning);
  kernel.write('begin', 0, (writer) => {
    writeInitial(kernel, writer);
    writeStart(kernel, writer);
    learning.begin(writer);
    writer.call('carry');
  });
  writeRoom(kernel, frames);
  const sense = (writer: Writer) => {
    for (let k = 0; k < parts; k++) writer.call(`sense_${k}`);
    writer.call('signal');
    kernel.returnIfFaulty(writer);
  };
  writeAdvance(kernel, sense, learning);
  kernel.write('finish', ['f64'], (writer, divisor) => {
    learning.finish(writer, divisor);
    return kernel.faulty;
  });
  const { once } = learning;
  if (!once) return;
  kernel.write('once', LEARN, (writer, learn, divisor) => {
    if (looksBack(kernel.layout.timestep)) writeInitial(kernel, writer);
    writeStart(kernel, writer);
    once.begin(writer);
    writer.call('carry');
    sense(writer);
    writer.when(learn, () => {
      once.learn(writer, writer.get('window'), divisor);
    });
    return kernel.faulty;
  });
}

/** Writes a function for every step of a timestep but those of synapses, and functions that call these. Returns the number of `sense` functions. */
function writeTimestep(kernel: Kernel, { atOnce }: Learning): number {
  const { frames, timestep } = kernel.layout;
  const { repeat } = timestep;
  const steps = timestep.steps.map((step, k) => ({ step, name: `${step.do}_${k}` }));
  for (const { step, name } of steps) writeStep(kernel, name, step);
  const call = (writer: Writer, window: Expression, which: (step: Step) => boolean) => {
    for (const { step, name } of steps) if (which(step)) writer.call(name, window);
  };
  const early = atOnce ? earlyGroups(timestep) : [];
  const begins = early.map((group) => timestep.steps.findIndex((step) => step.do === 'learn' && step.group === group));
  const until = [...begins, steps.length];
  until.forEach((end, part) => {
    const sensed = timestep.steps.slice(begins[part - 1], end).filter(({ stage }) => SENSING.includes(stage.phase));
    kernel.write(`sense_${part}`, 0, (writer) => {
      if (part === 0) {
        writer.set('window', moved(writer.get('window'), frames.stride));
        writer.set('timestep', moved(writer.get('timestep'), 1));
        writer.set('scored', writer.get('score'));
        if (repeat) writeNextSweep(writer, repeat);
      }
      const window = writer.keep('i32', writer.get('window'));
      writer.when(op('f64.ne', writer.get('pace'), f64.constant(0)), () => {
        if (part > 0) atOnce?.(writer, early[part - 1], window);
      });
      call(writer, window, (step) => sensed.includes(step));
      if (part < early.length) return;
      if (repeat) writeLook(kernel, writer, window, repeat);
      writeCompared(kernel, writer, () => {
        call(writer, window, ({ stage }) => stage.phase === 'compare');
      });
    });
  });
  // Weights that feedback follows may change within a timestep.
  const follows = timestep.steps.some(
    (step) => step.do === 'carry' && step.feedback.carriage?.sources.some(({ group }) => group.atOnce),
  );
  kernel.write('signal', 0, (writer) => {
    const window = writer.keep('i32', writer.get('window'));
    call(writer, window, (step) => (step.do === 'carry' ? follows : step.stage.phase === 'broadcast'));
  });
  kernel.write('carry', 0, (writer) => {
    call(writer, writer.get('window'), (step) => step.do === 'carry');
  });
  return until.length;
}

/** The groups that learn at once before the errors are known, in their order. */
export function earlyGroups({ stages }: Layout['timestep']): readonly BuiltGroup[] {
  const compare = stages.findIndex(({ phase }) => phase === 'compare');
  return stages.slice(0, compare).flatMap(({ group }) => group ?? []);
}

/** Steps of synapses are done for several timesteps together: see learn.ts. */
function writeStep(kernel: Kernel, name: string, step: Step): void {
  if (step.do === 'compute') writeCompute(kernel, name, step);
  else if (step.do === 'sum') writeSumStep(kernel, name, step);
  else if (step.do === 'total') writeTotal(kernel, name, step);
  else if (step.do === 'score') writeScore(kernel, name, step);
  else if (step.do === 'carry') writeCarry(kernel, name, step.feedback);
}

/** Sets every neuron to its state before the first timestep, as far back as anything is read. */
function writeInitial(kernel: Kernel, writer: Writer): void {
  const { initial, frames } = kernel.layout;
  const address = i32.constant(initial);
  writer.sweep({ from: FIRST, until: moved(FIRST, frames.past), step: frames.stride }, (frame) => {
    writer.do(copyMemory(frame, address, frames.stride));
  });
}

function writeStart(kernel: Kernel, writer: Writer): void {
  const { fault, frames, timestep } = kernel.layout;
  kernel.lanes(writer).store(i32.constant(0), fault, 0);
  writer.set('window', moved(FIRST, -frames.stride));
  writer.set('timestep', i32.constant(0));
  writer.set('score', op('f64.const', 0));
  writer.set('lagging', op('f64.const', 0));
  if (timestep.repeat) writeFirstSweep(writer);
}

function looksBack({ steps }: Layout['timestep']): boolean {
  return steps.flatMap(looks).some(({ late }) => late > 0);
}

function writeAdvance(kernel: Kernel, sense: (writer: Writer) => void, { ahead, each, all }: Learning): void {
  const { stride } = kernel.layout.frames;
  kernel.write('advance', ['i32', ...LEARN], (writer, count, learn, divisor) => {
    writer.call('room', count);
    const first = writer.keep('i32', moved(writer.get('window'), stride));
    const end = writer.keep('i32', i32.add(first, i32.multiply(count, i32.constant(stride))));
    writer.when(learn, () => {
      ahead?.(writer, first, divisor);
    });
    writer.sweep({ from: first, until: end, step: stride }, (window) => {
      sense(writer);
      writer.when(learn, () => {
        if (!each) return;
        each(writer, window, divisor);
        kernel.returnIfFaulty(writer);
      });
    });
    writer.when(learn, () => {
      all?.(writer, first, end);
    });
    return kernel.faulty;
  });
}

/** If no room is left, the frames that will still be looked back at are moved to the front. */
function writeRoom(kernel: Kernel, frames: number | null): void {
  const { stride, past } = kernel.layout.frames;
  kernel.write('room', ['i32'], (writer, count) => {
    if (frames === null) return;
    const last = moved(FIRST, (frames - 1) * stride - past);
    const until = i32.add(writer.get('window'), i32.multiply(count, i32.constant(stride)));
    writer.when(i32.less(last, until), () => {
      writer.do(copyMemory(FIRST, moved(writer.get('window'), stride), past));
      writer.set('window', moved(FIRST, -stride));
    });
  });
}
