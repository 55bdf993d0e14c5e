import { FIRST, type Kernel } from './kernel.ts';
import { VECTOR, type Lanes } from './lanes.ts';
import type { PlasticGroup } from './layout.ts';
import { rowRead, visitSynapses } from './synapses.ts';
import { clearMemory, f64, i32, op, type Expression } from './wat.ts';
import { moved, type Variable } from './writer.ts';

/** Vectors side by side that go through the events of an axon together. */
const ABREAST = 4;

/** Visits the numbers of a row that are not 0, in their order, given where each is, bytes from the row's first. */
export function visitEvents(
  lanes: Lanes,
  row: Expression,
  { size, bytes }: { readonly size: number; readonly bytes: 4 | 8 },
  visit: (at: Expression) => void,
): void {
  const { writer } = lanes;
  const one = (at: Expression) => {
    const number = lanes.loadNumber(writer.keep('i32', i32.add(row, at)), 0);
    writer.when(op('f64.ne', number, f64.constant(0)), () => {
      visit(at);
    });
  };
  const whole = size * bytes - ((size * bytes) % VECTOR);
  writer.sweep({ from: i32.constant(0), until: i32.constant(whole), step: VECTOR }, (at) => {
    const vector = lanes.load(writer.keep('i32', i32.add(row, at)), 0);
    writer.when(op('v128.any_true', vector), () => {
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
 * Writes `events_g()`: lists, for each axon of a group, the windows of the timesteps in which it brought something in this trial; gives back how
 * many there are in all. And `learn_events_g()`, which learns from these alone: the same sums, but for what adds 0.
 */
export function writeEvents(kernel: Kernel, plastic: PlasticGroup): void {
  const { group, reads, counts } = plastic;
  if (counts === undefined) return;
  const { frames, bytes } = kernel.layout;
  const { size } = group.from;
  const { row, late } = rowRead(reads, 'brought');
  /** Of a column, by where its number is in a row: how many events it has, and where their list begins. */
  const listOf = (at: Expression, room: Expression) => {
    const column = bytes === 8 ? i32.shiftRight(at, 3) : i32.shiftRight(at, 2);
    return {
      counted: moved(i32.shiftLeft(column, 2), counts),
      list: i32.add(op('global.get', '$events'), i32.multiply(column, room)),
    };
  };
  kernel.write(`events_${group.index}`, 0, (writer) => {
    const lanes = kernel.lanes(writer);
    const all = writer.variable('i32', i32.constant(0));
    const room = writer.keep('i32', i32.shiftLeft(writer.get('timestep'), 2));
    const end = writer.keep('i32', moved(writer.get('window'), frames.stride));
    writer.do(clearMemory(counts, 4 * size));
    writer.sweep({ from: FIRST, until: end, step: frames.stride }, (window) => {
      visitEvents(lanes, writer.keep('i32', moved(window, frames.at(row, late))), { size, bytes }, (at) => {
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
    const room = writer.keep('i32', i32.shiftLeft(writer.get('timestep'), 2));
    visitSynapses(
      kernel,
      writer,
      plastic,
      (synapses) => {
        const { counted, list } = listOf(synapses.column, room);
        const events = writer.keep('i32', i32.load(counted));
        writer.when(events, () => {
          const from = writer.keep('i32', list);
          const asked: readonly Variable[] = synapses.variables(plastic.asked);
          writer.sweep({ from, until: i32.add(from, i32.shiftLeft(events, 2)), step: 4 }, (event) => {
            const changes = synapses.step(writer.keep('i32', i32.load(event)), synapses.hold());
            asked.forEach((sum, k) => {
              sum.set(synapses.lanes.add(sum.value, changes[k]));
            });
          });
          synapses.store(plastic.asked, asked);
        });
      },
      { abreast: ABREAST, together: 1 },
    );
  });
}
