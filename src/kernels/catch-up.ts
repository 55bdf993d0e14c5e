import {
  maybeSilent,
  type BuiltFeedback,
  type LearnStep,
  type LearningOptions,
  type TakeUp,
} from '../circuit/index.ts';
import { FEW } from './events.ts';
import type { Kernel } from './kernel.ts';
import type { PlasticGroup } from './layout.ts';
import { applyNow, stepOf, takingUp, writeOwn, writeShared } from './learn.ts';
import { sweepPanels } from './matrix.ts';
import { isDense } from './packing.ts';
import { Synapses } from './synapses.ts';
import { i32, op, type Expression } from './wat.ts';
import type { Writer } from './writer.ts';

/** How many vectors of an axon's synapses catch up together. */
const ABREAST = 4;

/**
 * With schedule 'online', a weight is not read before its axon brings something. Until then the synapses of the axon may lag behind: they catch up by
 * stepping through the missed timesteps one after another, in registers, with the same operations in the same order. All catch up at the end of a
 * chunk.
 *
 * This is impossible if feedback that follows the weight reads it in between, or if changes are applied at random, because a draw belongs to its
 * timestep.
 */
export function mayLag(
  { group, ways }: LearnStep,
  { schedule }: LearningOptions,
  {
    feedback,
    takeUp,
    repeats,
  }: { readonly feedback: readonly BuiltFeedback[]; readonly takeUp: TakeUp | undefined; readonly repeats: boolean },
): boolean {
  const { from, rowStart, pre, atOnce, also } = group;
  if (schedule !== 'online' || repeats || atOnce || also || ways) return false;
  if (!maybeSilent(group) || from.size < FEW) return false;
  if (!isDense({ start: rowStart, column: pre, columns: from.size }) || takeUp?.chance !== undefined) return false;
  return feedback.every(
    ({ synapses, carriage }) =>
      synapses !== group && !carriage?.sources.some((source) => source.group.index === group.index),
  );
}

/** Writes `share_g(window)`, what all synapses of a timestep share; `catch_g(at, until)`: the axon `at` bytes into a row learns up to a window. */
export function writeCatchUp(kernel: Kernel, plastic: PlasticGroup): void {
  const { group, matrix, behind } = plastic;
  if (behind === undefined) return;
  const { bytes, frames } = kernel.layout;
  kernel.write(`share_${group.index}`, 1, (writer, window) => {
    writeOwn(kernel.lanes(writer), plastic);
    writeShared(kernel, writer, plastic, window);
  });
  const reads = group.rule?.analysis?.reads ?? [];
  // Applying changes may change these: then they are read again in each timestep.
  const isApart = group.rule?.after === undefined && !reads.some(({ scope }) => scope === 'own weight');
  kernel.write(catching(plastic), 2, (writer, at, until) => {
    const lanes = kernel.lanes(writer);
    const axon = writer.keep('i32', bytes === 8 ? i32.shiftRight(at, 1) : at);
    const since = writer.keep('i32', i32.load(axon, behind));
    writer.do(op('i32.store', `offset=${behind}`, axon, until));
    const step = lanes.splat(stepOf(plastic, writer.get('lagging')));
    const fault = writer.variable('v128', lanes.constant(0));
    const takeUp = takingUp(lanes, plastic);
    const timesteps = { from: since, until, step: frames.stride };
    writer.when(i32.less(since, until), () => {
      matrix.packing.parts.forEach((part, which) => {
        sweepPanels(writer, matrix, which, 1, (panel) => {
          for (let first = 0; first < part.vectors; first += ABREAST) {
            const vectors = Math.min(ABREAST, part.vectors - first);
            const entry = writer.keep('i32', i32.add(panel.from, axon));
            const block = () =>
              new Synapses(kernel, writer, plastic, { which, panel, entry, entries: 1, first, vectors });
            const learn = (synapses: Synapses, held: ReturnType<Synapses['hold']>, window: Expression) => {
              const changes = synapses.step(window, held);
              if (!isApart) held.store();
              applyNow(synapses, changes, window, { takeUp, step, fault });
            };
            if (isApart) {
              const synapses = block();
              const held = synapses.hold();
              writer.sweep(timesteps, (window) => {
                learn(synapses, held, window);
              });
              held.store();
            } else {
              writer.sweep(timesteps, (window) => {
                const synapses = block();
                learn(synapses, synapses.hold(), window);
              });
            }
          }
        });
      });
      kernel.addFault(lanes, fault.value);
    });
  });
}

/** From the window `first` on, these groups lag behind. */
export function beginLag(
  writer: Writer,
  lagging: readonly PlasticGroup[],
  first: Expression,
  divisor: Expression,
): void {
  for (const { group, behind = 0 } of lagging) {
    writer.sweep({ from: i32.constant(behind), until: i32.constant(behind + 4 * group.from.size), step: 4 }, (axon) => {
      writer.do(op('i32.store', axon, first));
    });
  }
  writer.set('lagging', divisor);
}

/** All of them catch up to the window `end`. */
export function endLag(kernel: Kernel, writer: Writer, lagging: readonly PlasticGroup[], end: Expression): void {
  const { bytes } = kernel.layout;
  for (const plastic of lagging) {
    const row = { from: i32.constant(0), until: i32.constant(plastic.group.from.size * bytes), step: bytes };
    writer.sweep(row, (at) => {
      writer.call(catching(plastic), at, end);
    });
  }
  writer.set('lagging', op('f64.const', 0));
}

/** The function that makes an axon's synapses catch up. */
export function catching({ group }: Pick<PlasticGroup, 'group'>): string {
  return `catch_${group.index}`;
}
