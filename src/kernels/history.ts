import { handedBack, type BuiltGroup, type Source } from '../circuit/index.ts';
import type { HistoryRows } from './history-rows.ts';
import { writeEvents } from './events.ts';
import { FIRST, type Kernel } from './kernel.ts';
import { loadNumber, VECTOR, type Operand } from './lanes.ts';
import type { PlasticGroup, Plasticity } from './layout.ts';
import { writeLearn } from './learn.ts';
import { lower } from './lower.ts';
import { gradientProgram } from './programs.ts';
import { i32, op, type Expression } from './wat.ts';
import { memo, moved, type Writer } from './writer.ts';

/** Timesteps whose changes are summed in one go: what they need stays in the cache. */
const CHUNK = 64;

/** How the synapses of such a group learn: what an event counts times what was brought. */
export function historyPlasticity(history: HistoryRows): Pick<Plasticity, 'program' | 'reads' | 'history'> {
  const brought = history.reads.get(history.brought);
  if (!brought) throw new Error(`nothing is brought as '${history.brought}'`);
  const reads = new Map<string, Source>([
    ['counts', { kind: 'row', row: history.counts, late: 0 }],
    ['brought', brought],
  ]);
  return { program: gradientProgram('counts', 'brought'), reads, history };
}

/** Writes what a group does that learns by history. */
export function writeHistory(kernel: Kernel, plastic: PlasticGroup): void {
  writeLearn(kernel, plastic);
  writeBack(kernel, plastic);
  writeEvents(kernel, plastic);
}

/** Writes `back_g(window)`: every neuron goes back through one timestep. */
function writeBack(kernel: Kernel, { group, history, parameters }: PlasticGroup): void {
  if (!history) return;
  const { frames, bytes } = kernel.layout;
  const { text, states, back, counts, reads } = history;
  const { size } = group.to;
  kernel.write(backOf(group), 1, (writer, window) => {
    const lanes = kernel.lanes(writer);
    const fault = writer.variable('v128', lanes.constant(0));
    // Before any neuron is visited: a population may be too small for the loop over whole vectors.
    const scalars = new Map(
      text.reads.flatMap(({ path }) => {
        const source = reads.get(path);
        if (source?.kind !== 'element') return [];
        const address = frames.at(source.row, source.late) + source.neuron * bytes;
        return [[path, lanes.splat(loadNumber(bytes, window, address))] as const];
      }),
    );
    const scalar = (path: string): Operand => {
      const found = scalars.get(path);
      if (found === undefined) throw new Error(`no global scalar is known as '${path}'`);
      return found;
    };
    const visit = (pointer: Expression, real?: Expression) => {
      const load = memo((offset: number) => lanes.load(pointer, offset));
      const read = (path: string): Operand => {
        const state = handedBack(path);
        if (state !== undefined) return load(frames.at(back[states.indexOf(state)], -1));
        const source = reads.get(path);
        if (source?.kind === 'number') return source.value;
        if (source?.kind === 'row') return load(frames.at(source.row, source.late));
        return Object.hasOwn(parameters, path) ? lanes.loadOwn(parameters[path]) : scalar(path);
      };
      const values = lower(
        lanes,
        text.namedResults.map(({ value }) => value),
        ({ path }) => read(path),
      );
      [...back, counts].forEach((row, k) => {
        lanes.store(pointer, frames.at(row), values[k]);
      });
      const excess = lanes.excess(values[states.length]);
      fault.set(lanes.add(fault.value, real === undefined ? excess : lanes.and(excess, real)));
    };
    const rest = size % (VECTOR / bytes);
    const whole = (size - rest) * bytes;
    writer.sweep({ from: window, until: moved(window, whole), step: VECTOR }, (pointer) => {
      visit(pointer);
    });
    if (rest > 0) visit(writer.keep('i32', moved(window, whole)), lanes.first(rest));
    kernel.addFault(lanes, fault.value);
  });
}

/** Once a trial has ended: the neurons of these groups go back through it, and the synapses learn. */
export function learnByHistory(kernel: Kernel, writer: Writer, plastic: readonly PlasticGroup[]): void {
  if (plastic.length === 0) return;
  const { stride, past } = kernel.layout.frames;
  const last = writer.keep('i32', writer.get('window'));
  const end = writer.keep('i32', moved(last, stride));
  // Nothing comes back from beyond the end of the trial.
  writer.do(op('memory.fill', moved(end, past), i32.constant(0), i32.constant(stride)));
  const length = writer.keep('i32', i32.subtract(end, FIRST));
  writer.sweep({ from: i32.constant(0), until: length, step: stride }, (back) => {
    const window = writer.keep('i32', i32.subtract(last, back));
    for (const { group } of plastic) writer.call(backOf(group), window);
  });
  const inTurn = (groups: readonly PlasticGroup[]) => {
    if (groups.length === 0) return;
    writer.sweep({ from: FIRST, until: end, step: CHUNK * stride }, (from) => {
      const all = writer.keep('i32', moved(from, CHUNK * stride));
      const until = writer.keep('i32', op('select', all, end, i32.less(all, end)));
      for (const { group } of groups) writer.call(`learn_${group.index}`, from, until);
    });
  };
  inTurn(plastic.filter(({ counts }) => counts === undefined));
  for (const one of plastic.filter(({ counts }) => counts !== undefined)) {
    const { index, from } = one.group;
    const events = writer.keep('i32', op('call', `$events_${index}`));
    const all = i32.multiply(writer.get('timestep'), i32.constant(from.size));
    const isFew = writer.keep('i32', i32.less(i32.shiftLeft(events, 1), all));
    writer.when(isFew, () => {
      writer.call(`learn_events_${index}`);
    });
    writer.when(op('i32.eqz', isFew), () => {
      inTurn([one]);
    });
  }
}

function backOf({ index }: BuiltGroup): string {
  return `back_${index}`;
}
