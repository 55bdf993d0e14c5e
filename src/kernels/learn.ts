import { Graph, type Read } from '../local/index.ts';
import { chanceKeyOf, drawLanes } from './chance.ts';
import type { Kernel } from './kernel.ts';
import { VECTOR, type Lanes, type Operand } from './lanes.ts';
import { placeOf, type PlasticGroup } from './layout.ts';
import { lower } from './lower.ts';
import { range } from './packing.ts';
import { rowRead, visitSynapses, type Synapses, type SynapseVector } from './synapses.ts';
import { clearMemory, f64, i32, op, type Expression } from './wat.ts';
import { moved, type Variable, type Writer } from './writer.ts';

/** The factor of a group's sum of changes: its rate, divided by T/pace; or only by T if its optimiser handles the pace itself (f64). */
export function stepOf({ rateAt, takeUp }: PlasticGroup, divisor: Expression): Expression {
  const over = takeUp?.pacesApart ? op('global.get', '$length') : divisor;
  return op('f64.div', f64.load(i32.constant(0), rateAt), over);
}

/**
 * Writes `learn_g(first, end)`: for the windows first .. end (exclusive) every synapse updates its trace and requests its change.
 *
 * Traces do not feed back into the activity within a trial, so a few synapses go through many timesteps at a time, with
 * their traces held in registers: memory is accessed once for many timesteps.
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

/** Writes `trace_g(window)`: in a sweep that is not the last of its timestep, every synapse updates its trace. */
export function writeTrace(kernel: Kernel, plastic: PlasticGroup): void {
  const { state } = plastic.program;
  const traced = { ...plastic, program: { state, change: new Graph().constant(0) } };
  kernel.write(`trace_${plastic.group.index}`, 1, (writer, window) => {
    if (state.length === 0) return;
    writeOwn(kernel.lanes(writer), plastic);
    writeShared(kernel, writer, plastic, window);
    visitSynapses(kernel, writer, traced, (synapses) => {
      const held = synapses.hold();
      synapses.step(window, held);
      held.store();
    });
  });
}

/** Writes `learn_apply_g(window, step)`: one timestep's traces and changes, applied at once. */
export function writeLearnAndApply(kernel: Kernel, plastic: PlasticGroup): void {
  kernel.write(`learn_apply_${plastic.group.index}`, ['i32', 'f64'], (writer, window, each) => {
    const lanes = kernel.lanes(writer);
    const step = lanes.splat(each);
    const fault = writer.variable('v128', lanes.constant(0));
    const takeUp = takingUp(lanes, plastic);
    writeOwn(lanes, plastic);
    writeShared(kernel, writer, plastic, window);
    visitSynapses(kernel, writer, plastic, (synapses) => {
      const held = synapses.hold();
      const changes = synapses.step(window, held);
      held.store();
      applyNow(synapses, changes, window, { takeUp, step, fault });
    });
    kernel.addFault(lanes, fault.value);
  });
}

/** Some synapses apply the change that they have requested in a timestep. */
export function applyNow(
  synapses: Synapses,
  changes: readonly Operand[],
  window: Expression,
  { takeUp, step, fault }: { readonly takeUp: Taking; readonly step: Expression; readonly fault: Variable },
): void {
  const { lanes } = synapses;
  const seen = takeUp.sees ? synapses.seen(window) : () => unseen;
  changes.forEach((change, k) => {
    // From 0, as every sum of changes starts: it has no -0.
    const asked = lanes.multiply(step, lanes.add(0, change));
    takeUpVector(lanes, takeUp, { ...synapses.vector(k), asked, seen: seen(k) }, fault);
  });
}

/** Writes `apply_g(step)`: w += step times the sum of changes, or as an optimiser or dials apply it. */
export function writeApply(kernel: Kernel, plastic: PlasticGroup): void {
  const { group, matrix, axons } = plastic;
  const { packing, tables, bytes } = matrix;
  kernel.write(`apply_${group.index}`, ['f64'], (writer, each) => {
    const lanes = kernel.lanes(writer);
    if (axons) kernel.wrote(writer);
    const step = lanes.splat(each);
    const takeUp = takingUp(lanes, plastic);
    const fault = writer.variable('v128', lanes.constant(0));
    if (takeUp.sees) {
      const window = writer.keep('i32', writer.get('window'));
      visitSynapses(kernel, writer, plastic, (synapses) => {
        const changes = range(synapses.count).map((k) => synapses.vector(k).load(plastic.asked));
        applyNow(synapses, changes, window, { takeUp, step, fault });
      });
    } else {
      packing.parts.forEach(({ offset, columns, vectors }, which) => {
        const { masks } = tables[which];
        const [from, size] = [offset * bytes, columns.length * vectors * VECTOR];
        writer.sweep({ from: i32.constant(0), until: i32.constant(size), step: VECTOR }, (at) => {
          const vector: SynapseVector = {
            load: (address) => lanes.load(at, address + from),
            store: (address, value) => {
              lanes.store(at, address + from, value);
            },
            masked: (w) => (masks === 0 ? w : lanes.and(w, lanes.load(at, masks))),
          };
          const asked = lanes.multiply(step, vector.load(plastic.asked));
          takeUpVector(lanes, takeUp, { ...vector, asked, seen: unseen }, fault);
        });
      });
    }
    kernel.addFault(lanes, fault.value);
  });
}

