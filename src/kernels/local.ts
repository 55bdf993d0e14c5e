import type { LearningOptions } from '../circuit/index.ts';
import type { Kernel } from './kernel.ts';
import { stepOf, writeApply, writeBegin, writeLearn, writeLearnAndApply } from './learn.ts';
import { makeRoom, writeTrials } from './run.ts';
import { i32, type Expression } from './wat.ts';
import { moved, type Writer } from './writer.ts';

/** What runs one timestep with stops in between: the very functions that run it without, called one by one. */
export interface Phases {
  /** From tick to compare; returns 1 if something stopped being finite. */
  compare(): number;
  broadcast(): void;
  /** Learns, and applies at once where the schedule is `online`; returns 1 if something stopped being finite. */
  learn(divisor: number): number;
}

/** The functions' names. */
export const PHASES: readonly (keyof Phases)[] = ['compare', 'broadcast', 'learn'];

/** Writes what runs trials of a circuit that learns by its own rules, in one go or with stops. `frames`: how many there is room for. */
export function writeLocal(kernel: Kernel, frames: number | null, { schedule }: LearningOptions): void {
  const {
    plastic,
    frames: { stride },
  } = kernel.layout;
  const online = schedule === 'online';
  for (const group of plastic) {
    writeBegin(kernel, group);
    if (online) writeLearnAndApply(kernel, group);
    else {
      writeLearn(kernel, group);
      writeApply(kernel, group);
    }
  }
  const learnAll = (writer: Writer, first: Expression, end: Expression) => {
    for (const { group } of plastic) writer.call(`learn_${group.index}`, first, end);
  };
  const learnAndApply = (writer: Writer, window: Expression, divisor: Expression) => {
    for (const group of plastic) writer.call(`learn_apply_${group.group.index}`, window, stepOf(group, divisor));
  };
  writeTrials(kernel, frames, {
    begin: (writer) => {
      for (const { group } of plastic) writer.call(`begin_${group.index}`);
    },
    ...(online
      ? {
          each: (writer, window, divisor) => {
            learnAndApply(writer, window, divisor);
            writer.call('carry');
          },
        }
      : { all: learnAll }),
    finish: (writer, divisor) => {
      if (online) return;
      for (const group of plastic) writer.call(`apply_${group.group.index}`, stepOf(group, divisor));
    },
  });

  kernel.write('compare', 0, (writer) => {
    makeRoom(kernel, writer, frames, i32.constant(stride));
    writer.call('sense');
    kernel.returnIfFaulty(writer);
    return i32.constant(0);
  });
  kernel.write('broadcast', 0, (writer) => {
    // A stop may have changed the weights that feedback follows.
    writer.call('carry');
    writer.call('signal');
  });
  kernel.write('learn', ['f64'], (writer, divisor) => {
    const window = writer.keep('i32', writer.get('window'));
    if (online) learnAndApply(writer, window, divisor);
    else learnAll(writer, window, moved(window, stride));
    kernel.returnIfFaulty(writer);
    return i32.constant(0);
  });
}
