import {
  carryingGroups,
  reachedFrom,
  type BuiltGroup,
  type BuiltPopulation,
  type LearningOptions,
} from '../circuit/index.ts';
import { writeCarry } from './carry.ts';
import { returnIfFaulty } from './fault.ts';
import { FRAME, writeAdvance, writeForward, type Room } from './forward.ts';
import type { Kernel } from './kernel.ts';
import { VECTOR, type Lanes } from './lanes.ts';
import type { PlasticGroup } from './held-synapses.ts';
import { plasticGroups, stepOf, writeApply, writeBegin } from './learn.ts';
import { addInfluences, settleAll, settled } from './influence-sums.ts';
import { LINE } from './memory.ts';
import { range } from './range.ts';
import { clearMemory, i32, op, type Expression } from './wat.ts';
import { moved, type Variable, type Writer } from './writer.ts';

/**
 * Influence P^i_w = dh_i/dw of one group's weights on every population that they reach: for one cache line of weights at a time a ring
 * over timesteps of rows, a row for each neuron.
 */
interface Influence {
  readonly group: PlasticGroup;
  /** Where each population's rows begin in a slot of the ring. */
  readonly rows: ReadonlyMap<BuiltPopulation, number>;
  readonly slot: number;
  readonly slots: number;
  /** Where the ring of the first line of weights is. */
  readonly ring: number;
  /** A slot that is 0 but where weights move their own neurons. */
  readonly own: number;
  /** Where it is told, for each weight, which row is its neuron's (bytes in a slot) and where its presynaptic rate is (bytes in a frame). */
  readonly table: number;
  /** Whether every line of weights has a ring of its own; else they take turns with one. */
  readonly apart: boolean;
}

/**
 * Writes what runs trials of a circuit that learns by real-time recurrent learning:
 *
 *     P^i_w(t) = r_i(t) P^i_w(t-1) + s_i(t) ( [w = W_ij of g] h_j(t - delay_g) + sum_g sum_j W_ij P^j_w(t - delay_g) )
 *     dw       = rate/T sum_t sum_i credit_i(t) P^i_w(t)
 *
 * with the sums in the order of src/solvers/rtrl.ts, hence with its bits. The weights do not change within a trial of schedule `trial`,
 * so one line of them is taken through all timesteps before the next, and its influences never leave the cache.
 */
export function writeRtrl(kernel: Kernel, room: Room, { feedback, schedule }: LearningOptions): void {
  const { layout } = kernel;
  const { circuit, frames, history } = layout;
  writeForward(kernel, room);
  const carry = writeCarry(kernel);
  const carrying = carryingGroups(circuit, feedback);
  const online = schedule === 'online';
  const influences = plasticGroups(layout).map((group) => influenceOf(kernel, group, carrying, online));
  for (const influence of influences) {
    writeBegin(kernel, influence.group);
    writeApply(kernel, influence.group);
    writeInfluence(kernel, influence, carrying, room);
  }

  kernel.write('begin', 0, (writer) => {
    writer.call('start');
    for (const { group, ring, slot, slots, apart } of influences) {
      writer.call(`begin_${group.group.index}`);
      if (apart) writer.do(clearMemory(ring, linesOf(kernel, group) * slots * slot));
    }
    carry(writer);
  });
  const apply = (writer: Writer, divisor: Expression) => {
    for (const { group } of influences) writer.call(`apply_${group.group.index}`, stepOf(group, divisor));
  };
  writeAdvance(
    kernel,
    room,
    online
      ? {
          each: (writer, frame, divisor) => {
            for (const { group } of influences) {
              writer.call(`influence_${group.group.index}`, frame, moved(frame, frames.stride));
            }
            apply(writer, divisor);
            for (const { group } of influences) writer.do(clearMemory(group.plastic.asked, sizeOf(kernel, group)));
            carry(writer);
          },
        }
      : {},
  );
  kernel.write('finish', ['f64'], (writer, divisor) => {
    if (!online) {
      const end = moved(op('global.get', `$${FRAME}`), frames.stride);
      for (const { group } of influences) {
        writer.call(`influence_${group.group.index}`, moved(room.first, history * frames.stride), end);
      }
      apply(writer, divisor);
    }
    returnIfFaulty(kernel, writer, i32.constant(1));
    return i32.constant(0);
  });
}