/** A vector of synapses that apply their changes. */
interface TakingVector extends SynapseVector {
  readonly asked: Expression;
  /** What they see of their neurons. */
  readonly seen: (read: Read) => Operand;
}

/** Applies a vector's changes, and adds to `fault` what has stopped being finite. */
function takeUpVector(lanes: Lanes, takeUp: Taking, vector: TakingVector, fault: Variable): void {
  const { w, stores } = takeUp.compute(vector);
  const real = vector.masked(w);
  fault.set(lanes.add(fault.value, lanes.excess(real)));
  vector.store(takeUp.weights, real);
  for (const { address, value } of stores) vector.store(address, value);
}

/** How a group applies changes, vector by vector. */
export interface Taking {
  /** Where its weights are. */
  readonly weights: number;
  /** Whether it reads numbers of its neurons. */
  readonly sees: boolean;
  /** The new weights, and new state with its place. */
  readonly compute: (vector: TakingVector) => {
    readonly w: Expression;
    readonly stores: readonly { readonly address: number; readonly value: Operand }[];
  };
}

export function takingUp(lanes: Lanes, plastic: PlasticGroup): Taking {
  const { matrix, takeUp, taking, parameters } = plastic;
  const { weights } = matrix;
  if (!takeUp || !taking) {
    const compute = ({ load, asked }: TakingVector) => ({ w: lanes.add(load(weights), asked), stores: [] });
    return { weights, sees: false, compute };
  }
  const { writer } = lanes;
  const { constants, chance } = taking;
  const key = chance && chanceKeyOf(writer, chance.seed);
  const results = takeUp.text.namedResults;
  const { reads } = takeUp.text;
  const globals = new Map(
    (['pace', 'due'] as const)
      .filter((name) => reads.some(({ path }) => path === `take.${name}`))
      .map((name): [string, Expression] => [`take.${name}`, lanes.splat(writer.get(name))]),
  );
  return {
    weights,
    sees: reads.some(({ path }) => isSeen(path)),
    compute: ({ load, asked, seen }) => {
      const read = (one: Read): Operand => {
        const { path } = one;
        if (path === 'w') return load(weights);
        if (path === 'take.change') return asked;
        if (path === 'take.draw' && chance && key !== undefined) return drawLanes(lanes, key, load(chance.places));
        if (isSeen(path)) return seen(one);
        if (Object.hasOwn(parameters, path)) return lanes.loadOwn(parameters[path]);
        return globals.get(path) ?? load(placeOf(plastic, path) ?? constants[path.replace('take.', '')]);
      };
      const values = results.map(({ value }) => value);
      const [w, ...state] = lower(lanes, values, read);
      const stores = state.flatMap((value, k) => {
        const address = placeOf(plastic, results[k + 1].name);
        return address === undefined ? [] : [{ address, value }];
      });
      return { w: lanes.read(w), stores };
    },
  };
}

function isSeen(path: string): boolean {
  return ['pre', 'post', 'global'].includes(path.split('.')[0]);
}

function unseen({ path }: Read): never {
  throw new Error(`'${path}' belongs to a neuron, and none is seen here`);
}

/** Whether a group's changes are simply added to its weights when a trial has ended: then the sums need not be in memory. */
export function growsAtOnce({ history, takeUp }: PlasticGroup): boolean {
  return history !== undefined && takeUp === undefined;
}

/** Writes `begin_g()`: resets every synapse to the start of a trial, except traces that are kept. */
export function writeBegin(kernel: Kernel, plastic: PlasticGroup): void {
  const { group, matrix, asked, places } = plastic;
  const size = matrix.packing.size * matrix.bytes;
  kernel.write(`begin_${group.index}`, 0, (writer) => {
    const lanes = kernel.lanes(writer);
    if (!growsAtOnce(plastic)) writer.do(clearMemory(asked, size));
    for (const { variable, address } of places) {
      const { start, lasting } = variable;
      if (lasting || start === 'weight') continue;
      if (Object.is(start, 0)) writer.do(clearMemory(address, size));
      else {
        writer.sweep({ from: i32.constant(0), until: i32.constant(size), step: VECTOR }, (at) => {
          lanes.store(at, address, start);
        });
      }
    }
  });
}

/** Writes what all synapses of the group share: numbers that depend on its tunable parameters. */
export function writeOwn(lanes: Lanes, { shared: { own }, parameters }: PlasticGroup): void {
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
export function writeShared(
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
