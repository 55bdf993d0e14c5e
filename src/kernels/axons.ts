import type { LearnStep, SynapseProgram, TakeUp } from '../circuit/index.ts';
import { nodesOf, type Value } from '../local/index.ts';
import { FEW } from './events.ts';
import type { Kernel } from './kernel.ts';
import { lanesOf, VECTOR, type Lanes, type Operand } from './lanes.ts';
import type { PlasticGroup, SharedRow } from './layout.ts';
import { writeOwn, writeShared } from './learn.ts';
import { listNonzero } from './list.ts';
import { lower } from './lower.ts';
import { sweepPanels, type Place } from './matrix.ts';
import { isDense, range } from './packing.ts';
import { isOfPost, silenceOf, type ByAxon } from './silent.ts';
import { rowRead } from './synapses.ts';
import { f64, i32, op, type Expression } from './wat.ts';
import { moved, type Variable } from './writer.ts';

/** Vectors of what neurons publish that are held in registers together. There are 16, and what is computed needs some. */
const HELD = 12;
/** Vectors that learn side by side at most. */
const ABREAST = 8;

/**
 * Whether synapses that learn in one timestep, and take up what they ask for in it, do so axon by axon: where they have nothing but a weight, and every
 * axon has many. What their neurons publish then stays in registers, and axons are left out that change nothing.
 */
export function byAxon(
  { group, ways, reads }: LearnStep,
  { state, change }: SynapseProgram,
  takeUp: TakeUp | undefined,
): ByAxon | undefined {
  const { from, to, rowStart, pre } = group;
  if (state.length > 0 || takeUp || ways || from.size < FEW || to.size < FEW) return undefined;
  if (!isDense({ start: rowStart, column: pre, columns: from.size })) return undefined;
  const silence = silenceOf(change);
  return silence && reads.get(silence.path)?.kind === 'row' ? { silence } : {};
}

/** What makes a group learn in one timestep and take up what it asks for, given the timestep's window and what changes are multiplied by. */
export function learningAtOnce({ group, axons }: Pick<PlasticGroup, 'group' | 'axons'>): string {
  return axons ? `learn_axons_${group.index}` : `learn_apply_${group.index}`;
}

/**
 * Writes `learn_axons_g(window, step)`: what `learn_apply_g` does, with its bits, axon by axon.
 *
 * A change of 0 leaves every weight as it is but one: -0 + 0 is 0. No weight becomes -0 by being added to, so one that is has been set from outside. Until
 * all that were set are seen to be other numbers, and finite, all synapses are visited. They are, too, where a factor is not finite: 0 times it is NaN.
 */
export function writeLearnByAxon(kernel: Kernel, plastic: PlasticGroup): void {
  const { group, axons, reads } = plastic;
  if (!axons) return;
  const { silence } = axons;
  const { memory, bytes, frames } = kernel.layout;
  const { size } = group.from;
  const looked = memory.reserve(8);
  const list = silence && memory.reserve(4 * size);
  kernel.write(learningAtOnce(plastic), ['i32', 'f64'], (writer, window, each) => {
    const lanes = kernel.lanes(writer);
    const visitAll = () => {
      writer.call(`learn_apply_${group.index}`, window, each);
    };
    const written = writer.keep('f64', f64.load(i32.constant(0), kernel.layout.written));
    writer.when(op('f64.ne', written, f64.load(i32.constant(0), looked)), () => {
      visitAll();
      const wrong = writer.variable('v128', lanes.constant(0));
      eachWeight(lanes, plastic, (w) => {
        const isMinus = lanes.keep(op(bytes === 8 ? 'i64x2.eq' : 'i32x4.eq', w, lanes.constant(-0)));
        wrong.set(lanes.or(wrong.value, lanes.or(isMinus, lanes.excess(w))));
      });
      writer.when(op('i32.eqz', op('v128.any_true', wrong.value)), () => {
        writer.do(op('f64.store', `offset=${looked}`, i32.constant(0), written));
      });
      writer.do('return');
    });
    writeOwn(lanes, plastic);
    writeShared(kernel, writer, plastic, window);
    const step = lanes.splat(each);
    let active: Active | undefined;
    if (silence && list !== undefined) {
      const excess = lanes.add(lanes.excess(step), excessOf(kernel, lanes, plastic, window, silence.finite));
      writer.when(op('v128.any_true', excess), () => {
        visitAll();
        writer.do('return');
      });
      const { row, late } = rowRead(reads, silence.path);
      const until = listNonzero(lanes, writer.keep('i32', moved(window, frames.at(row, late))), { list, size });
      active = { from: i32.constant(list), until };
    }
    const sum = writer.variable('v128', lanes.constant(0));
    visitAxons(kernel, lanes, plastic, window, { step, active, sum });
    // A weight that is not finite makes their sum so; or the sum is too large by itself.
    writer.when(op('v128.any_true', lanes.excess(sum.value)), () => {
      const fault = writer.variable('v128', lanes.constant(0));
      eachWeight(lanes, plastic, (w) => {
        fault.set(lanes.add(fault.value, lanes.excess(w)));
      });
      kernel.addFault(lanes, fault.value);
    });
  });
}

