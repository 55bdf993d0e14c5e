import type { BuiltPopulation } from '../circuit/index.ts';
import { addFault, excess } from './fault.ts';
import type { Kernel } from './kernel.ts';
import { VECTOR } from './lanes.ts';
import type { PopulationLayout } from './layout.ts';
import { lower } from './lower.ts';
import { storeNumber } from './numbers.ts';
import { f64, i32, type Expression } from './wat.ts';
import { moved, type Variable } from './writer.ts';

/** Writes `integrate_p(frame)`: from u(t) and h(t-1) the new rate, and its slope and retention where they are not constant. */
export function writeIntegrate(kernel: Kernel, { population, program, lastLanes }: PopulationLayout): void {
  const { frames, lanes: width } = kernel.layout;
  const fields = (['rate', 'slope', 'retention'] as const).filter((field) => frames.has(population, field));
  const potential = frames.of(population, 'potential');

  kernel.write(`integrate_${population.index}`, 1, (writer, frame) => {
    const lanes = kernel.lanes(writer);
    const fault = writer.variable('v128', lanes.constant(0));
    const visit = (pointer: Expression, neurons?: Expression) => {
      const u = lanes.load(pointer, potential);
      const h = lanes.load(moved(pointer, -frames.stride), frames.of(population, 'rate'));
      const values = lower(
        lanes,
        fields.map((field) => program[field]),
        ({ path }) => (path === 'u' ? u : h),
      );
      fields.forEach((field, k) => {
        lanes.store(pointer, frames.of(population, field), values[k]);
      });
      const wrong = values.reduce<Expression>(
        (sum, value) => lanes.add(sum, excess(lanes, lanes.read(value))),
        excess(lanes, u),
      );
      fault.set(lanes.add(fault.value, neurons === undefined ? wrong : lanes.and(wrong, neurons)));
    };
    const whole = Math.floor(population.size / width) * VECTOR;
    writer.sweep({ from: frame, until: moved(frame, whole), step: VECTOR }, (pointer) => {
      visit(pointer);
    });
    if (population.size % width > 0) {
      visit(writer.keep('i32', moved(frame, whole)), lanes.load(i32.constant(0), lastLanes));
    }
    addFault(kernel, lanes, fault.value);
  });
}

/** Writes `tick_p(frame, input)`: the rates of input neurons are the task's input. */
export function writeTick(kernel: Kernel, population: BuiltPopulation, channel: number): void {
  const { frames } = kernel.layout;
  const rate = frames.of(population, 'rate');
  kernel.write(`tick_${population.index}`, 2, (writer, frame, input) => {
    const lanes = kernel.lanes(writer);
    const fault: Variable = writer.variable('v128', lanes.constant(0));
    const into = writer.variable('i32', frame);
    const end = i32.constant(8 * population.size);
    writer.sweep({ from: i32.constant(0), until: end, step: 8 }, (at) => {
      const x = writer.keep('f64', f64.load(i32.add(input, at), 8 * channel));
      storeNumber(kernel, writer.do.bind(writer), into.value, rate, x);
      fault.set(lanes.add(fault.value, excess(lanes, lanes.splat(x))));
      into.set(moved(into.value, kernel.layout.bytes));
    });
    addFault(kernel, lanes, fault.value);
  });
}
