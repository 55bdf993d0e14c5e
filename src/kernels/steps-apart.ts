import {
  checkedRows,
  isChecked,
  type Aside,
  type ComputeStep,
  type Row,
  type ScoreStep,
  type Source,
  type Step,
  type SumStep,
  type Term,
} from '../circuit/index.ts';
import type { Value } from '../local/index.ts';
import { Lanes, VECTOR, type Operand } from './lanes.ts';
import { takesLong } from './library.ts';
import { lower, readsOf } from './lower.ts';
import type { MemoryPlan } from './memory.ts';
import { range } from './packing.ts';
import { sumUp } from './sum-apart.ts';
import { f64, i32, op, type Expression } from './wat.ts';
import { bytesOf, NUMBER, numbered, total, vectorsOf } from './widths.ts';
import { memo, moved, Writer, type Variable } from './writer.ts';

/** An array, whose address is in a table. */
export type Place =
  /** A row, timestep after timestep; or what is added to its sums in the timestep: address 0 if nothing is. */
  | { readonly kind: 'row'; readonly of: Row }
  | { readonly kind: 'disturbance'; readonly of: Row }
  | { readonly kind: 'weights'; readonly of: Term['weights'] }
  /** A number that each neuron gets in the timestep; or one number for all neurons. */
  | { readonly kind: 'given'; readonly of: Aside; readonly size: number };

/** Some steps of a timestep as one function. */
export interface StepsApart {
  /**
   * A function of the address of a table, the timestep, and the trial's score so far: it returns the score after these steps, or NaN if something
   * is not finite.
   */
  readonly text: string;
  /** The arrays whose addresses the table holds. */
  readonly places: readonly Place[];
  /** How many timesteps the steps look back. */
  readonly longest: number;
}

/** Whether a step can be run apart: if it has a text, and the matrices that it multiplies by are whole. */
export function canRunApart(step: Step, isMatrix: (weights: Term['weights']) => boolean): boolean {
  switch (step.do) {
    case 'compute': {
      const { results, reads } = step;
      // If one neuron reads another in the same step, the order matters.
      const isOwn = (source: Source) => source.kind === 'element' && results.some(({ row }) => row === source.row);
      return results.every(({ value }) => value) && ![...reads.values()].some(isOwn);
    }
    case 'sum':
      return step.terms.every(({ weights, ways }) => !ways && isMatrix(weights));
    case 'score':
      return true;
    default:
      return false;
  }
}

/** Writes steps that can be run apart. */
export function stepsApart(name: string, steps: readonly Step[], memory: MemoryPlan): StepsApart {
  const apart = new Apart(memory);
  for (const step of steps) apart.write(step);
  return { text: apart.end(name), places: apart.places, longest: apart.longest };
}

/** How many vectors of neurons run in parallel if functions take long: every operation waits for the one before, which leaves time for others. */
const ABREAST = 3;

class Apart {
  readonly places: Place[] = [];
  longest = 0;
  private readonly writer = new Writer(['i32', 'i32', 'f64']);
  private readonly lanes: Lanes;
  private readonly score: Variable;
  /** Not 0 if something is not finite. */
  private readonly excess: Variable;

  constructor(memory: MemoryPlan) {
    const { writer } = this;
    this.lanes = new Lanes(writer, 'f64', memory);
    this.score = writer.variable('f64', writer.parameter(2));
    this.excess = writer.variable('v128', this.lanes.constant(0));
  }

  write(step: Step): void {
    if (step.do === 'compute') this.compute(step);
    else if (step.do === 'sum') this.sum(step);
    else if (step.do === 'score') this.add(step);
  }

  end(name: string): string {
    const { excess, score } = this;
    return this.writer.end(name, { type: 'f64', value: f64.add(score.value, total(excess.value)) });
  }

  /** The address of an array, from the table. */
  private begin(place: Place): Expression {
    return this.writer.keep('i32', i32.load(this.writer.parameter(0), 4 * (this.places.push(place) - 1)));
  }

  private readonly rowAt = memo((row: Row) => {
    const timesteps = i32.multiply(this.writer.parameter(1), i32.constant(NUMBER * row.population.size));
    return this.writer.keep('i32', i32.add(this.begin({ kind: 'row', of: row }), timesteps));
  });

  private readonly weightsAt = memo((of: Term['weights']) => this.begin({ kind: 'weights', of }));

  /** The address of a row's numbers some timesteps ago. */
  private lateAt(row: Row, late: number): Expression {
    this.longest = Math.max(this.longest, late);
    return this.writer.keep('i32', moved(this.rowAt(row), -late * NUMBER * row.population.size));
  }

