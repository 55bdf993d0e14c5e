import { FIRST, type Kernel } from './kernel.ts';
import { VECTOR, type Lanes } from './lanes.ts';
import type { PlasticGroup } from './layout.ts';
import { rowRead, visitSynapses } from './synapses.ts';
import { clearMemory, f64, i32, op, type Expression } from './wat.ts';
import { moved, type Variable, type Writer } from './writer.ts';

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

/**
 * Writes `events_g()`: lists, for each axon of a group, the windows of the timesteps in which it brought something in this trial, by the shortest way;
 * gives back how many there are in all. And `learn_events_g()`, which learns from these alone: the same sums, but for what adds 0.
 */
export function writeEvents(kernel: Kernel, plastic: PlasticGroup): void {
  const { group, reads, listed } = plastic;
  if (!listed) return;
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
  /** Bytes of a list. */
  const roomOf = (writer: Writer) => writer.keep('i32', i32.shiftLeft(moved(writer.get('timestep'), longer), 2));
  const endOf = (writer: Writer) => writer.keep('i32', moved(writer.get('window'), frames.stride));
  kernel.write(`events_${group.index}`, 0, (writer) => {
    const lanes = kernel.lanes(writer);
    const all = writer.variable('i32', i32.constant(0));
    const [room, until] = [roomOf(writer), endOf(writer)];
    writer.do(clearMemory(counts, 4 * size));
    writer.sweep({ from: moved(FIRST, -longer * frames.stride), until, step: frames.stride }, (window) => {
      visitEvents(lanes, [writer.keep('i32', moved(window, frames.at(row, late)))], { size, bytes }, (at) => {
        const { counted, list } = listOf(at, room);
        const before = writer.keep('i32', i32.load(counted));
        writer.do(op('i32.store', i32.add(list, i32.shiftLeft(before, 2)), window));
        writer.do(count(counted, before));
        all.set(moved(all.value, 1));
      });
    });
    return all.value;
  });
  kernel.write(`learn_events_${group.index}`, 0, (writer) => {
    const room = roomOf(writer);
    const timesteps = writer.keep('i32', i32.subtract(endOf(writer), FIRST));
    visitSynapses(
      kernel,
      writer,
      plastic,
      (synapses) => {
        const { column } = synapses;
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
        writer.when(events, () => {
          const from = writer.keep('i32', list);
          const asked: readonly Variable[] = synapses.variables(plastic.asked);
          writer.sweep({ from, until: i32.add(from, i32.shiftLeft(events, 2)), step: 4 }, (event) => {
            const window = writer.keep('i32', i32.add(i32.load(event), later));
            const learn = () => {
              const changes = synapses.step(window, synapses.hold());
              asked.forEach((sum, k) => {
                sum.set(synapses.lanes.add(sum.value, changes[k]));
              });
            };
            if (longer === 0) learn();
            else writer.when(op('i32.lt_u', i32.subtract(window, FIRST), timesteps), learn);
          });
          synapses.store(plastic.asked, asked);
        });
      },
      { abreast: ABREAST, together: 1 },
    );
  });
}
