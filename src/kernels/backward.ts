import { carryingGroups, type BuiltGroup, type BuiltPopulation, type LearningOptions } from '../circuit/index.ts';
import { writeCarry } from './carry.ts';
import { returnIfFaulty } from './fault.ts';
import { FRAME, writeAdvance, writeForward, type Room } from './forward.ts';
import type { Kernel } from './kernel.ts';
import { VECTOR } from './lanes.ts';
import { plasticGroups, stepOf, writeApply, writeBegin, writeLearn } from './learn.ts';
import { writeProduct } from './transmit.ts';
import { writeTurn } from './turn.ts';
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
  kernel.write('finish', ['f64'], (writer, divisor) => {
    const last = writer.keep('i32', op('global.get', `$${FRAME}`));
    const begin = moved(room.first, history * stride);
    const end = writer.keep('i32', moved(last, stride));
    // Nothing comes back from beyond the end of the trial.
    writer.do(op('memory.fill', end, i32.constant(0), i32.constant(history * stride)));
    for (const { index } of carrying) writer.call(`turn_${index}`);
    for (const { index } of circuit.order) writer.call(`settle_${index}`, end);
    const length = writer.keep('i32', i32.subtract(end, begin));
    writer.sweep({ from: i32.constant(0), until: length, step: stride }, (back) => {
      const frame = writer.keep('i32', i32.subtract(last, back));
      for (const population of [...circuit.order].reverse()) {
        for (const group of carrying) if (group.from === population) writer.call(`carry_back_${group.index}`, frame);
        writer.call(`settle_${population.index}`, frame);
      }
    });
    writer.sweep({ from: begin, until: end, step: CHUNK * stride }, (from) => {
      const all = writer.keep('i32', moved(from, CHUNK * stride));
      const until = writer.keep('i32', op('select', all, end, i32.less(all, end)));
      for (const { group } of plastic) writer.call(`learn_${group.index}`, from, until);
    });
    for (const group of plastic) writer.call(`apply_${group.group.index}`, stepOf(group, divisor));
    returnIfFaulty(kernel, writer, i32.constant(1));
    return i32.constant(0);
  });
}

/** Writes `carry_back_g(frame)`: z(t) += W^T v(t + delay), with the weights that `turn_g` has turned. */
function writeCarryBack(kernel: Kernel, group: BuiltGroup): void {
  const { frames } = kernel.layout;
  writeProduct(kernel, `carry_back_${group.index}`, {
    matrix: writeTurn(kernel, group),
    from: frames.of(group.to, 'v') + group.delay * frames.stride,
    into: frames.of(group.from, 'z'),
    first: false,
  });
}

/** Writes `settle_p(frame)`: v(t) = s(t) z(t), and what z(t - 1) starts from, credit(t - 1) + r(t) z(t). */
function writeSettle(kernel: Kernel, population: BuiltPopulation): void {
  const { frames, populations } = kernel.layout;
  const program = populations.find((known) => known.population === population)?.program;
  const [z, v] = [frames.of(population, 'z'), frames.of(population, 'v')];
  kernel.write(`settle_${population.index}`, 1, (writer, frame) => {
    const lanes = kernel.lanes(writer);
    writer.sweep({ from: frame, until: moved(frame, frames.rowBytes(population)), step: VECTOR }, (pointer) => {
      const own = lanes.load(pointer, z);
      const times = (factor: 'slope' | 'retention') => {
        const constant = program?.[factor];
        const by = constant?.kind === 'constant' ? constant.value : lanes.load(pointer, frames.of(population, factor));
        return lanes.multiply(by, own);
      };
      lanes.store(pointer, v, times('slope'));
      const before = writer.keep('i32', moved(pointer, -frames.stride));
      const credit = frames.has(population, 'signal') ? lanes.load(before, frames.of(population, 'signal')) : 0;
      lanes.store(before, z, lanes.add(credit, times('retention')));
    });
  });
}
