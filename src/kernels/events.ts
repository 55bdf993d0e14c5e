import type { Brought, HistoryRows } from './history-rows.ts';
import type { Kernel } from './kernel.ts';
import { VECTOR } from './lanes.ts';
import type { PlasticGroup } from './layout.ts';
import { LINE } from './memory.ts';
import { range } from './packing.ts';
import { f64, i32, op, type Expression } from './wat.ts';
import { moved, type Writer } from './writer.ts';

/** If there are fewer axons, silent ones are not looked for. */
export const FEW = 16;

/** Bytes of an event in its list: its time. What was brought, 8 bytes, is in a separate list in the same order. */
export const EVENT = 4;
const NUMBER = 8;

/** The most bytes of lists of `events` events: the time of each, what it brought, and the timesteps with an event from any neuron of a line. */
export function roomOfEvents(events: number, axons: number): number {
  return events * (EVENT + NUMBER) + (events / axons) * EVENT;
}

/** Where the lists of a group are in a trial. */
export interface EventPlaces {
  /** What was brought in the first event, and its time. */
  readonly numbers: Expression;
  readonly times: Expression;
  /** What was brought in an event, given the address of its time. */
  readonly numberOf: (time: Expression) => Expression;
}

export function placesOfEvents(
  writer: Writer,
  { group, listed }: Pick<PlasticGroup, 'group' | 'listed'>,
): EventPlaces & { readonly scratch: Expression } {
  const timesteps = moved(writer.get('timestep'), listed?.longer ?? 0);
  const most = writer.keep('i32', i32.multiply(timesteps, i32.constant(group.from.size)));
  const numbers = writer.keep('i32', writer.get('events'));
  const times = writer.keep('i32', i32.add(numbers, i32.multiply(most, i32.constant(NUMBER))));
  const scratch = writer.keep('i32', i32.add(times, i32.multiply(most, i32.constant(EVENT))));
  const ahead = writer.keep('i32', i32.subtract(numbers, i32.shiftLeft(times, 1)));
  return { numbers, times, scratch, numberOf: (time) => i32.add(i32.shiftLeft(time, 1), ahead) };
}

/** The row that counts as brought, and its delay. */
export function broughtRow({ moved: moves, ways }: HistoryRows): Brought {
  return moves ? { row: moves, late: 0 } : ways[0];
}

/**
 * Writes `events_g()`: lists, axon after axon, the times at which it brought something in this trial by the shortest way, and what that was; returns
 * the total number. Without a branch for each number, because events may be at random places.
 */
export function writeEvents(kernel: Kernel, plastic: PlasticGroup): void {
  const { group, listed, history } = plastic;
  if (!listed || !history) return;
  const { bytes, kept } = kernel.layout;
  const size = group.from.size * bytes;
  const { row, late } = broughtRow(history);
  kernel.write(`events_${group.index}`, 0, (writer) => {
    const lanes = kernel.lanes(writer);
    const { times, scratch, numberOf } = placesOfEvents(writer, plastic);
    const end = writer.keep('i32', i32.multiply(writer.get('timestep'), i32.constant(LINE)));
    const next = writer.variable('i32', times);
    const areGraded = writer.variable('i32', i32.constant(0));
    const start = writer.variable('i32', i32.constant(listed.starts));
    const begin = () => {
      writer.do(op('i32.store', start.value, next.value));
      start.set(moved(start.value, 4));
    };
    /** Lists the events of the neurons of a line. */
    const list = (at: Expression, neurons: number) => {
      const line = writer.keep('i32', kept.place(row, at));
      const found = writer.variable('i32', scratch);
      writer.sweep({ from: i32.constant(-listed.longer * LINE), until: end, step: LINE }, (time) => {
        const now = writer.keep('i32', i32.add(line, time));
        const vectors = range(Math.ceil((neurons * bytes) / VECTOR)).map((v) =>
          lanes.load(now, kept.late(late) + v * VECTOR),
        );
        writer.do(op('i32.store', found.value, time));
        found.set(i32.add(found.value, i32.shiftLeft(op('v128.any_true', vectors.reduce(lanes.or)), 2)));
      });
      for (const k of range(neurons)) {
        begin();
        writer.sweep({ from: scratch, until: found.value, step: 4 }, (one) => {
          const time = writer.keep('i32', i32.load(one));
          const now = writer.keep('i32', i32.add(line, time));
          const number = writer.keep('f64', lanes.loadNumber(now, kept.late(late) + k * bytes));
          writer.do(op('i32.store', next.value, time));
          writer.do(op('f64.store', numberOf(next.value), number));
          next.set(i32.add(next.value, i32.shiftLeft(op('f64.ne', number, f64.constant(0)), 2)));
          // x (x - 1) is 0 only for 0 and 1.
          const other = f64.multiply(number, f64.add(number, f64.constant(-1)));
          areGraded.set(i32.or(areGraded.value, op('f64.ne', other, f64.constant(0))));
        });
      }
    };
    const rest = size % LINE;
    writer.sweep({ from: i32.constant(0), until: i32.constant(size - rest), step: LINE }, (at) => {
      list(at, LINE / bytes);
    });
    if (rest > 0) list(i32.constant(size - rest), rest / bytes);
    begin();
    writer.do(op('i32.store', `offset=${listed.graded}`, i32.constant(0), areGraded.value));
    return i32.shiftRight(i32.subtract(next.value, times), 2);
  });
}
