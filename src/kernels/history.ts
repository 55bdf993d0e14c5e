import { handedBack, type BuiltGroup, type Source } from '../circuit/index.ts';
import type { HistoryRows } from './history-rows.ts';
import { writeEvents } from './events.ts';
import { FIRST, type Kernel } from './kernel.ts';
import { loadNumber, VECTOR, type Operand } from './lanes.ts';
import type { PlasticGroup, Plasticity } from './layout.ts';
import { growsAtOnce, stepOf, writeLearn } from './learn.ts';
import { lower } from './lower.ts';
import { range } from './packing.ts';
import { gradientProgram } from './programs.ts';
import { rowRead } from './synapses.ts';
import { clearMemory, i32, op, type Expression } from './wat.ts';
import { memo, moved, type Writer } from './writer.ts';

/** Timesteps whose changes are summed in one go: what they need stays in the cache. */
const CHUNK = 64;

/** Vectors of neurons that go back in one round of a loop. */
const ABREAST = 4;

/** How the synapses of such a group learn: what an event counts times what was brought. */
export function historyPlasticity(history: HistoryRows): Pick<Plasticity, 'program' | 'reads' | 'history'> {
  const brought = history.reads.get(history.brought);
  if (!brought) throw new Error(`nothing is brought as '${history.brought}'`);
  const reads = new Map<string, Source>([
    ['counts', { kind: 'row', row: history.counts, late: 0 }],
    ['brought', history.moved ? { kind: 'row', row: history.moved, late: 0 } : brought],
  ]);
  return { program: gradientProgram('counts', 'brought'), reads, history };
}

/** Writes what a group does that learns by history. */
export function writeHistory(kernel: Kernel, plastic: PlasticGroup): void {
  writeLearn(kernel, plastic);
  writeBack(kernel, plastic);
  writeMoves(kernel, plastic);
  writeEvents(kernel, plastic);
}

/**
 * Writes `back_g(last, bytes)`: every neuron goes back from the window `last` through so many bytes of frames, timestep after timestep. What neurons hand
 * back has one place for all timesteps, which stays in the cache.
 */
function writeBack(kernel: Kernel, { group, history, parameters }: PlasticGroup): void {
  if (!history) return;
  const { frames, bytes, memory } = kernel.layout;
  const { text, states, counts, reads } = history;
  const results = text.namedResults.map(({ value }) => value);
  const { size } = group.to;
  const room = frames.rowBytes(group.to);
  const handed = states.map(() => memory.reserve(room));
  kernel.write(backOf(group), 2, (writer, last, length) => {
    const lanes = kernel.lanes(writer);
    const fault = writer.variable('v128', lanes.constant(0));
    for (const address of handed) writer.do(clearMemory(address, room));
    writer.sweep({ from: i32.constant(0), until: length, step: frames.stride }, (back) => {
      const window = writer.keep('i32', i32.subtract(last, back));
      const scalar = memo((path: string) => {
        const source = reads.get(path);
        if (source?.kind !== 'element') throw new Error(`no global scalar is known as '${path}'`);
        return lanes.splat(loadNumber(bytes, window, frames.at(source.row, source.late) + source.neuron * bytes));
      });
      // Once for the timestep, and not within the loop over neurons.
      for (const { path } of text.reads) if (reads.get(path)?.kind === 'element') scalar(path);
      /** Vector `v` from the neurons on whose numbers are `at` bytes into a row; of the last, `real` says which lanes are neurons. */
      const visit = (at: Expression, v: number, real?: Expression) => {
        const pointer = writer.keep('i32', i32.add(window, at));
        const load = memo((offset: number) => lanes.load(pointer, offset + v * VECTOR));
        const read = (path: string): Operand => {
          const state = handedBack(path);
          if (state !== undefined) return lanes.load(at, handed[states.indexOf(state)] + v * VECTOR);
          const source = reads.get(path);
          if (source?.kind === 'number') return source.value;
          if (source?.kind === 'row') return load(frames.at(source.row, source.late));
          return Object.hasOwn(parameters, path) ? lanes.loadOwn(parameters[path]) : scalar(path);
        };
        const values = lower(lanes, results, ({ path }) => read(path));
        const g = values[states.length];
        lanes.store(pointer, frames.at(counts) + v * VECTOR, g);
        handed.forEach((address, k) => {
          lanes.store(at, address + v * VECTOR, values[k]);
        });
        const excess = lanes.excess(g);
        fault.set(lanes.add(fault.value, real === undefined ? excess : lanes.and(excess, real)));
      };
      const rest = size % (VECTOR / bytes);
      const whole = (size - rest) * bytes;
      const grouped = whole - (whole % (ABREAST * VECTOR));
      writer.sweep({ from: i32.constant(0), until: i32.constant(grouped), step: ABREAST * VECTOR }, (at) => {
        for (const v of range(ABREAST)) visit(at, v);
      });
      writer.sweep({ from: i32.constant(grouped), until: i32.constant(whole), step: VECTOR }, (at) => {
        visit(at, 0);
      });
      if (rest > 0) visit(i32.constant(whole), 0, lanes.first(rest));
    });
    kernel.addFault(lanes, fault.value);
  });
}

