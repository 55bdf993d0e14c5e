import { FIRST, type Kernel } from './kernel.ts';
import { VECTOR, type Lanes } from './lanes.ts';
import type { PlasticGroup } from './layout.ts';
import { applyNow, growsAtOnce, takingUp } from './learn.ts';
import { rowRead, visitSynapses } from './synapses.ts';
import { clearMemory, f64, i32, op, type Expression } from './wat.ts';
import { moved, type Variable, type Writer } from './writer.ts';

/** Of fewer axons, none is looked for that is silent. */
export const FEW = 16;

/** Vectors side by side that go through the events of an axon together. */
const ABREAST = 4;

/** Numbers of neurons, one for each, and how they lie in memory. */
interface Neurons {
  readonly size: number;
  readonly bytes: 4 | 8;
}

/** Visits the numbers of some rows that are not 0, neuron after neuron, given where each is, bytes from its row's first, and which row it is of. */
export function visitEvents(
  lanes: Lanes,
  rows: readonly Expression[],
  { size, bytes }: Neurons,
  visit: (at: Expression, row: number) => void,
): void {
  const { writer } = lanes;
  const one = (at: Expression) => {
    rows.forEach((row, k) => {
      const number = lanes.loadNumber(writer.keep('i32', i32.add(row, at)), 0);
      writer.when(op('f64.ne', number, f64.constant(0)), () => {
        visit(at, k);
      });
    });
  };
  const whole = size * bytes - ((size * bytes) % VECTOR);
  writer.sweep({ from: i32.constant(0), until: i32.constant(whole), step: VECTOR }, (at) => {
    const vectors = rows.map((row) => lanes.load(writer.keep('i32', i32.add(row, at)), 0));
    writer.when(op('v128.any_true', vectors.reduce(lanes.or)), () => {
      for (let lane = 0; lane < VECTOR; lane += bytes) one(writer.keep('i32', moved(at, lane)));
    });
  });
  writer.sweep({ from: i32.constant(whole), until: i32.constant(size * bytes), step: bytes }, one);
}

/** Counts one more at an address. */
function count(address: Expression, before: Expression): Expression {
  return op('i32.store', address, moved(before, 1));
}

/** Bytes of an event in a list: its window, and from the eighth on what was brought. */
export const EVENT = 16;

/**
 * Writes `events_g()`: lists, for each axon of a group, the windows of the timesteps in which it brought something in this trial, by the shortest way,
 * and what that was; gives back how many there are in all. And `learn_events_g(step)`, which learns from these alone: the same sums, but for what adds 0.
 * Where weights grow by them and nothing else happens, they are taken up there and then, and never are in memory.
 */
export function writeEvents(kernel: Kernel, plastic: PlasticGroup): void {
  const { group, reads, listed, history } = plastic;
  if (!listed || !history) return;
  const { frames, bytes } = kernel.layout;
  const { size } = group.from;
  const { counts, longer } = listed;
  const { row, late } = rowRead(reads, 'brought');
  /** Of a neuron, by where its number is in a row: how many events it has, and where their list begins. */
  const listOf = (at: Expression, room: Expression) => {
    const neuron = bytes === 8 ? i32.shiftRight(at, 3) : i32.shiftRight(at, 2);
    return {
      counted: moved(i32.shiftLeft(neuron, 2), counts),
      list: i32.add(op('global.get', '$events'), i32.multiply(neuron, room)),
    };
  };
  /** Bytes of a list, and of some events. */
  const roomOf = (writer: Writer) => writer.keep('i32', bytesOf(moved(writer.get('timestep'), longer)));
  const bytesOf = (events: Expression) => i32.multiply(events, i32.constant(EVENT));
  const endOf = (writer: Writer) => writer.keep('i32', moved(writer.get('window'), frames.stride));
  kernel.write(`events_${group.index}`, 0, (writer) => {
    const lanes = kernel.lanes(writer);
    const all = writer.variable('i32', i32.constant(0));
    const [room, until] = [roomOf(writer), endOf(writer)];
    writer.do(clearMemory(counts, 4 * size));
    writer.sweep({ from: moved(FIRST, -longer * frames.stride), until, step: frames.stride }, (window) => {
      const brought = writer.keep('i32', moved(window, frames.at(row, late)));
      visitEvents(lanes, [brought], { size, bytes }, (at) => {
        const { counted, list } = listOf(at, room);
        const before = writer.keep('i32', i32.load(counted));
        const event = writer.keep('i32', i32.add(list, bytesOf(before)));
        writer.do(op('i32.store', event, window));
        lanes.storeNumber(event, 8, lanes.loadNumber(writer.keep('i32', i32.add(brought, at)), 0));
        writer.do(count(counted, before));
        all.set(moved(all.value, 1));
      });
    });
    return all.value;
  });
  kernel.write(`learn_events_${group.index}`, ['f64'], (writer, each) => {
    const vectors = kernel.lanes(writer);
    const taking = growsAtOnce(plastic) && {
      ...{ takeUp: takingUp(vectors, plastic), step: vectors.splat(each) },
      fault: writer.variable('v128', vectors.constant(0)),
    };
    const room = roomOf(writer);
    const timesteps = writer.keep('i32', i32.subtract(endOf(writer), FIRST));
    visitSynapses(
      kernel,
      writer,
      plastic,
      (synapses) => {
        const { column, lanes } = synapses;
        // A way that takes longer finds its numbers that many frames before the shortest.
        const frame = i32.constant(frames.stride);
        const later = writer.keep(
          'i32',
          longer === 0
            ? i32.constant(0)
            : i32.multiply(i32.divide(i32.subtract(i32.constant(frames.stride - 1), column), frame), frame),
        );
        const { counted, list } = listOf(i32.add(column, later), room);
        const events = writer.keep('i32', i32.load(counted));
        const sums = (): readonly Variable[] =>
          taking
            ? Array.from({ length: synapses.count }, () => writer.variable('v128', lanes.constant(0)))
            : synapses.variables(plastic.asked);
        const asked = taking && sums();
        writer.when(events, () => {
          const from = writer.keep('i32', list);
          const summed = asked || sums();
          writer.sweep({ from, until: i32.add(from, bytesOf(events)), step: EVENT }, (event) => {
            const window = writer.keep('i32', i32.add(i32.load(event), later));
            const learn = () => {
              const brought = lanes.loadSplat(event, 8);
              const g = synapses.posts(window, frames.at(history.counts));
              summed.forEach((sum, k) => {
                sum.set(lanes.add(sum.value, lanes.multiply(g[k], brought)));
              });
            };
            if (longer === 0) learn();
            else writer.when(op('i32.lt_u', i32.subtract(window, FIRST), timesteps), learn);
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
