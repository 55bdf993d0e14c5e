import { TIMESTEP } from './chance.ts';
import { returnIfFaulty } from './fault.ts';
import { FRAME, makeRoom, type Room } from './forward.ts';
import type { Kernel } from './kernel.ts';
import { i32, op, type Expression } from './wat.ts';
import { moved, type Writer } from './writer.ts';

/** What runs one timestep with stops in between: the very functions that run it without, called one by one. */
export interface Phases {
  /** From tick to compare, with this timestep's input and target; returns 1 if something stopped being finite. */
  compare(input: number, target: number): number;
  broadcast(): void;
  /** Learns, and applies at once where the schedule is `online`; returns 1 if something stopped being finite. */
  learn(divisor: number): number;
}

/** The functions' names. */
export const PHASES: readonly (keyof Phases)[] = ['compare', 'broadcast', 'learn'];

/** What differs from circuit to circuit. */
interface Parts {
  /** Brings the feedback weights after those that they follow: anew, for a stop may have changed those. */
  readonly carry: (writer: Writer) => void;
  readonly learn: (writer: Writer, frame: Expression, divisor: Expression) => void;
}

/** Writes the functions of `Phases`. */
export function writePhases(kernel: Kernel, room: Room, { carry, learn }: Parts): void {
  const { stride } = kernel.layout.frames;
  const frame = op('global.get', `$${FRAME}`);
  kernel.write('compare', 2, (writer, input, target) => {
    const last = writer.variable('i32', frame);
    if (room.count !== null) makeRoom(kernel, writer, room.first, room.count, last, i32.constant(stride));
    writer.do(op('global.set', `$${FRAME}`, moved(last.value, stride)));
    writer.do(op('global.set', `$${TIMESTEP}`, moved(op('global.get', `$${TIMESTEP}`), 1)));
    writer.call('sense', frame, input, target);
    returnIfFaulty(kernel, writer, i32.constant(1));
    return i32.constant(0);
  });
  kernel.write('broadcast', 0, (writer) => {
    carry(writer);
    writer.call('signal', frame);
  });
  kernel.write('learn', ['f64'], (writer, divisor) => {
    learn(writer, frame, divisor);
    returnIfFaulty(kernel, writer, i32.constant(1));
    return i32.constant(0);
  });
}
