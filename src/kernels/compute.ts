import {
  checkedRows,
  isChecked,
  type BuiltPopulation,
  type ComputeStep,
  type Row,
  type ScoreStep,
  type Source,
  type TotalStep,
} from '../circuit/index.ts';
import type { Value } from '../local/index.ts';
import { chanceKeyOf, drawLanes, placesOf } from './chance.ts';
import type { Kernel } from './kernel.ts';
import { lanesOf, VECTOR, type Lanes, type Operand } from './lanes.ts';
import { lower, readsOf } from './lower.ts';
import { numbersOf } from './matrix.ts';
import { range } from './packing.ts';
import { graphOf } from './programs.ts';
import { f64, i32, op, type Expression } from './wat.ts';
import { memo, moved } from './writer.ts';

/** A vector of neurons. */
interface Neurons {
  /** Bytes from where a row begins to their numbers. */
  readonly at: () => Expression;
  /** Their numbers in the row that begins there in the window. */
  readonly load: (offset: number) => Expression;
}

/** Writes `name(window)`: what every neuron of a population computes, vector after vector. */
export function writeCompute(kernel: Kernel, name: string, step: ComputeStep): void {
  const { frames, bytes } = kernel.layout;
  const { population, results, reads } = step;
  const values = results.map((result) => graphOf(population, result));
  const used = new Set(readsOf(values).map(({ path }) => path));
  const checked = isChecked(step) || isNarrowed(kernel, step) ? checkedRows(step) : [];

  kernel.write(name, 1, (writer, window) => {
    const lanes = kernel.lanes(writer);
    const loaders = new Map(
      [...reads].flatMap(([path, source]) =>
        used.has(path) ? [[path, loaderOf(kernel, lanes, population, window, source)] as const] : [],
      ),
    );
    const fault = writer.variable('v128', lanes.constant(0));
    const visit = (pointer: Expression, real?: Expression) => {
      const load = memo((offset: number) => lanes.load(pointer, offset));
      const neurons = { at: () => writer.keep('i32', i32.subtract(pointer, window)), load };
      const known = new Map<Value, Operand>();
      const compute = (some: readonly Value[]): readonly Operand[] =>
        lower(lanes, some, ({ path }) => read(path), known);
      const read = (path: string): Operand => {
        const source = reads.get(path);
        const own = source?.kind === 'row' && source.late === 0 ? resultOf(step, source.row) : -1;
        if (own >= 0) return compute([values[own]])[0];
        const loader = loaders.get(path);
        if (!loader) throw new Error(`'${population.name}' reads '${path}', and no source is known of it`);
        return loader(neurons);
      };
      const computed = compute(values);
      results.forEach(({ row }, k) => {
        lanes.store(pointer, frames.at(row), computed[k]);
      });
      if (checked.length === 0) return;
      const wrong = checked
        .map((row) => {
          const own = resultOf(step, row);
          return lanes.excess(own >= 0 ? computed[own] : load(frames.at(row)));
        })
        .reduce(lanes.add);
      fault.set(lanes.add(fault.value, real === undefined ? wrong : lanes.and(wrong, real)));
    };
    const rest = checked.length === 0 ? 0 : population.size % lanesOf(bytes);
    const whole = Math.ceil((population.size - rest) / lanesOf(bytes)) * VECTOR;
    writer.sweep({ from: window, until: moved(window, whole), step: VECTOR }, (pointer) => {
      visit(pointer);
    });
    if (rest > 0) visit(writer.keep('i32', moved(window, whole)), lanes.first(rest));
    if (checked.length > 0) kernel.addFault(lanes, fault.value);
  });
}

/** Writes `name(window)`: the numbers of a row, or their squares, are added to the trial's score, neuron after neuron. */
export function writeScore(kernel: Kernel, name: string, { population, row, adds }: ScoreStep): void {
  kernel.write(name, 1, (writer, window) => {
    const lanes = kernel.lanes(writer);
    const score = writer.variable('f64', writer.get('score'));
    eachNumber(kernel, lanes, window, { population, row }, (e) => {
      score.set(f64.add(score.value, adds === 'squares' ? f64.multiply(e, e) : e));
    });
    writer.set('score', score.value);
    kernel.addFault(lanes, lanes.splat(f64.subtract(score.value, score.value)));
  });
}

