import { FIRST, type Kernel } from './kernel.ts';
import { VECTOR } from './lanes.ts';
import type { PlasticGroup } from './layout.ts';
import { applyNow, growsAtOnce, takingUp } from './learn.ts';
import { LINE } from './memory.ts';
import { range } from './packing.ts';
import { visitSynapses } from './synapses.ts';
import { f64, i32, op, type Expression } from './wat.ts';
import { moved, type Variable, type Writer } from './writer.ts';

/** Of fewer axons, none is looked for that is silent. */
export const FEW = 16;

/** Vectors side by side that go through the events of an axon together. */
const ABREAST = 4;

/** Bytes of an event in a list: its time, and from the eighth on what was brought. */
export const EVENT = 16;

/**
 * Writes `events_g()`: lists, for each axon of a group, the times at which it brought something in this trial, by the shortest way, and what that was;
 * gives back how many there are in all. And `learn_events_g(step)`, which learns from these alone: the same sums, but for what adds 0. Where weights grow
 * by them and nothing else happens, they are taken up there and then, and never are in memory.
 */
export function writeEvents(kernel: Kernel, plastic: PlasticGroup): void {
  const { group, listed, history } = plastic;
  if (!listed || !history) return;
  const { frames, bytes, kept } = kernel.layout;
  const size = group.from.size * bytes;
  const { counts, longer } = listed;
  const [{ row, late }] = history.moved ? [{ row: history.moved, late: 0 }] : history.ways;
  /** Of a neuron, by where its number is in a row: how many bytes its events take, and where their list begins. */
  const listOf = (at: Expression, room: Expression) => {
    const neuron = bytes === 8 ? i32.shiftRight(at, 3) : i32.shiftRight(at, 2);
    return {
      taken: moved(i32.shiftLeft(neuron, 2), counts),
      list: i32.add(op('global.get', '$events'), i32.multiply(neuron, room)),
    };
  };
  /** Bytes that a list may take. */
  const roomOf = (writer: Writer) =>
    writer.keep('i32', i32.multiply(moved(writer.get('timestep'), longer), i32.constant(EVENT)));
  const endOf = (writer: Writer) => writer.keep('i32', i32.multiply(writer.get('timestep'), i32.constant(LINE)));
  kernel.write(`events_${group.index}`, 0, (writer) => {
    const lanes = kernel.lanes(writer);
    const all = writer.variable('i32', i32.constant(0));
    const [room, end] = [roomOf(writer), endOf(writer)];
    /** Lists the events of the neurons of a line. */
    const list = (at: Expression, neurons: number) => {
      const line = writer.keep('i32', kept.place(row, at));
      const lists = range(neurons).map((k) => {
        const { taken, list } = listOf(moved(at, k * bytes), room);
        const begin = writer.keep('i32', list);
        return { taken, begin, next: writer.variable('i32', begin) };
      });
      writer.sweep({ from: i32.constant(-longer * LINE), until: end, step: LINE }, (time) => {
        const now = writer.keep('i32', i32.add(line, time));
        const vectors = range(Math.ceil((neurons * bytes) / VECTOR)).map((v) =>
          lanes.load(now, kept.late(late) + v * VECTOR),
        );
        writer.when(op('v128.any_true', vectors.reduce(lanes.or)), () => {
          lists.forEach(({ next }, k) => {
            const number = lanes.loadNumber(now, kept.late(late) + k * bytes);
            writer.when(op('f64.ne', number, f64.constant(0)), () => {
              writer.do(op('i32.store', next.value, time));
              lanes.storeNumber(next.value, 8, number);
              next.set(moved(next.value, EVENT));
            });
          });
        });
      });
      for (const { taken, begin, next } of lists) {
        const bytesTaken = writer.keep('i32', i32.subtract(next.value, begin));
        writer.do(op('i32.store', taken, bytesTaken));
        all.set(i32.add(all.value, bytesTaken));
      }
    };
    const rest = size % LINE;
    writer.sweep({ from: i32.constant(0), until: i32.constant(size - rest), step: LINE }, (at) => {
      list(at, LINE / bytes);
    });
    if (rest > 0) list(i32.constant(size - rest), rest / bytes);
    return i32.divide(all.value, i32.constant(EVENT));
  });
  kernel.write(`learn_events_${group.index}`, ['f64'], (writer, each) => {
    const vectors = kernel.lanes(writer);
    const taking = growsAtOnce(plastic) && {
      ...{ takeUp: takingUp(vectors, plastic), step: vectors.splat(each) },
      fault: writer.variable('v128', vectors.constant(0)),
    };
    const [room, end] = [roomOf(writer), endOf(writer)];
    visitSynapses(
      kernel,
      writer,
      plastic,
      (synapses) => {
        const { lanes } = synapses;
        const column = synapses.columnOf(0);
        // A way that takes longer finds its numbers that many frames before the shortest.
        const frame = i32.constant(frames.stride);
        const later =
          longer === 0
            ? i32.constant(0)
            : writer.keep('i32', i32.divide(i32.subtract(i32.constant(frames.stride - 1), column), frame));
        const { taken, list } = listOf(longer === 0 ? column : i32.add(column, i32.multiply(later, frame)), room);
        const events = writer.keep('i32', i32.load(taken));
        const sums = (): readonly Variable[] =>
          taking
            ? Array.from({ length: synapses.count }, () => writer.variable('v128', lanes.constant(0)))
            : synapses.variables(plastic.asked);
        const asked = taking && sums();
        writer.when(events, () => {
          const from = writer.keep('i32', list);
          const summed = asked || sums();
          const g = writer.keep('i32', kept.place(history.counts, synapses.row));
          const delay = writer.keep('i32', i32.multiply(later, i32.constant(LINE)));
          writer.sweep({ from, until: i32.add(from, events), step: EVENT }, (event) => {
            const time = i32.load(event);
            const learn = (at: Expression) => {
              const brought = lanes.loadSplat(event, 8);
              const now = writer.keep('i32', i32.add(g, at));
              summed.forEach((sum, v) => {
                sum.set(lanes.add(sum.value, lanes.multiply(lanes.load(now, kept.late(0) + v * VECTOR), brought)));
              });
            };
            if (longer === 0) learn(time);
            else {
              const arrives = writer.keep('i32', i32.add(time, delay));
              writer.when(op('i32.lt_u', arrives, end), () => {
                learn(arrives);
              });
            }
          });
          if (!asked) synapses.store(plastic.asked, summed);
        });
        if (taking && asked) {
          const changes = asked.map(({ value }) => value);
          applyNow(synapses, changes, FIRST, taking);
        }
      },
      { abreast: ABREAST, together: 1 },
    );
    if (taking) kernel.addFault(vectors, taking.fault.value);
  });
}