/** The list of axons that are visited. */
interface Active {
  readonly from: Expression;
  readonly until: Expression;
}

/** The synapses of some axons, or of all, learn and take up what they ask for; the sum of their weights is added to `sum`. */
function visitAxons(
  kernel: Kernel,
  lanes: Lanes,
  plastic: PlasticGroup,
  window: Expression,
  { step, active, sum }: { readonly step: Expression; readonly active: Active | undefined; readonly sum: Variable },
): void {
  const { writer, bytes } = lanes;
  const { matrix, program } = plastic;
  const { once, pre, post } = leavesOf(kernel, lanes, plastic, window);
  const abreast = Math.max(1, Math.min(ABREAST, Math.floor((HELD - pre.length) / Math.max(1, post.length))));
  matrix.packing.parts.forEach((part, which) => {
    const whole = part.rows / lanesOf(bytes);
    sweepPanels(writer, matrix, which, Math.max(1, Math.floor(abreast / part.vectors)), (panel) => {
      const all = panel.rows.flatMap((row, p) => range(part.vectors).map((v) => ({ row, p, v })));
      const rounds = Math.ceil(all.length / abreast);
      for (const round of range(rounds)) {
        const vectors = all
          .filter((_, k) => Math.floor((k * rounds) / all.length) === round)
          .map(({ row: { pointer, offset }, p, v }) => {
            const target = writer.keep('i32', i32.add(window, pointer));
            const held = post.map(([value, at]) => [value, lanes.load(target, at + offset + v * VECTOR)] as const);
            // Where a part ends within a vector, it has one panel.
            const mask = v + 1 > whole && part.panels === 1 ? lanes.first((whole - v) * lanesOf(bytes)) : undefined;
            return { p, v, held, mask };
          });
        const learn = (numbers: readonly Place[], axon: Expression) => {
          const brought = pre.map(([value, at]) => [value, lanes.loadSplat(axon, at)] as const);
          let added: Expression | undefined;
          for (const { p, v, held, mask } of vectors) {
            const { pointer, offset } = numbers[p];
            const at = matrix.weights + offset + v * VECTOR;
            const w = lanes.load(pointer, at);
            const known = new Map<Value, Operand>([...once, ...brought, ...held]);
            const [change] = lower(lanes, [program.change], () => w, known);
            const next = lanes.add(w, lanes.multiply(step, change));
            const real = mask === undefined ? next : lanes.and(next, mask);
            lanes.store(pointer, at, real);
            added = added === undefined ? real : lanes.add(added, real);
          }
          if (added !== undefined) sum.set(lanes.add(sum.value, added));
        };
        if (active) {
          writer.sweep({ ...active, step: 4 }, (event) => {
            const at = writer.keep('i32', i32.load(event));
            const entry = i32.add(panel.from, bytes === 8 ? i32.shiftRight(at, 1) : at);
            learn(panel.numbers(entry), writer.keep('i32', i32.add(window, at)));
          });
        } else panel.each(window, learn);
      }
    });
  });
}