function influenceOf(
  { layout }: Kernel,
  group: PlasticGroup,
  carrying: readonly BuiltGroup[],
  apart: boolean,
): Influence {
  const { circuit, frames, memory, bytes } = layout;
  let slot = 0;
  const rows = new Map<BuiltPopulation, number>();
  for (const population of reachedFrom(circuit, group.group, carrying)) {
    rows.set(population, slot);
    slot += (frames.rowBytes(population) / bytes) * LINE;
  }
  // A row that no one reads, for the gaps.
  const nowhere = slot;
  slot += LINE;
  const slots = 1 + Math.max(1, ...carrying.map(({ delay }) => delay));
  const { packing } = group.matrix;
  const places = Math.ceil(sizeOf({ layout }, group) / LINE) * (LINE / bytes);
  const table = new Int32Array(2 * places);
  for (let place = 0; place < places; place++) table[2 * place] = nowhere;
  const own = rows.get(group.group.to) ?? 0;
  const { rowStart, pre, to } = group.group;
  for (let i = 0; i < to.size; i++) {
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
      table[2 * packing.place[k]] = own + i * LINE;
      table[2 * packing.place[k] + 1] = group.sent + pre[k] * bytes;
    }
  }
  const lines = apart ? linesOf({ layout }, group) : 1;
  return {
    group,
    rows,
    slot,
    slots,
    apart,
    ring: memory.reserve(lines * slots * slot),
    own: memory.reserve(slot),
    table: memory.hold(table),
  };
}

/** Writes `influence_g(first, end)`: the influences of a group's weights in the frames first .. end (exclusive), and their gradient. */
function writeInfluence(kernel: Kernel, influence: Influence, carrying: readonly BuiltGroup[], room: Room): void {
  const { layout } = kernel;
  const { frames, history } = layout;
  const { group, slot, slots, ring, own, apart, rows } = influence;
  const size = linesOf(kernel, group) * LINE;
  kernel.write(`influence_${group.group.index}`, 2, (writer, first, end) => {
    const lanes = kernel.lanes(writer);
    const start = writer.variable('i32', i32.constant(ring));
    writer.sweep({ from: i32.constant(0), until: i32.constant(size), step: LINE }, (line) => {
      if (!apart) writer.do(clearMemory(ring, slots * slot));
      const gradient = range(LINE / VECTOR).map((v) =>
        writer.variable('v128', lanes.load(line, group.plastic.asked + v * VECTOR)),
      );
      const t = i32.divide(
        i32.subtract(first, moved(room.first, (history - 1) * frames.stride)),
        i32.constant(frames.stride),
      );
      const now = writer.variable(
        'i32',
        i32.add(start.value, i32.multiply(i32.remainder(t, i32.constant(slots)), i32.constant(slot))),
      );
      const limit = writer.keep('i32', moved(start.value, slots * slot));
      writer.sweep({ from: first, until: end, step: frames.stride }, (frame) => {
        const slotOf = (delay: number) => slotBefore(writer, now.value, start.value, delay, slot, slots);
        inject(kernel, writer, influence, line, frame);
        for (const [population, at] of rows) {
          const place = (pointer: Expression) => writer.keep('i32', moved(pointer, at));
          const [into, before] = [place(now.value), place(slotOf(1))];
          const finish = (neuron: Expression) => settled(kernel, lanes, population, frame, neuron, into, before);
          const bringing = carrying.filter(({ from, to }) => to === population && rows.has(from));
          bringing.forEach((carried, k) => {
            addInfluences(kernel, writer, carried, {
              from: writer.keep('i32', moved(slotOf(carried.delay), rows.get(carried.from) ?? 0)),
              sums: k === 0 ? i32.constant(own + at) : into,
              into,
              ...(k === bringing.length - 1 && { finish }),
            });
          });
          if (bringing.length === 0) settleAll(kernel, writer, population, i32.constant(own + at), finish);
          if (frames.has(population, 'signal')) addGradient(kernel, lanes, population, frame, into, gradient);
        }
        clear(kernel, writer, influence, line);
        now.set(moved(now.value, slot));
        writer.when(op('i32.eq', now.value, limit), () => {
          now.set(start.value);
        });
      });
      gradient.forEach((sum, v) => {
        lanes.store(line, group.plastic.asked + v * VECTOR, sum.value);
      });
      if (apart) start.set(moved(start.value, slots * slot));
    });
  });
}