/** Writes `name(window)`: the sum of a row's numbers, neuron after neuron, or the largest of them. */
export function writeTotal(kernel: Kernel, name: string, { population, row, of, into }: TotalStep): void {
  const { frames } = kernel.layout;
  kernel.write(name, 1, (writer, window) => {
    const lanes = kernel.lanes(writer);
    const total = writer.variable('f64', f64.constant(of === 'sum' ? 0 : -Infinity));
    eachNumber(kernel, lanes, window, { population, row }, (value) => {
      const most = op('select', value, total.value, op('f64.gt', value, total.value));
      total.set(of === 'sum' ? f64.add(total.value, value) : most);
    });
    lanes.storeNumber(window, frames.at(into), total.value);
  });
}

function eachNumber(
  { layout: { frames, bytes } }: Kernel,
  lanes: Lanes,
  window: Expression,
  { population, row }: Pick<ScoreStep, 'population' | 'row'>,
  visit: (value: Expression) => void,
): void {
  const { writer } = lanes;
  writer.sweep({ from: window, until: moved(window, population.size * bytes), step: bytes }, (pointer) => {
    visit(writer.keep('f64', lanes.loadNumber(pointer, frames.at(row))));
  });
}

/** Which of a step's results goes into a row; -1: none. */
function resultOf({ results }: ComputeStep, row: Row): number {
  return results.findIndex((result) => result.row === row);
}

/** Whether a step reads numbers that a single may be too small for. Those of a trial are finite in float64. */
function isNarrowed({ layout: { bytes } }: Kernel, { reads }: ComputeStep): boolean {
  return bytes === 4 && [...reads.values()].some(({ kind }) => kind === 'input');
}

/** What has to be done once for all neurons is done here; what is returned loads the numbers of some. */
function loaderOf(
  { layout: { frames, bytes, memory, precision } }: Kernel,
  lanes: Lanes,
  population: BuiltPopulation,
  window: Expression,
  source: Source,
): (neurons: Neurons) => Operand {
  const { writer } = lanes;
  switch (source.kind) {
    case 'row':
      return ({ load }) => load(frames.at(source.row, source.late));
    case 'element': {
      const value = lanes.loadSplat(window, frames.at(source.row, source.late) + source.neuron * bytes);
      return () => value;
    }
    case 'number':
      return () => source.value;
    case 'numbers': {
      const numbers = numbersOf(precision, frames.rowBytes(population) / bytes);
      numbers.set(source.values);
      const address = memory.hold(numbers);
      return ({ at }) => lanes.load(at(), address);
    }
    case 'input':
    case 'target':
      return ({ at }) =>
        loadSignal(
          lanes,
          i32.add(writer.get(source.kind), i32.multiply(at(), i32.constant(8 / bytes))),
          8 * source.channel,
        );
    case 'draw': {
      const key = chanceKeyOf(writer, source.seed);
      const places = memory.hold(placesOf(population.size, bytes, frames.rowBytes(population) / bytes, (i) => i));
      return ({ at }) => drawLanes(lanes, key, lanes.load(at(), places));
    }
    case 'timestep': {
      const value = lanes.splat(op('f64.convert_i32_s', writer.get('timestep')));
      return () => value;
    }
  }
}

/** A vector of the trial's numbers, which are f64 in every precision. */
function loadSignal(lanes: Lanes, pointer: Expression, offset: number): Expression {
  if (lanes.bytes === 8) return lanes.load(pointer, offset);
  const base = lanes.writer.keep('i32', pointer);
  const [low, high] = [0, VECTOR].map((more) =>
    lanes.keep(op('f32x4.demote_f64x2_zero', op('v128.load', `offset=${offset + more}`, base))),
  );
  const joined = range(16).map((i) => (i < 8 ? i : i + 8));
  return lanes.keep(op('i8x16.shuffle', ...joined, low, high));
}