/** What a group's change is computed from besides the weight: what is the same for all synapses, and what the rows of their neurons have, bytes from the window. */
function leavesOf(kernel: Kernel, lanes: Lanes, plastic: PlasticGroup, window: Expression) {
  const { program, shared, reads, parameters } = plastic;
  const { frames, bytes } = kernel.layout;
  const own = shared.own.map(({ value, address }): [Value, Operand] => [value, lanes.loadOwn(address)]);
  const rowsOf = (rows: readonly SharedRow[]) => rows.map((row): [Value, number] => [row.value, frames.at(row)]);
  const [pre, post, once] = [rowsOf(shared.pre), rowsOf(shared.post), new Map<Value, Operand>(own)];
  const known = new Map<Value, unknown>([...once, ...pre, ...post]);
  for (const node of nodesOf([program.change], known)) {
    if (node.kind !== 'read' || known.has(node)) continue;
    const { scope, path } = node;
    switch (scope) {
      case 'own weight':
        break;
      case 'parameter':
        once.set(node, lanes.loadOwn(parameters[path]));
        break;
      case 'global': {
        const source = reads.get(path);
        if (source?.kind !== 'element') throw new Error(`no global scalar is known as '${path}'`);
        once.set(node, lanes.loadSplat(window, frames.at(source.row, source.late) + source.neuron * bytes));
        break;
      }
      default: {
        const { row, late } = rowRead(reads, path);
        (scope === 'presynaptic' ? pre : post).push([node, frames.at(row, late)]);
      }
    }
  }
  return { once, pre, post };
}

/** NaN in some lane where one of these, each of one of the two neurons, is not finite; else 0. */
function excessOf(
  kernel: Kernel,
  lanes: Lanes,
  { group, shared, reads, parameters }: PlasticGroup,
  window: Expression,
  values: readonly Value[],
): Expression {
  const { writer, bytes } = lanes;
  const { frames } = kernel.layout;
  const rows = new Map<Value, number>([...shared.pre, ...shared.post].map((row) => [row.value, frames.at(row)]));
  const excess = writer.variable('v128', lanes.constant(0));
  for (const [population, some] of [
    [group.to, values.filter(isOfPost)],
    [group.from, values.filter((value) => !isOfPost(value))],
  ] as const) {
    if (some.length === 0) continue;
    const add = (pointer: Expression, mask?: Expression) => {
      for (const value of some) {
        const known = new Map<Value, Operand>();
        for (const [part, at] of rows) if (part === value) known.set(part, lanes.load(pointer, at));
        for (const { value: part, address } of shared.own) known.set(part, lanes.loadOwn(address));
        const [number] = lower(
          lanes,
          [value],
          ({ path, scope }) => {
            if (scope === 'parameter') return lanes.loadOwn(parameters[path]);
            const { row, late } = rowRead(reads, path);
            return lanes.load(pointer, frames.at(row, late));
          },
          known,
        );
        const over = lanes.excess(number);
        excess.set(lanes.add(excess.value, mask === undefined ? over : lanes.and(over, mask)));
      }
    };
    const rest = population.size % lanesOf(bytes);
    const end = writer.keep('i32', moved(window, (population.size - rest) * bytes));
    writer.sweep({ from: window, until: end, step: VECTOR }, (pointer) => {
      add(pointer);
    });
    if (rest > 0) add(end, lanes.first(rest));
  }
  return excess.value;
}

/** Visits all weights of a group. */
function eachWeight(lanes: Lanes, { matrix }: PlasticGroup, visit: (w: Expression) => void): void {
  const { weights, packing, bytes } = matrix;
  const end = weights + packing.size * bytes;
  lanes.writer.sweep({ from: i32.constant(weights), until: i32.constant(end), step: VECTOR }, (at) => {
    visit(lanes.load(at, 0));
  });
}
