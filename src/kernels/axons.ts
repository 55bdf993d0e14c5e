import type { LearnStep, SynapseProgram, TakeUp } from '../circuit/index.ts';
import { nodesOf, type Value } from '../local/index.ts';
import { isBounded, LIMITS, writeBound, writeSize } from './bounds.ts';
import { FEW } from './events.ts';
import type { Kernel } from './kernel.ts';
import { lanesOf, VECTOR, type Lanes, type Operand } from './lanes.ts';
import type { PlasticGroup, SharedRow } from './layout.ts';
import { writeOwn, writeShared } from './learn.ts';
import { listNonzero } from './list.ts';
import { lower } from './lower.ts';
import { sweepPanels, type Place } from './matrix.ts';
import { isDense, range } from './packing.ts';
import { sharedParts } from './programs.ts';
import { byAxonOf, type ByAxon } from './silent.ts';
import { rowRead } from './synapses.ts';
import { f64, i32, op, type Expression } from './wat.ts';
import { moved, type Writer } from './writer.ts';

/** How many vectors of neurons' publications are held in registers together. There are 16 registers, and the computation needs some. */
const HELD = 12;
/** How many vectors learn in parallel at most. */
const ABREAST = 8;

/**
 * Whether synapses that learn in one timestep, and apply their change in it, do so axon by axon: if they have only a weight, a bound on the change is
 * known, and every axon has many of them. What their neurons publish then stays in registers, and axons that change nothing are skipped.
 */
export function byAxon(
  { group, ways, reads }: LearnStep,
  program: SynapseProgram,
  takeUp: TakeUp | undefined,
): ByAxon | undefined {
  const { from, to, rowStart, pre: column } = group;
  if (program.state.length > 0 || takeUp || ways || from.size < FEW || to.size < FEW) return undefined;
  const { own, pre, post } = sharedParts(program);
  if (!isBounded(program.change, new Set([...own, ...pre, ...post]))) return undefined;
  if (!isDense({ start: rowStart, column, columns: from.size })) return undefined;
  const { silent, ...all } = byAxonOf(program.change);
  return silent !== undefined && reads.get(silent)?.kind === 'row' ? { ...all, silent } : all;
}

/** The function by which a group learns in one timestep and applies its changes, given the timestep's window and the factor of changes. */
export function learningAtOnce({ group, axons }: Pick<PlasticGroup, 'group' | 'axons'>): string {
  return axons ? `learn_axons_${group.index}` : `learn_apply_${group.index}`;
}

/**
 * Writes `learn_axons_g(window, step)`: does what `learn_apply_g` does, with the same bits, axon by axon.
 *
 * A change of 0 leaves every weight unchanged except -0: -0 + 0 is 0. No weight becomes -0 by addition, so such a weight was set from outside. All
 * synapses are visited until all weights that were set are seen not to be -0. They are also visited if a number might not be finite, according to a
 * bound on all weights that grows with the largest change that their neurons allow: so no weight need be checked while the bound is far from the
 * limit, as it practically always is.
 */
export function writeLearnByAxon(kernel: Kernel, plastic: PlasticGroup): void {
  const { group, axons, matrix } = plastic;
  if (!axons) return;
  const { memory, bytes, frames } = kernel.layout;
  const { size } = group.from;
  const [looked, most] = [memory.reserve(8), memory.reserve(8)];
  const list = axons.silent !== undefined && memory.reserve(4 * size);
  const put = (writer: Writer, address: number, value: Expression) => {
    writer.do(op('f64.store', `offset=${address}`, i32.constant(0), value));
  };
  kernel.write(learningAtOnce(plastic), ['i32', 'f64'], (writer, window, each) => {
    const lanes = kernel.lanes(writer);
    const visitAll = () => {
      writer.call(`learn_apply_${group.index}`, window, each);
    };
    const written = writer.keep('f64', f64.load(i32.constant(0), kernel.layout.written));
    writer.when(op('f64.ne', written, f64.load(i32.constant(0), looked)), () => {
      visitAll();
      const isMinus = writer.variable('v128', lanes.constant(0));
      const [from, count] = [i32.constant(matrix.weights), matrix.packing.size];
      writer.sweep({ from, until: i32.constant(matrix.weights + count * bytes), step: VECTOR }, (at) => {
        const is = op(bytes === 8 ? 'i64x2.eq' : 'i32x4.eq', lanes.load(at, 0), lanes.constant(-0));
        isMinus.set(lanes.or(isMinus.value, lanes.keep(is)));
      });
      put(writer, most, writeSize(lanes, from, count));
      writer.when(op('i32.eqz', op('v128.any_true', isMinus.value)), () => {
        put(writer, looked, written);
      });
      writer.do('return');
    });
    writeOwn(lanes, plastic);
    writeShared(kernel, writer, plastic, window);
    const before = writer.keep('f64', f64.load(i32.constant(0), most));
    const change = writeChangeBound(kernel, lanes, plastic, window, before);
    const bound = writer.keep('f64', f64.add(before, f64.multiply(op('f64.abs', each), change)));
    const isFar = op('i32.and', ...[change, bound].map((one) => op('f64.lt', one, f64.constant(LIMITS[bytes]))));
    writer.when(op('i32.eqz', isFar), () => {
      visitAll();
      put(writer, looked, f64.constant(NaN));
      writer.do('return');
    });
    put(writer, most, bound);
    let active: Active | undefined;
    if (axons.silent !== undefined && list !== false) {
      const { row, late } = rowRead(plastic.reads, axons.silent);
      const until = listNonzero(lanes, writer.keep('i32', moved(window, frames.at(row, late))), { list, size });
      active = { from: i32.constant(list), until };
    }
    const isOne = op('f64.eq', each, f64.constant(1));
    const visit = (step?: Expression) => {
      visitAxons(kernel, lanes, plastic, window, { change: axons.change, active, ...(step !== undefined && { step }) });
    };
    writer.when(isOne, visit, () => {
      visit(lanes.splat(each));
    });
  });
}

