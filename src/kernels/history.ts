import { handedBack, type BuiltGroup, type Source } from '../circuit/index.ts';
import { writeEvents } from './events.ts';
import { learningFromEvents, writeLearnEvents } from './learn-events.ts';
import type { HistoryRows } from './history-rows.ts';
import type { Kernel } from './kernel.ts';
import { VECTOR, type Operand } from './lanes.ts';
import type { PlasticGroup, Plasticity } from './layout.ts';
import { growsAtOnce, stepOf } from './learn.ts';
import { lower } from './lower.ts';
import { LINE } from './memory.ts';
import { range } from './packing.ts';
import { writeProduct } from './product.ts';
import { gradientProgram } from './programs.ts';
import { writeSheet } from './by-sheet.ts';
import { clearMemory, i32, op, type Expression } from './wat.ts';
import { memo, moved, type Writer } from './writer.ts';

/** How many timesteps' changes are summed together: what they need stays in the cache. */
const CHUNK = 128;

/** How many numbers of neurons go back through the trial together, each in a register: there are 16, and the computation needs some. */
const HELD = 8;

/** How the synapses of such a group learn: how much an event counts, times what was brought. */
export function historyPlasticity(history: HistoryRows): Pick<Plasticity, 'program' | 'reads' | 'history'> {
  const brought = history.reads.get(history.brought);
  if (!brought) throw new Error(`nothing is brought as '${history.brought}'`);
  const reads = new Map<string, Source>([
    ['counts', { kind: 'row', row: history.counts, late: 0 }],
    ['brought', history.moved ? { kind: 'row', row: history.moved, late: 0 } : brought],
  ]);
  return { program: gradientProgram('counts', 'brought'), reads, history };
}

/** Writes the functions of a group that learns by history. */
export function writeHistory(kernel: Kernel, plastic: PlasticGroup): void {
  writeProduct(kernel, plastic);
  writeBack(kernel, plastic);
  writeMoves(kernel, plastic);
  writeEvents(kernel, plastic);
  writeLearnEvents(kernel, plastic, (writer, from, until) => {
    const end = i32.multiply(writer.get('timestep'), i32.constant(LINE));
    writer.call(backOf(plastic.group), end, from, until);
  });
  writeSheet(kernel, plastic);
}

/**
 * Writes `back_g(end, from, until)`: the neurons whose numbers are in the bytes from .. until of a row, whole lines, go back from the time `end` to
 * 0, some at a time; what they pass back is in registers.
 */
function writeBack(kernel: Kernel, { group, history, parameters }: PlasticGroup): void {
  if (!history) return;
  const { kept, bytes } = kernel.layout;
  const { text, states, counts, reads } = history;
  const results = text.namedResults.map(({ value }) => value);
  const paths = text.reads.map(({ path }) => path);
  const abreast = Math.max(1, Math.min(LINE / VECTOR, Math.floor(HELD / Math.max(1, states.length))));
  kernel.write(backOf(group), 3, (writer, end, from, until) => {
    const lanes = kernel.lanes(writer);
    const fault = writer.variable('v128', lanes.constant(0));
    /** Some vectors of a line whose neurons are `at` bytes into a row; `real` masks the lanes of the last that are neurons. */
    const goBack = (at: Expression, some: readonly number[], real?: Expression) => {
      const g = writer.keep('i32', kept.place(counts, at));
      const handed = some.map(() => states.map(() => writer.variable('v128', lanes.constant(0))));
      const ahead = new Map(
        paths.flatMap((path) => {
          const source = reads.get(path);
          if (source?.kind !== 'row' && source?.kind !== 'element') return [];
          const within = source.kind === 'row' ? at : i32.constant(source.neuron * bytes);
          return [[path, writer.keep('i32', i32.subtract(kept.place(source.row, within), g))] as const];
        }),
      );
      writer.sweep({ from: i32.constant(0), until: end, step: LINE }, (back) => {
        const now = writer.keep('i32', i32.subtract(i32.add(g, moved(end, -LINE)), back));
        const pointers = new Map([...ahead].map(([path, by]) => [path, writer.keep('i32', i32.add(now, by))] as const));
        const scalar = memo((path: string): Expression => {
          const [source, pointer] = [reads.get(path), pointers.get(path)];
          if (source?.kind === 'element' && pointer) return lanes.loadSplat(pointer, kept.late(source.late));
          throw new Error(`unknown global scalar '${path}'`);
        });
        some.forEach((v, k) => {
          const read = (path: string): Operand => {
            const state = handedBack(path);
            if (state !== undefined) return handed[k][states.indexOf(state)].value;
            const [source, pointer] = [reads.get(path), pointers.get(path)];
            if (source?.kind === 'number') return source.value;
            if (source?.kind === 'row' && pointer) return lanes.load(pointer, kept.late(source.late) + v * VECTOR);
            return Object.hasOwn(parameters, path) ? lanes.loadOwn(parameters[path]) : scalar(path);
          };
          const values = lower(lanes, results, ({ path }) => read(path));
          const value = values[states.length];
          lanes.store(now, kept.late(0) + v * VECTOR, value);
          handed[k].forEach((one, state) => {
            one.set(lanes.read(values[state]));
          });
          const excess = lanes.excess(value);
          const isPartial = real !== undefined && k === some.length - 1;
          fault.set(lanes.add(fault.value, isPartial ? lanes.and(excess, real) : excess));
        });
      });
    };
    const inTurn = (at: Expression, vectors: number, real?: Expression) => {
      for (let first = 0; first < vectors; first += abreast) {
        const some = range(Math.min(abreast, vectors - first)).map((v) => first + v);
        goBack(at, some, first + abreast >= vectors ? real : undefined);
      }
    };
    const size = group.to.size * bytes;
    const whole = size - (size % LINE);
    const last = i32.constant(whole);
    const isBeyond = writer.keep('i32', i32.less(last, until));
    writer.sweep({ from, until: op('select', last, until, isBeyond), step: LINE }, (at) => {
      inTurn(at, LINE / VECTOR);
    });
    const [vectors, partial] = [Math.ceil((size - whole) / VECTOR), (size % VECTOR) / bytes];
    writer.when(isBeyond, () => {
      inTurn(last, vectors, partial > 0 ? lanes.first(partial) : undefined);
    });
    kernel.addFault(lanes, fault.value);
  });
}

