import { found, type Connection, type LearningOptions, type Row } from '../circuit/index.ts';
import { planInfluence, rowsIn, type InfluencePart, type InfluencePlan } from './influence-plan.ts';
import { FIRST, type Kernel } from './kernel.ts';
import { lanesOf, VECTOR, type Lanes } from './lanes.ts';
import { stepOf, writeApply, writeBegin } from './learn.ts';
import { sweepPanels, type PanelEntries, type Place } from './matrix.ts';
import { LINE } from './memory.ts';
import { range } from './packing.ts';
import { writeTrials } from './run.ts';
import { whereLast } from './sweeps.ts';
import { clearMemory, i32, op, type Expression } from './wat.ts';
import { memo, moved, type Variable, type Writer } from './writer.ts';

const VECTORS = range(LINE / VECTOR);

type Line = readonly Expression[];

/**
 * Writes what runs trials of a circuit that learns by real-time recurrent learning. For every row that a weight w = W_ij of a group g reaches,
 * its influence is
 *
 *     of a port:       P_w,i(t) = [w is on neuron i] row_j(t - late_g) + sum over the groups that bring something of sum_k W_ik P_w,k(t - late)
 *     of another row:  P_w,i(t) = sum over the rows y that it depends on of dx_i(t)/dy_i(t - late) P_w,i of y (t - late)
 *     dw = eta/T sum_t sum_i signal_i(t) P_w,i(t)
 *
 * with the sums in the order of src/solvers/rtrl.ts, and hence with the same bits. The weights do not change within a trial of schedule
 * `trial`, so one line of them is taken through all timesteps before the next, and its influences never leave the cache.
 */
export function writeRtrl(
  kernel: Kernel,
  carrying: readonly Connection[],
  { schedule }: Pick<LearningOptions, 'schedule'>,
): void {
  const { layout } = kernel;
  const { stride } = layout.frames;
  const online = schedule === 'online';
  const plans = layout.plastic.map((group) => planInfluence(layout, group, carrying, online));
  for (const plan of plans) {
    writeBegin(kernel, plan.group);
    writeApply(kernel, plan.group);
    writeInfluence(kernel, `influence_${plan.group.group.index}`, plan);
  }
  const learn = (writer: Writer, first: Expression, end: Expression, divisor: Expression) => {
    for (const { group } of plans) writer.call(`influence_${group.group.index}`, first, end);
    whereLast(writer, layout.timestep.repeat, () => {
      for (const { group } of plans) writer.call(`apply_${group.group.index}`, stepOf(group, divisor));
    });
  };
  writeTrials(kernel, null, {
    begin: (writer) => {
      for (const { group, ring, size, slot, depth, apart } of plans) {
        writer.call(`begin_${group.group.index}`);
        if (apart) writer.do(clearMemory(ring, (size / LINE) * depth * slot));
      }
    },
    ...(online && {
      each: (writer, window, divisor) => {
        learn(writer, window, moved(window, stride), divisor);
        for (const { group } of plans) writer.do(clearMemory(group.asked, group.matrix.packing.size * layout.bytes));
        writer.call('carry');
      },
    }),
    finish: (writer, divisor) => {
      if (!online) learn(writer, FIRST, moved(writer.get('window'), stride), divisor);
    },
  });
}

/** Writes `name(first, end)`: the influences of a group's weights in the windows first .. end (exclusive), and their gradient. */
function writeInfluence(kernel: Kernel, name: string, plan: InfluencePlan): void {
  const { frames } = kernel.layout;
  const { group, parts, slot, depth, lates, ring, apart, size, kept } = plan;
  const { signals } = kernel.layout.timestep;
  kernel.write(name, 2, (writer, first, end) => {
    const lanes = kernel.lanes(writer);
    const start = writer.variable('i32', i32.constant(ring));
    writer.sweep({ from: i32.constant(0), until: i32.constant(size), step: LINE }, (line) => {
      if (!apart) writer.do(clearMemory(ring, depth * slot));
      const gradient = VECTORS.map((v) => writer.variable('v128', lanes.load(line, group.asked + v * VECTOR)));
      const t = i32.divide(i32.subtract(first, FIRST), i32.constant(frames.stride));
      const within = i32.multiply(i32.remainder(t, i32.constant(depth)), i32.constant(slot));
      const now = writer.variable('i32', i32.add(start.value, within));
      const limit = writer.keep('i32', moved(start.value, depth * slot));
      writer.sweep({ from: first, until: end, step: frames.stride }, (window) => {
        const slotBack = (back: Expression) => {
          const then = writer.keep('i32', i32.subtract(now.value, back));
          return writer.keep('i32', op('select', moved(then, depth * slot), then, i32.less(then, start.value)));
        };
        const slotOf = memo((late: number) => (late === 0 ? now.value : slotBack(i32.constant(late * slot))));
        // All are computed here, once for all uses.
        lates.forEach(slotOf);
        const moment = { kernel, plan, lanes, window, slotOf, slotBack };
        writeDirect(moment, line, true);
        for (const part of parts) {
          writePart(moment, part);
          for (const row of rowsIn(part)) {
            const [signal, at] = [signals.get(row), kept.get(row)];
            if (signal && at !== undefined) addGradient(moment, signal, at, gradient);
          }
        }
        writeDirect(moment, line, false);
        now.set(moved(now.value, slot));
        writer.when(op('i32.eq', now.value, limit), () => {
          now.set(start.value);
        });
      });
      gradient.forEach((sum, v) => {
        lanes.store(line, group.asked + v * VECTOR, sum.value);
      });
      if (apart) start.set(moved(start.value, depth * slot));
    });
  });
}

