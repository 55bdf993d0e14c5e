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
import type { Read, Value } from '../local/index.ts';
import { chanceKeyOf, drawLanes, placesOf } from './chance.ts';
import type { Kernel } from './kernel.ts';
import { computedBefore } from './computed.ts';
import { Lanes, loadNumber, VECTOR, type Operand } from './lanes.ts';
import { takesLong } from './library.ts';
import { lower, readsOf } from './lower.ts';
import { numbersOf } from './matrix.ts';
import { range } from './packing.ts';
import { writeParts } from './parted.ts';
import { graphOf } from './programs.ts';
import { f64, i32, op, type Expression } from './wat.ts';
import { memo, moved } from './writer.ts';

/**
 * How many vectors of neurons are computed in parallel if a function takes long: every operation waits for the one before, which leaves time for
 * other vectors. For more there would not be enough registers.
 */
const ABREAST = 3;

/** A vector of neurons. */
interface Neurons {
  /** The offset of their numbers within their population, bytes of the precision of the computation. */
  readonly at: () => Expression;
  /** Their numbers in the row that begins at this offset of the window. */
  readonly load: (offset: number) => Expression;
}

/** How a step reads and writes rows. */
interface Access {
  /** The arithmetic. */
  readonly lanes: Lanes;
  /** Bytes of a row that are read and written at a time. */
  readonly step: number;
  readonly load: (pointer: Expression, offset: number) => Expression;
  readonly store: (pointer: Expression, offset: number, value: Operand) => void;
  /** NaN in the lanes whose stored number is not finite; in the kernel's precision. */
  readonly excess: (pointer: Expression, offset: number, value: Operand) => Expression;
}

/** Writes `name(window)`: what every neuron of a population computes, vector after vector. */
export function writeCompute(kernel: Kernel, name: string, step: ComputeStep): void {
  const { frames, bytes, memory } = kernel.layout;
  const { population, results, reads } = step;
  const values = results.map((result) => graphOf(population, result));
  const used = new Set(readsOf(values).map(({ path }) => path));
  const kinds = new Set([...reads.values()].map(({ kind }) => kind));
  const isNarrowed = bytes === 4 && (['input', 'target', 'count'] as const).some((kind) => kinds.has(kind));
  const before: ReadonlyMap<Value, Row> = isNarrowed ? new Map() : computedBefore(kernel.layout.timestep, step);
  // A trial's inputs are finite in float64, and may be too large for float32.
  const checked = isChecked(step) || (isNarrowed && kinds.has('input')) ? checkedRows(step) : [];
  const rowsRead = [
    ...[...reads].flatMap(([path, source]) =>
      source.kind === 'row' && used.has(path) ? [frames.at(source.row, source.late)] : [],
    ),
    ...[...before.values()].map((row) => frames.at(row)),
  ];

  kernel.write(name, 1, (writer, window) => {
    const own = kernel.lanes(writer);
    const { lanes, ...rows } = isNarrowed ? inDouble(own) : inOwnPrecision(own);
    const loaders = new Map(
      [...reads].flatMap(([path, source]) =>
        used.has(path) ? [[path, loaderOf(kernel, lanes, population, window, source)] as const] : [],
      ),
    );
    const scale = i32.constant(lanes.bytes / bytes);
    /** Some vectors; `pointer` leads to the first. */
    const neuronsAt = (pointer: Expression, count: number): readonly Neurons[] =>
      range(count).map((v) => {
        const place = i32.subtract(moved(pointer, v * rows.step), window);
        return {
          at: () => writer.keep('i32', i32.multiply(place, scale)),
          load: memo((offset: number) => rows.load(pointer, v * rows.step + offset)),
        };
      });
    const compute = (neurons: Neurons, numbers: readonly Value[], found = new Map<Value, Operand>()) => {
      for (const [value, row] of before) found.set(value, neurons.load(frames.at(row)));
      const read = ({ path }: Read): Operand => {
        const loader = loaders.get(path);
        if (!loader) throw new Error(`'${population.name}' reads '${path}', whose source is unknown`);
        return loader(neurons);
      };
      return lower(lanes, numbers, read, found);
    };
    const width = rows.step / bytes;
    /** Visits the first vectors: some in parallel, and the remaining ones one by one, so that the code does not depend on their number. */
    const sweep = (vectors: number, abreast: number, visit: (pointer: Expression, count: number) => void) => {
      const [together, all] = [vectors - (vectors % abreast), vectors].map((count) => moved(window, count * rows.step));
      const sweepSome = (from: Expression, until: Expression, count: number) => {
        writer.sweep({ from, until, step: count * rows.step }, (pointer) => {
          visit(pointer, count);
        });
      };
      sweepSome(window, together, abreast);
      if (abreast > 1) sweepSome(together, all, 1);
    };
    const all = Math.ceil(population.size / width);
    const parted = writeParts<Neurons>(all > ABREAST ? values : [], new Set(before.keys()), {
      lanes,
      reserve: () => memory.reserve(all * VECTOR),
      sweep: (visit) => {
        sweep(all, 1, (pointer) => {
          visit(neuronsAt(pointer, 1)[0]);
        });
      },
      compute: (neurons, value) => compute(neurons, [value])[0],
    });
    const fault = writer.variable('v128', own.constant(0));
    /** Visits some vectors in parallel; `real` masks the lanes of the last that are neurons. */
    const visit = (pointer: Expression, count: number, real?: Expression) => {
      const some = neuronsAt(pointer, count);
      // Rows come first: otherwise constants would be loaded for one vector after another, long before they are needed.
      for (const { load } of some) rowsRead.forEach(load);
      const computed = writer.sharing(() =>
        some.map((neurons) => {
          const ends = [...parted].map(([call, last]) => [call, last(neurons)] as const);
          return compute(neurons, values, new Map(ends));
        }),
      );
      computed.forEach((one, v) => {
        results.forEach(({ row }, k) => {
          rows.store(pointer, v * rows.step + frames.at(row), one[k]);
        });
      });
      computed.forEach((one, v) => {
        if (checked.length === 0) return;
        const wrong = checked
          .map((row) => {
            const [result, at] = [results.findIndex((found) => found.row === row), frames.at(row)];
            const value = result >= 0 ? one[result] : some[v].load(at);
            return rows.excess(pointer, v * rows.step + at, value);
          })
          .reduce(own.add);
        const isLast = v === count - 1;
        fault.set(own.add(fault.value, real !== undefined && isLast ? own.and(wrong, real) : wrong));
      });
    };
    const partial = checked.length === 0 ? 0 : population.size % width;
    const vectors = Math.ceil((population.size - partial) / width);
    const known = new Set([...before.keys(), ...parted.keys()]);
    sweep(vectors, takesLong(values, known) ? ABREAST : 1, visit);
    if (partial > 0) visit(writer.keep('i32', moved(window, vectors * rows.step)), 1, own.first(partial));
    if (checked.length > 0) kernel.addFault(own, fault.value);
  });
}