  private sum({ population: { size }, into, start, terms }: SumStep): void {
    sumUp(this.writer, {
      ...{ size, into: this.rowAt(into), start: start && this.rowAt(start) },
      terms: terms.map(({ weights, row, late }) => ({
        ...{ w: this.weightsAt(weights), x: this.lateAt(row, late), columns: row.population.size },
      })),
      last: this.begin({ kind: 'disturbance', of: into }),
    });
  }

  private add({ row, adds }: ScoreStep): void {
    const { writer, score } = this;
    const from = this.rowAt(row);
    writer.sweep({ from, until: i32.add(from, bytesOf(i32.constant(row.population.size))), step: NUMBER }, (at) => {
      const e = writer.keep('f64', f64.load(at));
      score.set(f64.add(score.value, adds === 'squares' ? f64.multiply(e, e) : e));
    });
  }

  private compute(step: ComputeStep): void {
    const { writer, lanes, excess } = this;
    const { population, results } = step;
    const values = results.flatMap(({ value }) => value ?? []);
    const resultOf = (row: Row) => results.findIndex((result) => result.row === row);
    const checked = isChecked(step) ? checkedRows(step) : [];
    const into = results.map(({ row }) => this.rowAt(row));
    const ports = new Map(checked.filter((row) => resultOf(row) < 0).map((row) => [row, this.rowAt(row)]));
    const loaders = this.loaders(step, values);
    /** Visits some vectors; `isHalf`: one vector of which only the first lane is a neuron. */
    const visit = (at: Expression, abreast: number, isHalf: boolean) => {
      const places = range(abreast).map((v) => ({ at, offset: v * VECTOR }));
      const computed = places.map((place) => {
        const known = new Map<Value, Operand>();
        const read = ({ path }: { readonly path: string }): Operand => {
          const found = loaders.get(path);
          if (typeof found === 'function') return found(place);
          return found === undefined ? 0 : lower(lanes, [values[found]], read, known)[0];
        };
        return lower(lanes, values, read, known);
      });
      places.forEach(({ offset }, v) => {
        computed[v].forEach((value, k) => {
          const to = i32.add(into[k], at);
          if (!isHalf) lanes.store(to, offset, value);
          else lanes.storeNumber(to, offset, op('f64x2.extract_lane', 0, lanes.read(value)));
        });
        if (checked.length === 0) return;
        const wrong = checked.map((row) => {
          const port = ports.get(row);
          return lanes.excess(port === undefined ? computed[v][resultOf(row)] : lanes.load(i32.add(port, at), offset));
        });
        const sum = lanes.read(lanes.sum(wrong));
        excess.set(lanes.add(excess.value, isHalf ? lanes.and(sum, lanes.first(1)) : sum));
      });
    };
    const most = takesLong(values) ? [2 * ABREAST, 2] : [2];
    const counts = population.size % 2 === 0 ? most : [...most, 1];
    writer.inGroups(numbered(i32.constant(population.size)), counts, (count, at) => {
      visit(at, vectorsOf(count), count === 1);
    });
  }

  /** Functions that load the numbers of some neurons, by the names that a step uses; or which result they are. */
  private loaders({ population, results, reads }: ComputeStep, values: readonly Value[]) {
    const { lanes } = this;
    const used = new Set(readsOf(values).map(({ path }) => path));
    const fromRow =
      (begin: Expression): Loader =>
      ({ at, offset }) =>
        lanes.load(i32.add(begin, at), offset);
    const loaderOf = (source: Source): Loader | number => {
      switch (source.kind) {
        case 'row': {
          const { row, late } = source;
          const result = late === 0 ? results.findIndex((one) => one.row === row) : -1;
          return result < 0 ? fromRow(this.lateAt(row, late)) : result;
        }
        case 'element': {
          const number = lanes.loadSplat(this.lateAt(source.row, source.late), NUMBER * source.neuron);
          return () => number;
        }
        case 'number':
          return () => source.value;
        default: {
          if (isForEach(source)) return fromRow(this.begin({ kind: 'given', of: source, size: population.size }));
          const number = lanes.loadSplat(this.begin({ kind: 'given', of: source, size: 1 }), 0);
          return () => number;
        }
      }
    };
    return new Map([...reads].flatMap(([path, source]) => (used.has(path) ? [[path, loaderOf(source)]] : [])));
  }
}

/** Loads the numbers of some neurons; the place is in bytes from the first. */
type Loader = (place: { readonly at: Expression; readonly offset: number }) => Operand;

/** Whether each neuron gets its own number. */
function isForEach({ kind }: Aside): boolean {
  return kind === 'numbers' || kind === 'input' || kind === 'target' || kind === 'draw';
}
