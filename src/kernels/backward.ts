import { carryingGroups, type BuiltGroup, type BuiltPopulation, type LearningOptions } from '../circuit/index.ts';
import { writeCarry } from './carry.ts';
import { returnIfFaulty } from './fault.ts';
import { FRAME, writeAdvance, writeForward, type Room } from './forward.ts';
import type { Kernel } from './kernel.ts';
import { VECTOR } from './lanes.ts';
import { plasticGroups, stepOf, writeApply, writeBegin, writeLearn } from './learn.ts';
import type { MatrixLayout } from './layout.ts';
import { loadNumber, storeNumber } from './numbers.ts';
import { transpose } from './packing.ts';
import { writeProduct } from './transmit.ts';
import { i32, op } from './wat.ts';
import { moved } from './writer.ts';

/** Timesteps whose gradients are summed in one go: what they need stays in the cache. */
const CHUNK = 64;

/**
 * Writes what runs trials of a circuit that learns by backpropagation through time: the whole trial forward, then
 *
 *     z_i(t)  = credit_i(t) + r_i(t+1) z_i(t+1) + sum_g sum_k W_ki v_k(t + delay_g)      groups g leaving i
 *     v_i(t)  = s_i(t) z_i(t)
 *     dW_ij   = rate/T sum_t v_i(t) h_j(t - delay)
 *
 * with the sums in the order of src/solvers/bptt.ts, hence with its bits.
 */
export function writeBptt(kernel: Kernel, room: Room, { feedback }: LearningOptions): void {
  const { layout } = kernel;
  const { circuit, frames, history } = layout;
  const { stride } = frames;
  writeForward(kernel, room);
  const carry = writeCarry(kernel);
  const plastic = plasticGroups(layout);
  for (const group of plastic) {
    writeBegin(kernel, group);
    writeLearn(kernel, group);
    writeApply(kernel, group);
  }
  const carrying = carryingGroups(circuit, feedback);
  for (const group of carrying) writeCarryBack(kernel, group);
  for (const population of circuit.order) writeSettle(kernel, population);

  kernel.write('begin', 0, (writer) => {
    writer.call('start');
    for (const { group } of plastic) writer.call(`begin_${group.index}`);
    carry(writer);
  });
  writeAdvance(kernel, room, {});
  kernel.write('finish', ['f64'], (writer, timesteps) => {
    const last = writer.keep('i32', op('global.get', `$${FRAME}`));
    const begin = moved(room.first, history * stride);
    const end = writer.keep('i32', moved(last, stride));
    // Nothing comes back from beyond the end of the trial.
    writer.do(op('memory.fill', end, i32.constant(0), i32.constant(history * stride)));
    for (const { index } of carrying) writer.call(`turn_${index}`);
    const length = writer.keep('i32', i32.subtract(end, begin));
    writer.sweep({ from: i32.constant(0), until: length, step: stride }, (back) => {
      const frame = writer.keep('i32', i32.subtract(last, back));
      for (const population of [...circuit.order].reverse()) {
        writer.call(`credit_${population.index}`, frame);
        for (const group of carrying) if (group.from === population) writer.call(`carry_back_${group.index}`, frame);
        writer.call(`settle_${population.index}`, frame);
      }
    });
    writer.sweep({ from: begin, until: end, step: CHUNK * stride }, (from) => {
      const all = writer.keep('i32', moved(from, CHUNK * stride));
      const until = writer.keep('i32', op('select', all, end, i32.less(all, end)));
      for (const { group } of plastic) writer.call(`learn_${group.index}`, from, until);
    });
    for (const group of plastic) writer.call(`apply_${group.group.index}`, stepOf(group, timesteps));
    returnIfFaulty(kernel, writer, i32.constant(1));
    return i32.constant(0);
  });
}

/** Writes `turn_g()`, which copies a group's weights the other way round, and `carry_back_g(frame)`: z(t) += W^T v(t + delay). */
function writeCarryBack(kernel: Kernel, group: BuiltGroup): void {
  const { layout } = kernel;
  const { bytes, frames, memory } = layout;
  const { matrix } = layout.groups[group.index];
  const turned = transpose({ start: group.rowStart, column: group.pre, columns: group.from.size });
  const back = layout.matrix(turned);
  const table = memory.hold(pairsOf(matrix, back, turned.from, bytes));
  kernel.write(`turn_${group.index}`, 0, (writer) => {
    const until = i32.constant(table + 8 * turned.from.length);
    writer.sweep({ from: i32.constant(table), until, step: 8, unroll: 4 }, (pair, ahead) => {
      const w = loadNumber(kernel, i32.load(pair, ahead), 0);
      storeNumber(kernel, writer.do.bind(writer), i32.load(pair, ahead + 4), 0, w);
    });
  });
  writeProduct(kernel, `carry_back_${group.index}`, {
    matrix: back,
    from: frames.of(group.to, 'v') + group.delay * frames.stride,
    into: frames.of(group.from, 'z'),
    first: false,
  });
}

/** From which address to which each weight is copied. */
function pairsOf(matrix: MatrixLayout, back: MatrixLayout, from: Int32Array, bytes: number): Int32Array {
  const pairs = new Int32Array(2 * from.length);
  for (let at = 0; at < from.length; at++) {
    pairs[2 * at] = matrix.weights + matrix.packing.place[from[at]] * bytes;
    pairs[2 * at + 1] = back.weights + back.packing.place[at] * bytes;
  }
  return pairs;
}

/** Writes `credit_p(frame)`: z(t) = credit(t) + r(t+1) z(t+1), and `settle_p(frame)`: v(t) = s(t) z(t). */
function writeSettle(kernel: Kernel, population: BuiltPopulation): void {
  const { frames, populations } = kernel.layout;
  const program = populations.find((known) => known.population === population)?.program;
  const row = frames.rowBytes(population);
  const [z, v] = [frames.of(population, 'z'), frames.of(population, 'v')];
  for (const [name, late] of [
    ['credit', frames.stride],
    ['settle', 0],
  ] as const) {
    const factor = late > 0 ? 'retention' : 'slope';
    const constant = program?.[factor];
    kernel.write(`${name}_${population.index}`, 1, (writer, frame) => {
      const lanes = kernel.lanes(writer);
      writer.sweep({ from: frame, until: moved(frame, row), step: VECTOR }, (pointer) => {
        const by =
          constant?.kind === 'constant' ? constant.value : lanes.load(pointer, frames.of(population, factor) + late);
        const product = lanes.multiply(by, lanes.load(pointer, z + late));
        if (name === 'settle') lanes.store(pointer, v, product);
        else {
          const credit = frames.has(population, 'signal') ? lanes.load(pointer, frames.of(population, 'signal')) : 0;
          lanes.store(pointer, z, lanes.add(credit, product));
        }
      });
    });
  }
}