/** Writes `moves_g(end)`: the change of what is brought in each timestep before the time `end`; in the first, the whole value. */
function writeMoves(kernel: Kernel, { group, history }: PlasticGroup): void {
  if (!history?.moved) return;
  const { kept, bytes } = kernel.layout;
  const { moved: into, ways } = history;
  const [{ row, late }] = ways;
  kernel.write(movesOf(group), 1, (writer, end) => {
    const lanes = kernel.lanes(writer);
    const size = group.from.size * bytes;
    writer.sweep({ from: i32.constant(0), until: i32.constant(size), step: VECTOR }, (at) => {
      const moves = writer.keep('i32', kept.place(into, at));
      const ahead = writer.keep('i32', i32.subtract(kept.place(row, at), moves));
      const before = writer.variable('v128', lanes.constant(0));
      writer.sweep({ from: moves, until: i32.add(moves, end), step: LINE }, (pointer) => {
        const now = lanes.load(writer.keep('i32', i32.add(pointer, ahead)), kept.late(late));
        lanes.store(pointer, kept.late(0), lanes.subtract(now, before.value));
        before.set(now);
      });
    });
  });
}

/** Once a trial has ended: the neurons of these groups go back through it, and the synapses learn and apply their changes. */
export function learnByHistory(writer: Writer, plastic: readonly PlasticGroup[], divisor: Expression): void {
  if (plastic.length === 0) return;
  const end = writer.keep('i32', i32.multiply(writer.get('timestep'), i32.constant(LINE)));
  for (const { group, history } of plastic) if (history?.moved) writer.call(movesOf(group), end);
  /** Groups learn by products and apply their changes. */
  const byProduct = (groups: readonly PlasticGroup[]) => {
    if (groups.length === 0) return;
    for (const { group, matrix } of groups)
      writer.call(backOf(group), end, i32.constant(0), i32.constant(group.to.size * matrix.bytes));
    const isWhole = writer.keep('i32', op('i32.le_s', end, i32.constant(CHUNK * LINE)));
    writer.sweep({ from: i32.constant(0), until: end, step: CHUNK * LINE }, (from) => {
      const all = writer.keep('i32', moved(from, CHUNK * LINE));
      const until = writer.keep('i32', op('select', all, end, i32.less(all, end)));
      for (const one of groups) writer.call(`learn_${one.group.index}`, from, until, stepOf(one, divisor), isWhole);
    });
    writer.when(op('i32.eqz', isWhole), () => {
      for (const one of groups.filter(growsAtOnce)) {
        writer.call(`apply_${one.group.index}`, stepOf(one, divisor));
        // No requested change carries over to the next trial.
        writer.do(clearMemory(one.asked, one.matrix.packing.size * one.matrix.bytes));
      }
    });
  };
  byProduct(plastic.filter(({ listed }) => !listed));
  for (const one of plastic.filter(({ listed }) => listed)) {
    const { index, from } = one.group;
    const events = writer.keep('i32', op('call', `$events_${index}`));
    const all = i32.multiply(writer.get('timestep'), i32.constant(from.size));
    const fromEvents = () => {
      writer.call(learningFromEvents(one), stepOf(one, divisor));
    };
    writer.when(i32.less(i32.shiftLeft(events, 1), all), fromEvents, () => {
      byProduct([one]);
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