/** The list of axons that are visited. */
interface Active {
  readonly from: Expression;
  readonly until: Expression;
}

/** The synapses of some axons, or of all, learn and apply their changes. */
function visitAxons(
  kernel: Kernel,
  lanes: Lanes,
  plastic: PlasticGroup,
  window: Expression,
  {
    change,
    step,
    active,
  }: {
    readonly change: Value;
    /** The factor of changes; absent: 1. */
    readonly step?: Expression;
    readonly active: Active | undefined;
  },
): void {
  const { writer, bytes } = lanes;
  const { matrix } = plastic;
  const { once, pre, post } = leavesOf(kernel, lanes, plastic, change, window);
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
            // A part that ends within a vector has one panel.
            const mask = v + 1 > whole && part.panels === 1 ? lanes.first((whole - v) * lanesOf(bytes)) : undefined;
            return { p, v, held, mask };
          });
        const learn = (numbers: readonly Place[], axon: Expression) => {
          const brought = pre.map(([value, at]) => [value, lanes.loadSplat(axon, at)] as const);
          for (const { p, v, held, mask } of vectors) {
            const { pointer, offset } = numbers[p];
            const at = matrix.weights + offset + v * VECTOR;
            const w = lanes.load(pointer, at);
            const known = new Map<Value, Operand>([...once, ...brought, ...held]);
            const [asked] = lower(lanes, [change], () => w, known);
            const next = lanes.add(w, step === undefined ? asked : lanes.multiply(step, asked));
            lanes.store(pointer, at, mask === undefined ? next : lanes.and(next, mask));
          }
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

/** What a group's change is computed from besides the weight: numbers that all synapses share, and rows of their neurons, bytes from the window. */
function leavesOf(kernel: Kernel, lanes: Lanes, plastic: PlasticGroup, change: Value, window: Expression) {
  const { shared, reads, parameters } = plastic;
  const { frames, bytes } = kernel.layout;
  const own = shared.own.map(({ value, address }): [Value, Operand] => [value, lanes.loadOwn(address)]);
  const once = new Map<Value, Operand>(own);
  const known = new Map([...shared.own, ...shared.pre, ...shared.post].map((part) => [part.value, part]));
  const nodes = nodesOf([change], known);
  const rowsOf = (rows: readonly SharedRow[]) =>
    rows.flatMap((row): [Value, number][] => (nodes.includes(row.value) ? [[row.value, frames.at(row)]] : []));
  const [pre, post] = [rowsOf(shared.pre), rowsOf(shared.post)];
  for (const node of nodes) {
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
        if (source?.kind !== 'element') throw new Error(`unknown global scalar '${path}'`);
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

/** Writes a bound on the change that a synapse of a group may request, given a bound on its weight. */
function writeChangeBound(
  kernel: Kernel,
  lanes: Lanes,
  plastic: PlasticGroup,
  window: Expression,
  weight: Expression,
): Expression {
  const { group, program } = plastic;
  const { once, pre, post } = leavesOf(kernel, lanes, plastic, program.change, window);
  const given = new Map<Value, Expression>();
  for (const node of nodesOf([program.change])) {
    if (node.kind === 'read' && node.scope === 'own weight') given.set(node, weight);
  }
  for (const [value, number] of once) given.set(value, lanes.total(lanes.abs(number)));
  for (const [rows, { size }] of [
    [pre, group.from],
    [post, group.to],
  ] as const) {
    for (const [value, at] of rows) {
      given.set(value, writeSize(lanes, lanes.writer.keep('i32', moved(window, at)), size));
    }
  }
  return writeBound(lanes, program.change, given);
}