/** A timestep of a line of weights. */
interface Moment {
  readonly kernel: Kernel;
  readonly plan: InfluencePlan;
  readonly lanes: Lanes;
  readonly window: Expression;
  /** The slot of `late` timesteps ago. */
  readonly slotOf: (late: number) => Expression;
  /** The slot that is this many bytes back. */
  readonly slotBack: (bytes: Expression) => Expression;
}

/** Writes the direct effect of weights: what a weight is multiplied by, at its own neuron; afterwards this is cleared again. */
function writeDirect({ kernel, plan, lanes, window }: Moment, line: Expression, isThere: boolean): void {
  const { bytes } = kernel.layout;
  const { table, direct } = plan;
  const { writer } = lanes;
  const type = bytes === 8 ? 'f64' : 'f32';
  const entry = writer.keep('i32', bytes === 8 ? line : i32.shiftLeft(line, 1));
  for (const column of range(LINE / bytes)) {
    const neuron = i32.load(entry, table + 8 * column);
    const from = i32.add(window, i32.load(entry, table + 8 * column + 4));
    const brought = op(`${type}.load`, from);
    const value = isThere ? brought : op(`${type}.const`, 0);
    writer.do(op(`${type}.store`, `offset=${direct + column * bytes}`, neuron, value));
  }
}

/** Converts bytes of a row to bytes of lines, one line for each number. */
function lineOf({ kernel: { layout }, lanes: { writer } }: Moment, neuron: Expression): Expression {
  return writer.keep('i32', i32.shiftLeft(neuron, Math.log2(LINE / layout.bytes)));
}

/** What to do with the sums of a neuron, given its place in a row. */
type Finish = (neuron: Expression, sums: Line) => void;

function writePart(moment: Moment, { population, port, rows }: InfluencePart): void {
  const { kernel, plan, lanes } = moment;
  const { bytes } = kernel.layout;
  const brought = port?.brought ?? [];
  const finish: Finish = (neuron, sums) => {
    writeRows(moment, neuron, new Map(port ? [[port.row, sums]] : []), rows);
  };
  const start = port && port.row === plan.own.into ? plan.direct : undefined;
  brought.forEach((connection, k) => {
    const isLast = k === brought.length - 1;
    addInfluences(
      moment,
      connection,
      k === 0 ? start : plan.sums,
      isLast
        ? finish
        : (neuron, sums) => {
            storeLine(lanes, lineOf(moment, neuron), plan.sums, sums);
          },
    );
  });
  if (brought.length > 0) return;
  const until = i32.constant(population.size * bytes);
  lanes.writer.sweep({ from: i32.constant(0), until, step: bytes }, (neuron) => {
    finish(neuron, startLine(lanes, lineOf(moment, neuron), start));
  });
}

function startLine(lanes: Lanes, line: Expression, start: number | undefined): Line {
  return VECTORS.map((v) => (start === undefined ? lanes.constant(0) : lanes.load(line, start + v * VECTOR)));
}

function storeLine(lanes: Lanes, line: Expression, offset: number, values: Line): void {
  values.forEach((value, v) => {
    lanes.store(line, offset + v * VECTOR, value);
  });
}

