import type { Rotation } from '../circuit/index.ts';
import type { Kernel } from './kernel.ts';
import { VECTOR } from './lanes.ts';
import type { FeedbackLayout } from './layout.ts';
import { lower } from './lower.ts';
import { loadNumber, storeNumber } from './numbers.ts';
import { clearMemory, f64, i32, op, type Expression } from './wat.ts';
import type { Writer } from './writer.ts';

/** A weight's address, and the address of the feedback weight that it is carried into. */
type Carried = readonly [weight: number, feedback: number];

/**
 * Writes `carry()`, which brings the feedback weights after the weights that they follow; returns what calls it, if there are any.
 *
 * Where those are the readout's, this is weight transport, and not local.
 */
export function writeCarry(kernel: Kernel): (writer: Writer) => void {
  const { feedback } = kernel.layout;
  const followed = feedback.filter((entry) => entry.feedback.carriage);
  if (followed.length === 0) return () => undefined;
  kernel.write('carry', 0, (writer) => {
    for (const entry of followed) writeMatrix(kernel, writer, entry);
  });
  return (writer) => {
    writer.call('carry');
  };
}

function writeMatrix(kernel: Kernel, writer: Writer, entry: FeedbackLayout): void {
  const { layout } = kernel;
  const { feedback, weights } = entry;
  const size = feedback.from.size * layout.frames.rowBytes(feedback.to);
  writer.do(clearMemory(weights, size));
  const carried = carriedInto(kernel, entry);
  const table = layout.memory.hold(Int32Array.from(carried.flat()));
  const until = i32.constant(table + 8 * carried.length);
  writer.sweep({ from: i32.constant(table), until, step: 8 }, (pair) => {
    const into = writer.keep('i32', i32.load(pair, 4));
    const sum = f64.add(loadNumber(kernel, into, 0), loadNumber(kernel, i32.load(pair), 0));
    storeNumber(kernel, writer.do.bind(writer), into, 0, sum);
  });
  const { rotation, form } = feedback.carriage ?? {};
  if (rotation && rotation.sine > 0) writeRotation(kernel, writer, entry, rotation);
  if (!form) return;
  const kept = form.kept && layout.memory.hold(layout.turned(feedback, form.kept));
  const lanes = kernel.lanes(writer);
  writer.sweep({ from: i32.constant(0), until: i32.constant(size), step: VECTOR }, (at) => {
    const [formed] = lower(lanes, [form.weight.value], ({ path }) =>
      lanes.load(at, path === 'kept' && kept !== undefined ? kept : weights),
    );
    lanes.store(at, weights, formed);
  });
}

/** Which weight is carried into which feedback weight, in the order of the actors. */
function carriedInto({ layout }: Kernel, { feedback, weights }: FeedbackLayout): Carried[] {
  const { bytes, frames } = layout;
  const groups = [...layout.groups, ...layout.feedback.flatMap(({ synapses }) => synapses ?? [])];
  const width = frames.rowBytes(feedback.to);
  const outputs = feedback.from.size;
  return (feedback.carriage?.sources ?? []).flatMap(({ group, place }) =>
    groups
      .filter((known) => known.group === group)
      .flatMap(({ matrix }) =>
        Array.from(place, (at, k): Carried => {
          const [neuron, output] = [Math.floor(at / outputs), at % outputs];
          return [matrix.weights + matrix.packing.place[k] * bytes, weights + output * width + neuron * bytes];
        }),
      ),
  );
}

/** `rotate` of src/circuit, sum for sum: rows of output neurons, in which the gaps are 0. */
function writeRotation(
  kernel: Kernel,
  writer: Writer,
  { feedback, weights }: FeedbackLayout,
  { cosine, sine, drawn, rounding }: Rotation,
): void {
  const { layout } = kernel;
  const r = layout.memory.hold(layout.turned(feedback, drawn));
  const size = feedback.from.size * layout.frames.rowBytes(feedback.to);
  const each = (visit: (v: Expression, drawn: Expression, at: Expression) => void) => {
    writer.sweep({ from: i32.constant(0), until: i32.constant(size), step: layout.bytes }, (at) => {
      const [carried, other] = [weights, r].map((address) => writer.keep('f64', loadNumber(kernel, at, address)));
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
    storeNumber(kernel, writer.do.bind(writer), at, weights, turned);
  });
}
