import type { LearningOptions } from '../circuit/index.ts';
import { writeCarry } from './carry.ts';
import { returnIfFaulty } from './fault.ts';
import { writeAdvance, writeForward, type Room } from './forward.ts';
import type { Kernel } from './kernel.ts';
import { plasticGroups, stepOf, writeApply, writeBegin, writeLearn, writeLearnAndApply } from './learn.ts';
import { writePhases } from './phases.ts';
import { i32, type Expression } from './wat.ts';
import { moved, type Writer } from './writer.ts';

/** Writes what runs trials of a circuit that learns by its own rules. */
export function writeLocal(kernel: Kernel, room: Room, { schedule }: LearningOptions): void {
  const { layout } = kernel;
  writeForward(kernel, room);
  const carry = writeCarry(kernel);
  const plastic = plasticGroups(layout);
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
    carry(writer);
  });
  const learnOnce = (writer: Writer, frame: Expression, divisor: Expression) => {
    for (const group of plastic) {
      const { index } = group.group;
      if (schedule === 'online') writer.call(`learn_apply_${index}`, frame, stepOf(group, divisor));
      else writer.call(`learn_${index}`, frame, moved(frame, layout.frames.stride));
    }
  };
  writePhases(kernel, room, { carry, learn: learnOnce });
  if (schedule === 'online') {
    writeAdvance(kernel, room, {
      each: (writer, frame, divisor) => {
        learnOnce(writer, frame, divisor);
        carry(writer);
      },
    });
  } else {
    writeAdvance(kernel, room, {
      all: (writer, begin, end) => {
        for (const { group } of plastic) writer.call(`learn_${group.index}`, begin, end);
      },
    });
  }
  kernel.write('finish', ['f64'], (writer, divisor) => {
    if (schedule === 'trial') {
      for (const group of plastic) writer.call(`apply_${group.group.index}`, stepOf(group, divisor));
    }
    returnIfFaulty(kernel, writer, i32.constant(1));
    return i32.constant(0);
  });
}