/** Writes `moves_g(window)`: by how much what is brought has moved in a timestep; in the first it is all that is brought. */
function writeMoves(kernel: Kernel, { group, history }: PlasticGroup): void {
  if (!history?.moved) return;
  const { frames, bytes } = kernel.layout;
  const { row, late } = rowRead(history.reads, history.brought);
  const [into, now] = [frames.at(history.moved), frames.at(row, late)];
  kernel.write(movesOf(group), 1, (writer, window) => {
    const lanes = kernel.lanes(writer);
    const isFirst = writer.keep('i32', op('i32.eq', window, FIRST));
    const sweep = { from: window, until: moved(window, group.from.size * bytes), step: VECTOR };
    writer.when(isFirst, () => {
      writer.sweep(sweep, (pointer) => {
        lanes.store(pointer, into, lanes.load(pointer, now));
      });
    });
    writer.when(op('i32.eqz', isFirst), () => {
      writer.sweep(sweep, (pointer) => {
        const before = lanes.load(writer.keep('i32', moved(pointer, -frames.stride)), now);
        lanes.store(pointer, into, lanes.subtract(lanes.load(pointer, now), before));
      });
    });
  });
}

/** Once a trial has ended: the neurons of these groups go back through it, and the synapses learn, and take up what they have asked for. */
export function learnByHistory(
  kernel: Kernel,
  writer: Writer,
  plastic: readonly PlasticGroup[],
  divisor: Expression,
): void {
  if (plastic.length === 0) return;
  const { stride } = kernel.layout.frames;
  const last = writer.keep('i32', writer.get('window'));
  const end = writer.keep('i32', moved(last, stride));
  const length = writer.keep('i32', i32.subtract(end, FIRST));
  for (const { group } of plastic) writer.call(backOf(group), last, length);
  writer.sweep({ from: FIRST, until: end, step: stride }, (window) => {
    for (const { group, history } of plastic) if (history?.moved) writer.call(movesOf(group), window);
  });
  const inTurn = (groups: readonly PlasticGroup[]) => {
    if (groups.length === 0) return;
    writer.sweep({ from: FIRST, until: end, step: CHUNK * stride }, (from) => {
      const all = writer.keep('i32', moved(from, CHUNK * stride));
      const until = writer.keep('i32', op('select', all, end, i32.less(all, end)));
      for (const { group } of groups) writer.call(`learn_${group.index}`, from, until);
    });
  };
  inTurn(plastic.filter(({ listed }) => !listed));
  for (const one of plastic.filter(({ listed }) => listed)) {
    const { index, from } = one.group;
    const events = writer.keep('i32', op('call', `$events_${index}`));
    const all = i32.multiply(writer.get('timestep'), i32.constant(from.size));
    const isFew = writer.keep('i32', i32.less(i32.shiftLeft(events, 1), all));
    const step = stepOf(one, divisor);
    writer.when(isFew, () => {
      writer.call(`learn_events_${index}`, step);
    });
    writer.when(op('i32.eqz', isFew), () => {
      const { asked, matrix } = one;
      inTurn([one]);
      if (!growsAtOnce(one)) return;
      writer.call(`apply_${index}`, step);
      // From trial to trial, nothing is asked for.
      writer.do(clearMemory(asked, matrix.packing.size * matrix.bytes));
    });
  }
  for (const one of plastic) if (!growsAtOnce(one)) writer.call(`apply_${one.group.index}`, stepOf(one, divisor));
}

function movesOf({ index }: BuiltGroup): string {
  return `moves_${index}`;
}

function backOf({ index }: BuiltGroup): string {
  return `back_${index}`;
}
