import { chanceKeyOf, drawLanes } from './chance.ts';
import { addFault, excess } from './fault.ts';
import { publishedField, visitSynapses, type PlasticGroup } from './held-synapses.ts';
import type { Kernel } from './kernel.ts';
import { VECTOR, type Lanes } from './lanes.ts';
import type { Layout } from './layout.ts';
import { lower } from './lower.ts';
import { clearMemory, f64, i32, op, type Expression } from './wat.ts';
import { moved, type Writer } from './writer.ts';

/** The groups that learn, after them the synapses that relearn feedback. */
export function plasticGroups({ groups, feedback }: Layout): readonly PlasticGroup[] {
  const all = [...groups, ...feedback.flatMap(({ synapses }) => synapses ?? [])];
  return all.filter((group): group is PlasticGroup => group.plastic !== undefined);
}

/** What a group's sum of changes is multiplied by: its rate, divided by T/pace (f64). */
export function stepOf({ plastic: { rate } }: PlasticGroup, divisor: Expression): Expression {
  return op('f64.div', f64.constant(rate), divisor);
}

/**
 * Writes `learn_g(first, end)`: for the frames first .. end (exclusive) every synapse updates its trace and asks for its change.
 *
 * Traces do not feed back into the activity within a trial, so the timesteps of a few synapses are gone through in one go, their
 * traces held in registers: memory is touched once for many timesteps.
 */
export function writeLearn(kernel: Kernel, group: PlasticGroup): void {
  const { stride } = kernel.layout.frames;
  kernel.write(`learn_${group.group.index}`, 2, (writer, first, end) => {
    writer.sweep({ from: first, until: end, step: stride }, (frame) => {
      writeShared(kernel, writer, group, frame);
    });
    visitSynapses(kernel, writer, group, (synapses) => {
      const held = synapses.hold();
      const asked = synapses.variables(group.plastic.asked);
      writer.sweep({ from: first, until: end, step: stride }, (frame) => {
        const changes = synapses.step(frame, held);
        asked.forEach((sum, k) => {
          sum.set(synapses.lanes.add(sum.value, changes[k]));
        });
      });
      held.store();
      synapses.store(group.plastic.asked, asked);
    });
  });
}

/** Writes `learn_apply_g(frame, step)`: one timestep's traces and changes, applied at once. */
export function writeLearnAndApply(kernel: Kernel, group: PlasticGroup): void {
  kernel.write(`learn_apply_${group.group.index}`, ['i32', 'f64'], (writer, frame, each) => {
    const lanes = kernel.lanes(writer);
    const step = lanes.splat(each);
    const fault = writer.variable('v128', lanes.constant(0));
    const settle = settler(lanes, group);
    writeShared(kernel, writer, group, frame);
    visitSynapses(kernel, writer, group, (synapses) => {
      const held = synapses.hold();
      const changes = synapses.step(frame, held);
      held.store();
      changes.forEach((change, k) => {
        // From 0, as every sum of changes starts: it has no -0.
        const asked = lanes.multiply(step, lanes.add(0, change));
        const w = settle(synapses.weight(k), asked, (address) => synapses.own(k, address));
        const real = synapses.masked(k, w);
        fault.set(lanes.add(fault.value, excess(lanes, real)));
        synapses.storeWeight(k, real);
      });
    });
    addFault(kernel, lanes, fault.value);
  });
}

/** Writes `apply_g(step)`: w += step times the sum of changes. */
export function writeApply(kernel: Kernel, learning: PlasticGroup): void {
  const { group, matrix, plastic } = learning;
  const { bytes } = kernel.layout;
  kernel.write(`apply_${group.index}`, ['f64'], (writer, each) => {
    const lanes = kernel.lanes(writer);
    const step = lanes.splat(each);
    const settle = settler(lanes, learning);
    const fault = writer.variable('v128', lanes.constant(0));
    matrix.packing.parts.forEach(({ offset, columns, vectors }, which) => {
      const { masks } = matrix.tables[which];
      const [from, size] = [offset * bytes, columns.length * vectors * VECTOR];
      writer.sweep({ from: i32.constant(0), until: i32.constant(size), step: VECTOR }, (at) => {
        const asked = lanes.load(at, plastic.asked + from);
        const change = lanes.multiply(step, asked);
        const w = settle(lanes.load(at, matrix.weights + from), change, (address) => lanes.load(at, address + from));
        const real = masks === 0 ? w : lanes.and(w, lanes.load(at, masks));
        fault.set(lanes.add(fault.value, excess(lanes, real)));
        lanes.store(at, matrix.weights + from, real);
      });
    });
    addFault(kernel, lanes, fault.value);
  });
}

/** The new weights of a vector of synapses, from their weights and the changes asked for; `own` loads what is packed as they are. */
type Settle = (w: Expression, change: Expression, own: (address: number) => Expression) => Expression;

/** How a group's weights take up changes. */
function settler(lanes: Lanes, { plastic: { settling } }: PlasticGroup): Settle {
  if (!settling) return lanes.add;
  const { weight, constants, chance } = settling;
  const key = chance && chanceKeyOf(lanes.writer, chance.seed);
  return (w, change, own) => {
    const given: Readonly<Record<string, () => Expression>> = {
      w: () => w,
      change: () => change,
      ...(chance && key !== undefined && { draw: () => drawLanes(lanes, key, own(chance.places)) }),
    };
    const [settled] = lower(lanes, [weight], ({ path }) =>
      Object.hasOwn(given, path) ? given[path]() : own(constants[path]),
    );
    return lanes.read(settled);
  };
}

/** Writes `begin_g()`: every synapse as it is at the start of a trial; traces that are kept stay. */
export function writeBegin(kernel: Kernel, { group, matrix, plastic }: PlasticGroup): void {
  const size = matrix.packing.size * kernel.layout.bytes;
  kernel.write(`begin_${group.index}`, 0, (writer) => {
    const lanes = kernel.lanes(writer);
    writer.do(clearMemory(plastic.asked, size));
    for (const { name, initial } of group.keepsTraces ? [] : plastic.program.state) {
      const address = plastic.state[name];
      if (Object.is(initial, 0)) writer.do(clearMemory(address, size));
      else {
        writer.sweep({ from: i32.constant(0), until: i32.constant(size), step: VECTOR }, (at) => {
          lanes.store(at, address, initial);
        });
      }
    }
  });
}

/** Writes the rows that all synapses of a neuron share. */
function writeShared(kernel: Kernel, writer: Writer, learning: PlasticGroup, frame: Expression): void {
  const { group, plastic } = learning;
  const { frames } = kernel.layout;
  const lanes = kernel.lanes(writer);
  const sides = [
    { rows: plastic.shared.pre, population: group.from, late: learning.late },
    { rows: plastic.shared.post, population: group.to, late: 0 },
  ];
  for (const { rows, population, late } of sides) {
    if (rows.length === 0) continue;
    const end = moved(frame, frames.rowBytes(population));
    writer.sweep({ from: frame, until: end, step: VECTOR }, (pointer) => {
      const then = writer.keep('i32', moved(pointer, -late * frames.stride));
      const values = lower(
        lanes,
        rows.map(({ value }) => value),
        ({ path }) => lanes.load(then, publishedField(kernel, learning, path)),
      );
      rows.forEach(({ offset }, k) => {
        lanes.store(pointer, offset, values[k]);
      });
    });
  }
}
