import type { BuiltFeedback, Rotation } from '../circuit/index.ts';
import type { Kernel } from './kernel.ts';
import { VECTOR, type Lanes } from './lanes.ts';
import { lower } from './lower.ts';
import { addressOf, packed } from './matrix.ts';
import { clearMemory, f64, i32, op, type Expression } from './wat.ts';
import type { Sweep } from './writer.ts';

/** Writes `name()`, which brings feedback weights after the weights that they follow. Where those are the readout's, it is weight transport. */
export function writeCarry(kernel: Kernel, name: string, feedback: BuiltFeedback): void {
  const { layout } = kernel;
  const { sources, rotation, form } = feedback.carriage ?? { sources: [] };
  const into = layout.matrixOf(feedback);
  const size = into.packing.size * layout.bytes;
  kernel.write(name, 0, (writer) => {
    const lanes = kernel.lanes(writer);
    writer.do(clearMemory(into.weights, size));
    for (const { group, place } of sources) {
      const from = layout.matrixOf(group);
      // A weight's address, and the address of the feedback weight that it is carried into.
      const pairs = Array.from(place, (at, k) => [addressOf(from, k), addressOf(into, at)]).flat();
      const table = layout.memory.hold(Int32Array.from(pairs));
      writer.sweep(tableOf(table, pairs.length, 8), (pair) => {
        const target = writer.keep('i32', i32.load(pair, 4));
        lanes.storeNumber(target, 0, f64.add(lanes.loadNumber(target, 0), lanes.loadNumber(i32.load(pair), 0)));
      });
    }
    if (rotation && rotation.sine > 0) writeRotation(kernel, lanes, feedback, rotation);
    if (!form) return;
    const kept = form.kept && layout.memory.hold(packed(layout.precision, into.packing, form.kept));
    writer.sweep({ from: i32.constant(0), until: i32.constant(size), step: VECTOR }, (at) => {
      const [formed] = lower(lanes, [form.weight.value], ({ path }) =>
        lanes.load(at, path === 'kept' && kept !== undefined ? kept : into.weights),
      );
      lanes.store(at, into.weights, formed);
    });
  });
}

/** `count` numbers of 32 bits in memory, visited `step` bytes at a time. */
function tableOf(address: number, count: number, step: number): Sweep {
  return { from: i32.constant(address), until: i32.constant(address + 4 * count), step };
}

/** `rotate` of src/circuit, sum for sum: output neuron by output neuron, and within one by receiving neuron. */
function writeRotation(
  kernel: Kernel,
  lanes: Lanes,
  feedback: BuiltFeedback,
  { cosine, sine, drawn, rounding }: Rotation,
): void {
  const { layout } = kernel;
  const { writer } = lanes;
  const { packing, weights } = layout.matrixOf(feedback);
  const [outputs, r] = [feedback.from.size, layout.memory.hold(packed(layout.precision, packing, drawn))];
  const order = Array.from(drawn, (_, n) => (n % feedback.to.size) * outputs + Math.floor(n / feedback.to.size));
  const places = layout.memory.hold(Int32Array.from(order, (at) => packing.place[at] * layout.bytes));
  const each = (visit: (v: Expression, drawn: Expression, at: Expression) => void) => {
    writer.sweep(tableOf(places, order.length, 4), (pointer) => {
      const at = writer.keep('i32', i32.load(pointer));
      const [carried, other] = [weights, r].map((address) => writer.keep('f64', lanes.loadNumber(at, address)));
      visit(carried, other, at);
    });
  };
  const sum = () => {
    const variable = writer.variable('f64', f64.constant(0));
    return {
      of: variable.value,
      add: (a: Expression, b: Expression) => {
        variable.set(f64.add(variable.value, f64.multiply(a, b)));
      },
    };
  };
  const whereAbove = (value: Expression, above: Expression, limit: Expression) =>
    writer.keep('f64', op('select', value, f64.constant(0), op('f64.gt', above, limit)));

  const [along, squares, whole, across] = [sum(), sum(), sum(), sum()];
  each((v, other) => {
    along.add(other, v);
    squares.add(v, v);
    whole.add(other, other);
  });
  const part = whereAbove(op('f64.div', along.of, squares.of), squares.of, f64.constant(0));
  const restOf = (v: Expression, other: Expression) => f64.subtract(other, f64.multiply(part, v));
  each((v, other) => {
    const rest = writer.keep('f64', restOf(v, other));
    across.add(rest, rest);
  });
  const length = f64.multiply(f64.constant(sine), op('f64.sqrt', squares.of));
  const scale = whereAbove(
    op('f64.div', length, op('f64.sqrt', across.of)),
    across.of,
    f64.multiply(f64.constant(rounding), whole.of),
  );
  each((v, other, at) => {
    const turned = f64.add(f64.multiply(f64.constant(cosine), v), f64.multiply(scale, restOf(v, other)));
    lanes.storeNumber(at, weights, turned);
  });
}
