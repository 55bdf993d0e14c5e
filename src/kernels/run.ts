import type { BuiltGroup, PhaseName, Step } from '../circuit/index.ts';
import { writeCarry } from './carry.ts';
import { channels } from './channels.ts';
import { writeCompute, writeScore, writeTotal } from './compute.ts';
import { FIRST, type Kernel } from './kernel.ts';
import type { Layout } from './layout.ts';
import { writeSumStep } from './sums.ts';
import { writeCompared, writeFirstSweep, writeLook, writeNextSweep } from './sweeps.ts';
import { copyMemory, f64, i32, op, type Expression, type Type } from './wat.ts';
import { moved, type Writer } from './writer.ts';

/** The phases after which all neurons have integrated; then errors come about, and are broadcast. */
const SENSING: readonly PhaseName[] = ['tick', 'transmit', 'integrate'];

/** What is passed on to whatever learns: whether to, and what changes are divided by, T/pace. */
const LEARN: readonly Type[] = ['i32', 'f64'];

/** What a learner does in a trial. */
export interface Learning {
  /** At the start of a trial. */
  readonly begin: (writer: Writer) => void;
  /** Where a group learns that learns at once, given the timestep's window. Absent: it learns nothing. */
  readonly atOnce?: (writer: Writer, group: BuiltGroup, window: Expression) => void;
  /** Before some timesteps are run that are learned from, given the window of the first. */
  readonly ahead?: (writer: Writer, first: Expression, divisor: Expression) => void;
  /** At the end of each timestep, given its window. */
  readonly each?: (writer: Writer, window: Expression, divisor: Expression) => void;
  /** When some timesteps were run, given the window of the first, and of the one after the last. */
  readonly all?: (writer: Writer, first: Expression, end: Expression) => void;
  /** What takes the place of all of these in a trial of one timestep. */
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
 * - `sense()` runs the next timestep up to its errors, `signal()` broadcasts them, `carry()` brings feedback weights after those that they follow
 * - where groups learn at once before the errors are known, `sense_0()`, `sense_1()` and so on do what `sense()` does, each up to the next such group
 * - `begin()` starts a trial
 * - `advance(count, learn, divisor)` runs timesteps; returns 1 in the first in which something stops being finite, else 0
 * - `finish(divisor)` ends a trial that learns; returns 1 if something has stopped being finite
 * - `trial(count, learn, divisor)` does all of this; of a circuit that repeats there is none, for nobody knows before how many sweeps there will be
 *
 * In a circuit that repeats, it is sweeps that these run, one after another: see sweeps.ts.
 *
 * @param frames How many there is room for; null: for those of the whole trial, however long.
 */
export function writeTrials(kernel: Kernel, frames: number | null, learning: Learning): void {
  writeTimestep(kernel, learning);
  kernel.write('begin', 0, (writer) => {
    writeStart(kernel, writer);
    learning.begin(writer);
    writer.call('carry');
  });
  writeAdvance(kernel, frames, learning);
  kernel.write('finish', ['f64'], (writer, divisor) => {
    learning.finish(writer, divisor);
    kernel.returnIfFaulty(writer);
    return i32.constant(0);
  });
  if (!kernel.layout.timestep.repeat)
    writeTrial(kernel, frames === null ? null : frames - kernel.layout.timestep.history, learning);
}

/** Writes a function for every step of a timestep that is not the synapses', and what calls them in their order. */
function writeTimestep(kernel: Kernel, { atOnce }: Learning): void {
  const { circuit, frames, timestep } = kernel.layout;
  const steps = timestep.steps.map((step, k) => ({ step, name: `${step.do}_${k}` }));
  for (const { step, name } of steps) writeStep(kernel, name, step);
  const early = atOnce ? earlyGroups(timestep) : [];
  const { repeat } = timestep;
  const parts: { readonly group?: BuiltGroup; readonly names: string[] }[] = [{ names: [] }];
  const comparing: string[] = [];
  for (const { step, name } of steps) {
    const group = step.do === 'learn' ? early.find((one) => one === step.group) : undefined;
    if (group) parts.push({ group, names: [] });
    else if (step.stage.phase === 'compare') comparing.push(name);
    else if (SENSING.includes(step.stage.phase)) parts.at(-1)?.names.push(name);
  }
  const runPart = (writer: Writer, k: number) => {
    const { group, names } = parts[k];
    if (k === 0) {
      writer.set('window', moved(writer.get('window'), frames.stride));
      writer.set('timestep', moved(writer.get('timestep'), 1));
      writer.set('scored', writer.get('score'));
      if (repeat) writeNextSweep(writer, repeat);
    }
    const window = writer.keep('i32', writer.get('window'));
    if (group) {
      writer.when(op('f64.ne', writer.get('pace'), f64.constant(0)), () => {
        atOnce?.(writer, group, window);
      });
    }
    for (const name of names) writer.call(name, window);
    if (k < parts.length - 1) return;
    const compare = () => {
      for (const name of comparing) writer.call(name, window);
    };
    if (repeat) {
      writeLook(kernel, writer, window, repeat);
      writeCompared(kernel, writer, compare);
      return;
    }
    compare();
    writer.set('input', moved(writer.get('input'), 8 * channels(circuit.inputs)));
    writer.set('target', moved(writer.get('target'), 8 * channels(circuit.outputs)));
  };
  if (parts.length > 1) {
    parts.forEach((_, k) => {
      kernel.write(`sense_${k}`, 0, (writer) => {
        runPart(writer, k);
      });
    });
  }
  kernel.write('sense', 0, (writer) => {
    if (parts.length === 1) runPart(writer, 0);
    else for (const k of parts.keys()) writer.call(`sense_${k}`);
  });
  // Weights that feedback follows may have changed in this timestep.
  const follows = steps.some(
    ({ step }) => step.do === 'carry' && step.feedback.carriage?.sources.some(({ group }) => group.atOnce),
  );
  kernel.write('signal', 0, (writer) => {
    const window = writer.keep('i32', writer.get('window'));
    for (const { step, name } of steps) {
      if (step.do !== 'carry') {
        if (step.stage.phase === 'broadcast') writer.call(name, window);
      } else if (follows) writer.call(name);
    }
  });
  kernel.write('carry', 0, (writer) => {
    for (const { step, name } of steps) if (step.do === 'carry') writer.call(name);
  });
}

/** The groups that learn at once before the errors are known, in their order. */
export function earlyGroups({ stages }: Layout['timestep']): readonly BuiltGroup[] {
  const compare = stages.findIndex(({ phase }) => phase === 'compare');
  return stages.slice(0, compare).flatMap(({ group }) => group ?? []);
}

function writeStep(kernel: Kernel, name: string, step: Step): void {
  switch (step.do) {
    case 'compute':
      writeCompute(kernel, name, step);
      break;
    case 'sum':
      writeSumStep(kernel, name, step);
      break;
    case 'total':
      writeTotal(kernel, name, step);
      break;
    case 'score':
      writeScore(kernel, name, step);
      break;
    case 'carry':
      writeCarry(kernel, name, step.feedback);
      break;
    case 'learn':
    case 'apply':
      // Several timesteps of these are done in one go: see learn.ts.
      break;
  }
}

/** Every neuron as it is before the first timestep, as far back as can be looked. */
function writeStart(kernel: Kernel, writer: Writer): void {
  const { layout } = kernel;
  const { frames } = layout;
  const address = i32.constant(layout.initial);
  writer.sweep({ from: FIRST, until: moved(FIRST, frames.past), step: frames.stride }, (frame) => {
    writer.do(copyMemory(frame, address, frames.stride));
  });
  kernel.lanes(writer).store(i32.constant(0), layout.fault, 0);
  writer.set('window', moved(FIRST, -frames.stride));
  writer.set('timestep', i32.constant(0));
  writer.set('score', op('f64.const', 0));
  writer.set('lagging', op('f64.const', 0));
  if (layout.timestep.repeat) writeFirstSweep(writer);
}

function writeAdvance(kernel: Kernel, room: number | null, { ahead, each, all }: Learning): void {
  const { stride } = kernel.layout.frames;
  kernel.write('advance', ['i32', ...LEARN], (writer, count, learn, divisor) => {
    const bytes = writer.keep('i32', i32.multiply(count, i32.constant(stride)));
    makeRoom(kernel, writer, room, bytes);
    const first = writer.keep('i32', moved(writer.get('window'), stride));
    const end = writer.keep('i32', i32.add(first, bytes));
    if (ahead) {
      writer.when(learn, () => {
        ahead(writer, first, divisor);
      });
    }
    writer.sweep({ from: first, until: end, step: stride }, (window) => {
      writer.call('sense');
      writer.call('signal');
      kernel.returnIfFaulty(writer);
      if (!each) return;
      writer.when(learn, () => {
        each(writer, window, divisor);
        kernel.returnIfFaulty(writer);
      });
    });
    if (all) {
      writer.when(learn, () => {
        all(writer, first, end);
        kernel.returnIfFaulty(writer);
      });
    }
    return i32.constant(0);
  });
}

/** Where no room is left for `bytes` bytes of frames, moves those that will still be looked back at to the front. */
export function makeRoom({ layout: { frames } }: Kernel, writer: Writer, room: number | null, bytes: Expression): void {
  if (room === null) return;
  const { stride, past } = frames;
  const last = moved(FIRST, (room - 1) * stride - past);
  writer.when(i32.greater(i32.add(writer.get('window'), bytes), last), () => {
    writer.do(copyMemory(FIRST, moved(writer.get('window'), stride), past));
    writer.set('window', moved(FIRST, -stride));
  });
}

/** `chunk`: how many timesteps are run at once; null: all. */
function writeTrial(kernel: Kernel, chunk: number | null, { once }: Learning): void {
  kernel.write('trial', ['i32', ...LEARN], (writer, count, learn, divisor) => {
    if (once) {
      writer.when(op('i32.eq', count, i32.constant(1)), () => {
        writeStart(kernel, writer);
        once.begin(writer);
        writer.call('carry');
        writer.call('sense');
        writer.call('signal');
        kernel.returnIfFaulty(writer);
        writer.when(learn, () => {
          once.learn(writer, writer.get('window'), divisor);
          kernel.returnIfFaulty(writer);
        });
        writer.do(op('return', i32.constant(0)));
      });
    }
    const run = (size: Expression) => {
      writer.when(op('call', '$advance', size, learn, divisor), () => {
        writer.do(op('return', i32.constant(1)));
      });
    };
    writer.call('begin');
    if (chunk === null) run(count);
    else {
      writer.sweep({ from: i32.constant(0), until: count, step: chunk }, (done) => {
        const left = writer.keep('i32', i32.subtract(count, done));
        run(op('select', left, i32.constant(chunk), i32.less(left, i32.constant(chunk))));
      });
    }
    writer.when(learn, () => {
      writer.do(op('return', op('call', '$finish', divisor)));
    });
    return i32.constant(0);
  });
}
