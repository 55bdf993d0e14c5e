import { broughtRow } from './events.ts';
import { FIRST, type Kernel } from './kernel.ts';
import { VECTOR } from './lanes.ts';
import type { PlasticGroup } from './layout.ts';
import { applyNow, growsAtOnce, takingUp } from './learn.ts';
import { LINE } from './memory.ts';
import { range } from './packing.ts';
import { visitSynapses, type Synapses } from './synapses.ts';
import { i32, op, type Expression } from './wat.ts';
import { memo, type Writer } from './writer.ts';

/** Vectors in parallel, and entries together: as many sums as registers hold. The entries of a dense part are then in one line. */
const TILE = { abreast: 2, together: 4 };

/**
 * Writes `learn_g(from, until, step, isWhole)`: every synapse of a group that learns by history sums up how much an event counts times what was
 * brought, in the timesteps of the times from .. until (exclusive): a product of two matrices, in blocks. Each sum runs by ascending time. `isWhole`:
 * these are all timesteps of the trial, and `step` times the sums is added to the weights, so that the sums are never in memory.
 */
export function writeProduct(kernel: Kernel, plastic: PlasticGroup): void {
  const { group, history } = plastic;
  if (!history) return;
  const { kept } = kernel.layout;
  kernel.write(`learn_${group.index}`, ['i32', 'i32', 'f64', 'i32'], (writer, from, until, each, isWhole) => {
    const vectors = kernel.lanes(writer);
    const grows = growsAtOnce(plastic);
    const takeUp = takingUp(vectors, plastic);
    const isPart = grows ? op('i32.eqz', isWhole) : i32.constant(1);
    visitSynapses(
      kernel,
      writer,
      plastic,
      (synapses) => {
        const { lanes, block } = synapses;
        const g = writer.keep('i32', kept.place(history.counts, synapses.row));
        const places = broughtPlaces(kernel, writer, plastic, synapses);
        const ahead = memo((pointer: Expression) => writer.keep('i32', i32.subtract(pointer, g)));
        for (const { pointer } of places) ahead(pointer);
        const sums = range(synapses.count).map(() => writer.variable('v128', lanes.constant(0)));
        writer.when(isPart, () => {
          sums.forEach((sum, k) => {
            sum.set(synapses.vector(k).load(plastic.asked));
          });
        });
        const [first, end] = [from, until].map((time) => i32.add(g, time));
        writer.sweep({ from: first, until: end, step: LINE }, (now) => {
          const counts = range(block.vectors).map((v) => lanes.load(now, kept.late(0) + v * VECTOR));
          const then = memo((pointer: Expression) => writer.keep('i32', i32.add(now, ahead(pointer))));
          places.forEach(({ pointer, offset }, entry) => {
            const brought = lanes.loadSplat(then(pointer), offset);
            counts.forEach((count, v) => {
              const sum = sums[entry * block.vectors + v];
              sum.set(lanes.add(sum.value, lanes.multiply(count, brought)));
            });
          });
        });
        writer.when(isPart, () => {
          synapses.store(plastic.asked, sums);
        });
        if (!grows) return;
        writer.when(isWhole, () => {
          const changes = sums.map(({ value }) => value);
          // One sum for each block: there is no register for a sum over all blocks, and in memory each vector would wait for the one before.
          const fault = writer.variable('v128', lanes.constant(0));
          applyNow(synapses, changes, FIRST, { takeUp, step: lanes.splat(each), fault });
          kernel.addFault(lanes, fault.value);
        });
      },
      TILE,
    );
  });
}

/** For each entry of some synapses, the place of what it was brought at time 0. */
function broughtPlaces(
  { layout: { kept, bytes } }: Kernel,
  writer: Writer,
  { history, matrix, apart }: PlasticGroup,
  synapses: Synapses,
): readonly { readonly pointer: Expression; readonly offset: number }[] {
  if (!history) return [];
  const { which, entries, entry } = synapses.block;
  const { row, late } = broughtRow(history);
  const offset = kept.late(late);
  if (apart) {
    // By tables of places: the line of each, and bytes from there.
    return range(entries).map((e) => {
      const table = apart[which] + 8 * e;
      const at = i32.multiply(i32.load(i32.shiftLeft(entry, 1), table), writer.get('span'));
      const within = i32.load(i32.shiftLeft(entry, 1), table + 4);
      return { pointer: writer.keep('i32', i32.add(i32.add(writer.get('kept'), at), within)), offset: 0 };
    });
  }
  const { dense } = matrix.packing.parts[which];
  if (dense && entries > 1) {
    const pointer = writer.keep('i32', kept.place(row, synapses.columnOf(0)));
    return range(entries).map((e) => ({ pointer, offset: offset + e * bytes }));
  }
  return range(entries).map((e) => ({
    pointer: writer.keep('i32', kept.place(row, synapses.columnOf(e))),
    offset,
  }));
}