function inOwnPrecision(lanes: Lanes): Access {
  return {
    ...{ lanes, step: VECTOR, load: lanes.load, store: lanes.store },
    excess: (_pointer, _offset, value) => lanes.excess(value),
  };
}

/** If a float32 kernel reads a trial's numbers, which are f64, it computes in f64 and rounds the results. */
function inDouble(own: Lanes): Access {
  const lanes = new Lanes(own.writer, 'f64', own.memory);
  const pair = (pointer: Expression, offset: number) =>
    lanes.keep(op('v128.load64_zero', `offset=${offset}`, 'align=4', pointer));
  return {
    ...{ lanes, step: VECTOR / 2 },
    load: (pointer, offset) => lanes.keep(op('f64x2.promote_low_f32x4', pair(pointer, offset))),
    store: (pointer, offset, value) => {
      const rounded = op('f32x4.demote_f64x2_zero', lanes.read(value));
      own.writer.do(op('v128.store64_lane', `offset=${offset}`, 'align=4', 0, pointer, rounded));
    },
    excess: (pointer, offset) => own.excess(pair(pointer, offset)),
  };
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

/** Does here what need be done only once for all neurons; returns a function that loads the numbers of some. */
function loaderOf(
  { layout }: Kernel,
  lanes: Lanes,
  population: BuiltPopulation,
  window: Expression,
  source: Source,
): (neurons: Neurons) => Operand {
  const { writer } = lanes;
  const { frames, bytes, memory, timestep } = layout;
  const width = frames.rowBytes(population) / bytes;
  switch (source.kind) {
    case 'row':
      return ({ load }) => load(frames.at(source.row, source.late));
    case 'element': {
      const at = frames.at(source.row, source.late) + source.neuron * bytes;
      const value = lanes.splat(loadNumber(bytes, window, at));
      return () => value;
    }
    case 'number':
      return () => source.value;
    case 'numbers': {
      const numbers = numbersOf(lanes.precision, width);
      numbers.set(source.values);
      const address = memory.hold(numbers);
      return ({ at }) => lanes.load(at(), address);
    }
    case 'tuned': {
      const value = lanes.splat(op('f64.load', `offset=${layout.tunedAt(source.number)}`, i32.constant(0)));
      return () => value;
    }
    case 'input':
    case 'target':
      return ({ at }) => lanes.load(i32.add(writer.get(source.kind), at()), 8 * source.channel);
    case 'draw': {
      const key = chanceKeyOf(writer, source.seed);
      const places = memory.hold(placesOf(population.size, lanes.bytes, width, (i) => i));
      return ({ at }) => drawLanes(lanes, key, lanes.load(at(), places));
    }
    case 'timestep':
    case 'count': {
      const t = op('f64.convert_i32_s', writer.get(timestep.repeat ? 'sample' : 'timestep'));
      const value = lanes.splat(source.kind === 'count' ? f64.add(writer.get('before'), t) : t);
      return () => value;
    }
    case 'sweep':
    case 'last': {
      const value = lanes.splat(op('f64.convert_i32_s', writer.get(source.kind)));
      return () => value;
    }
  }
}