/** The slot of `delay` timesteps before. */
function slotBefore(
  writer: Writer,
  now: Expression,
  ring: Expression,
  delay: number,
  slot: number,
  slots: number,
): Expression {
  if (delay === 0) return now;
  const before = writer.keep('i32', moved(now, -delay * slot));
  return writer.keep('i32', op('select', moved(before, slots * slot), before, i32.less(before, ring)));
}

/** A weight's own neuron is moved by the rate that the weight carries. */
function inject(
  { layout }: Kernel,
  writer: Writer,
  { group, table, own }: Influence,
  line: Expression,
  frame: Expression,
): void {
  const { bytes, frames } = layout;
  const type = bytes === 8 ? 'f64' : 'f32';
  const late = -group.late * frames.stride;
  const entry = writer.keep('i32', bytes === 8 ? line : i32.shiftLeft(line, 1));
  for (const column of range(LINE / bytes)) {
    const row = i32.load(entry, table + 8 * column);
    const rate = op(`${type}.load`, moved(i32.add(frame, i32.load(entry, table + 8 * column + 4)), late));
    writer.do(op(`${type}.store`, `offset=${own + column * bytes}`, row, rate));
  }
}

/** Takes back what `inject` wrote. */
function clear({ layout: { bytes } }: Kernel, writer: Writer, { table, own }: Influence, line: Expression): void {
  const type = bytes === 8 ? 'f64' : 'f32';
  const entry = writer.keep('i32', bytes === 8 ? line : i32.shiftLeft(line, 1));
  for (const column of range(LINE / bytes)) {
    const row = i32.load(entry, table + 8 * column);
    writer.do(op(`${type}.store`, `offset=${own + column * bytes}`, row, op(`${type}.const`, 0)));
  }
}

/** gradient += sum_i credit_i P^i. */
function addGradient(
  { layout: { frames, bytes } }: Kernel,
  lanes: Lanes,
  population: BuiltPopulation,
  frame: Expression,
  now: Expression,
  gradient: readonly Variable[],
): void {
  const { writer } = lanes;
  const shift = Math.log2(LINE / bytes);
  writer.sweep({ from: i32.constant(0), until: i32.constant(population.size * bytes), step: bytes }, (i) => {
    const credit = lanes.loadSplat(i32.add(frame, i), frames.of(population, 'signal'));
    const row = writer.keep('i32', i32.add(now, i32.shiftLeft(i, shift)));
    gradient.forEach((sum, v) => {
      sum.set(lanes.add(sum.value, lanes.multiply(credit, lanes.load(row, v * VECTOR))));
    });
  });
}

/** Bytes of a group's numbers. */
function sizeOf({ layout }: Pick<Kernel, 'layout'>, { matrix }: PlasticGroup): number {
  return matrix.packing.size * layout.bytes;
}

/** Cache lines of a group's numbers. */
function linesOf(kernel: Pick<Kernel, 'layout'>, group: PlasticGroup): number {
  return Math.ceil(sizeOf(kernel, group) / LINE);
}