/** Computes a neuron's rows from those that are already computed, and from what is kept. */
function writeRows(moment: Moment, neuron: Expression, computed: Map<Row, Line>, rows: readonly Row[]): void {
  const { kernel, lanes, window, slotOf } = moment;
  const { frames, timestep } = kernel.layout;
  const { kept } = moment.plan;
  const line = lineOf(moment, neuron);
  const own = lanes.writer.keep('i32', i32.add(window, neuron));
  const slot = memo((late: number) => lanes.writer.keep('i32', i32.add(slotOf(late), line)));
  for (const row of rows) {
    const partials = timestep.partials.filter(({ of }) => of === row);
    const parts = partials.flatMap(({ by, late, value }) => {
      const known = late === 0 ? computed.get(by) : undefined;
      const at = kept.get(by);
      if (!known && at === undefined) return [];
      const factor = timestep.constants.get(value) ?? lanes.loadSplat(own, frames.at(value));
      const influence = (v: number) => known?.[v] ?? lanes.load(slot(late), (at ?? 0) + v * VECTOR);
      return [(v: number) => lanes.multiply(factor, influence(v))];
    });
    computed.set(
      row,
      VECTORS.map((v) => lanes.read(lanes.sum(parts.map((part) => part(v))))),
    );
  }
  for (const [row, values] of computed) {
    const at = kept.get(row);
    if (at !== undefined) storeLine(lanes, slot(0), at, values);
  }
}

/** start_i + sum_k W_ik times the influences on k, a line of weights wide, for two neurons i at a time. */
function addInfluences(
  moment: Moment,
  { group, row, late }: Connection,
  start: number | undefined,
  finish: Finish,
): void {
  const { kernel, plan, lanes, slotOf, slotBack } = moment;
  const { writer } = lanes;
  const { bytes } = kernel.layout;
  const matrix = kernel.layout.matrixOf(group);
  const from = found(plan.kept, row);
  const ways = plan.ways.get(group);
  matrix.packing.parts.forEach((part, which) => {
    // The place of the influences on an entry's column.
    const lineAt = (panel: PanelEntries, entry: Expression): Place => {
      if (ways) {
        const { lines, back } = ways[which];
        const line = i32.add(slotBack(i32.load(entry, back)), i32.load(entry, lines));
        return { pointer: writer.keep('i32', line), offset: 0 };
      }
      const column = panel.column(entry, 0);
      const line = i32.add(slotOf(late), lineOf(moment, column.pointer));
      return { pointer: writer.keep('i32', line), offset: from + column.offset * (LINE / bytes) };
    };
    sweepPanels(writer, matrix, which, 1, (panel) => {
      const [{ pointer: first }] = panel.rows;
      const begin = lineOf(moment, first);
      for (const pair of range((part.vectors * lanesOf(bytes)) / 2)) {
        const neurons = [2 * pair, 2 * pair + 1];
        const totals = neurons.map((i) =>
          startLine(lanes, begin, start === undefined ? undefined : start + i * LINE).map((value) =>
            writer.variable('v128', value),
          ),
        );
        writer.sweep({ from: panel.from, until: panel.until, step: 4 }, (entry) => {
          const [numbers] = panel.numbers(entry);
          const { pointer: line, offset } = lineAt(panel, entry);
          const influences = VECTORS.map((v) => lanes.load(line, offset + v * VECTOR));
          totals.forEach((total, k) => {
            const w = lanes.loadSplat(numbers.pointer, matrix.weights + numbers.offset + neurons[k] * bytes);
            total.forEach((one, v) => {
              one.set(lanes.add(one.value, lanes.multiply(w, influences[v])));
            });
          });
        });
        totals.forEach((total, k) => {
          const neuron = writer.keep('i32', moved(first, neurons[k] * bytes));
          finish(
            neuron,
            total.map(({ value }) => value),
          );
        });
      }
    });
  });
}

/** gradient += sum_i signal_i P_i. */
function addGradient(moment: Moment, signal: Row, at: number, gradient: readonly Variable[]): void {
  const { kernel, lanes, window, slotOf } = moment;
  const { frames, bytes } = kernel.layout;
  const { writer } = lanes;
  const until = i32.constant(signal.population.size * bytes);
  writer.sweep({ from: i32.constant(0), until, step: bytes }, (neuron) => {
    const credit = lanes.loadSplat(i32.add(window, neuron), frames.at(signal));
    const line = writer.keep('i32', i32.add(slotOf(0), lineOf(moment, neuron)));
    gradient.forEach((sum, v) => {
      sum.set(lanes.add(sum.value, lanes.multiply(credit, lanes.load(line, at + v * VECTOR))));
    });
  });
}
