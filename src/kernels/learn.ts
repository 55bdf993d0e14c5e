import { chanceKeyOf, drawLanes } from './chance.ts';
import type { Kernel } from './kernel.ts';
import { VECTOR, type Lanes } from './lanes.ts';
import type { PlasticGroup } from './layout.ts';
import { lower } from './lower.ts';
import { rowRead, visitSynapses } from './synapses.ts';
import { clearMemory, f64, i32, op, type Expression } from './wat.ts';
import { moved, type Writer } from './writer.ts';

/** What a group's sum of changes is multiplied by: its rate, divided by T/pace (f64). */
export function stepOf({ rateAt }: PlasticGroup, divisor: Expression): Expression {
  return op('f64.div', f64.load(i32.constant(0), rateAt), divisor);
}

/**
 * Writes `learn_g(first, end)`: for the windows first .. end (exclusive) every synapse updates its trace and asks for its change.
 *
 * Traces do not feed back into the activity within a trial, so the timesteps of a few synapses are gone through in one go, their
 * traces held in registers: memory is touched once for many timesteps.
 */
export function writeLearn(kernel: Kernel, group: PlasticGroup): void {
  const { stride } = kernel.layout.frames;
  kernel.write(`learn_${group.group.index}`, 2, (writer, first, end) => {
    writeOwn(kernel.lanes(writer), group);
    writer.sweep({ from: first, until: end, step: stride }, (window) => {
      writeShared(kernel, writer, group, window);
    });
    visitSynapses(kernel, writer, group, (synapses) => {
      const held = synapses.hold();
      const asked = synapses.variables(group.asked);
      writer.sweep({ from: first, until: end, step: stride }, (window) => {
        const changes = synapses.step(window, held);
        asked.forEach((sum, k) => {
          sum.set(synapses.lanes.add(sum.value, changes[k]));
        });
      });
      held.store();
      synapses.store(group.asked, asked);
    });
  });
}

/** Writes `learn_apply_g(window, step)`: one timestep's traces and changes, applied at once. */
export function writeLearnAndApply(kernel: Kernel, plastic: PlasticGroup): void {
  kernel.write(`learn_apply_${plastic.group.index}`, ['i32', 'f64'], (writer, window, each) => {
    const lanes = kernel.lanes(writer);
    const step = lanes.splat(each);
    const fault = writer.variable('v128', lanes.constant(0));
    const settle = settler(lanes, plastic);
    writeOwn(lanes, plastic);
    writeShared(kernel, writer, plastic, window);
    visitSynapses(kernel, writer, plastic, (synapses) => {
      const held = synapses.hold();
      const changes = synapses.step(window, held);
      held.store();
      changes.forEach((change, k) => {
        // From 0, as every sum of changes starts: it has no -0.
        const asked = lanes.multiply(step, lanes.add(0, change));
        const w = settle(synapses.weight(k), asked, (address) => synapses.own(k, address));
        const real = synapses.masked(k, w);
        fault.set(lanes.add(fault.value, lanes.excess(real)));
        synapses.storeWeight(k, real);
      });
    });
    kernel.addFault(lanes, fault.value);
  });
}

/** Writes `apply_g(step)`: w += step times the sum of changes. */
export function writeApply(kernel: Kernel, plastic: PlasticGroup): void {
  const { group, matrix } = plastic;
  const { weights, packing, tables, bytes } = matrix;
  kernel.write(`apply_${group.index}`, ['f64'], (writer, each) => {
    const lanes = kernel.lanes(writer);
    const step = lanes.splat(each);
    const settle = settler(lanes, plastic);
    const fault = writer.variable('v128', lanes.constant(0));
    packing.parts.forEach(({ offset, columns, vectors }, which) => {
      const { masks } = tables[which];
      const [from, size] = [offset * bytes, columns.length * vectors * VECTOR];
      writer.sweep({ from: i32.constant(0), until: i32.constant(size), step: VECTOR }, (at) => {
        const asked = lanes.load(at, plastic.asked + from);
        const change = lanes.multiply(step, asked);
        const w = settle(lanes.load(at, weights + from), change, (address) => lanes.load(at, address + from));
        const real = masks === 0 ? w : lanes.and(w, lanes.load(at, masks));
        fault.set(lanes.add(fault.value, lanes.excess(real)));
        lanes.store(at, weights + from, real);
      });
    });
    kernel.addFault(lanes, fault.value);
  });
}

/** The new weights of a vector of synapses, from their weights and the changes asked for; `own` loads what is packed as they are. */
type Settle = (w: Expression, change: Expression, own: (address: number) => Expression) => Expression;

/** How a group's weights take up changes. */
function settler(lanes: Lanes, { settling }: PlasticGroup): Settle {
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
export function writeBegin(kernel: Kernel, { group, matrix, program, asked, state }: PlasticGroup): void {
  const size = matrix.packing.size * matrix.bytes;
  kernel.write(`begin_${group.index}`, 0, (writer) => {
    const lanes = kernel.lanes(writer);
    writer.do(clearMemory(asked, size));
    for (const { name, initial } of group.keepsTraces ? [] : program.state) {
      const address = state[name];
      if (Object.is(initial, 0)) writer.do(clearMemory(address, size));
      else {
        writer.sweep({ from: i32.constant(0), until: i32.constant(size), step: VECTOR }, (at) => {
          lanes.store(at, address, initial);
        });
      }
    }
  });
}

/** Writes what all synapses of the group share: numbers that follow from its tunable parameters. */
function writeOwn(lanes: Lanes, { shared: { own }, parameters }: PlasticGroup): void {
  const values = lower(
    lanes,
    own.map(({ value }) => value),
    ({ path }) => lanes.loadOwn(parameters[path]),
  );
  own.forEach(({ address }, k) => {
    lanes.store(i32.constant(0), address, values[k]);
  });
}

/** Writes the rows that all synapses of a neuron share. */
function writeShared(
  kernel: Kernel,
  writer: Writer,
  { shared, reads, parameters }: PlasticGroup,
  window: Expression,
): void {
  const { frames, bytes } = kernel.layout;
  const lanes = kernel.lanes(writer);
  for (const rows of [shared.pre, shared.post]) {
    if (rows.length === 0) continue;
    const until = moved(window, rows[0].population.size * bytes);
    writer.sweep({ from: window, until, step: VECTOR }, (pointer) => {
      const values = lower(
        lanes,
        rows.map(({ value }) => value),
        ({ path, scope }) => {
          if (scope === 'parameter') return lanes.loadOwn(parameters[path]);
          const { row, late } = rowRead(reads, path);
          return lanes.load(pointer, frames.at(row, late));
        },
      );
      rows.forEach((row, k) => {
        lanes.store(pointer, frames.at(row), values[k]);
      });
    });
  }
}
