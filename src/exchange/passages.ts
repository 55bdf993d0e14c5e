import { InputError, joined, show } from '../errors/index.ts';
import type { FlatGraph } from './flat.ts';
import type { NirNode } from './graph.ts';
import { nextOf } from './loops.ts';
import { isLate, LARGEST_MATRIX, straight, type Passage } from './passage.ts';
import { numbersOf, PASSING, passingOf, type Passing, type Shape } from './passing.ts';
import { NEURONS } from './populations.ts';

/** A path from neurons to neurons, through nodes that have no state. */
export interface Way {
  readonly from: string;
  readonly to: string;
  /** The nodes in between. */
  readonly through: readonly string[];
  readonly passage: Passage;
}

/** The most paths between the neurons of a graph, and steps on them from node to node: their number explodes in a ladder of sums. */
const [MOST_WAYS, MOST_STEPS] = [10_000, 50_000];
/** The most numbers computed on these steps, and the most multiplications for products of matrices. */
const [MOST_NUMBERS, MOST_PRODUCTS] = [2 * LARGEST_MATRIX, 2 ** 28];

/** @throws InputError if circuits have no such type of node. */
export function checkType(place: string, { type }: NirNode): void {
  const known = ['Input', 'Output', ...PASSING, ...NEURONS];
  if (known.includes(type)) return;
  const advice = /^(Conv|.*Pool)/.test(type) ? '; unroll it to a Linear node' : '';
  throw new InputError(
    place,
    `${show(type)} is not a type of node that a circuit can have; supported are ${joined(known)}${advice}`,
  );
}

/** The nodes at which paths begin and end. */
export interface Ends {
  /** The sizes of the nodes that are neurons, by name: paths begin and end there. */
  readonly sizes: ReadonlyMap<string, number>;
  /** The place of a node, for errors. */
  readonly place: (name: string) => string;
}

/** All paths from neurons to neurons in a graph. */
interface Ways {
  readonly ways: readonly Way[];
  /** The biases that Affine nodes add to the input of neurons. */
  readonly biases: ReadonlyMap<string, Float64Array>;
  readonly warnings: readonly string[];
}

/**
 * All paths between neurons.
 *
 * @throws InputError if numbers are missing or do not fit, nodes without state form a loop, or there are too many paths, steps or numbers.
 */
export function waysOf(graph: FlatGraph, ends: Ends): Ways {
  return new Following(graph, ends);
}

/** A passage that is computed when it is first used, so that limits are checked before. */
interface Planned {
  readonly shape: Shape;
  readonly made: () => Passage;
}

/** A path whose passage is not computed yet. */
type PlannedWay = Omit<Way, 'passage'> & { readonly planned: Planned };

class Following implements Ways {
  readonly ways: readonly Way[];
  readonly biases = new Map<string, Float64Array>();
  readonly warnings: string[] = [];
  private readonly next: ReadonlyMap<string, readonly string[]>;
  private readonly passing: ReadonlyMap<string, Passing>;
  private steps = 0;
  /** Paths from neurons to neurons. */
  private arrivals = 0;
  private numbers = 0;
  private products = 0;

  constructor(
    graph: FlatGraph,
    private readonly ends: Ends,
  ) {
    const { sizes, place } = ends;
    this.next = nextOf(graph.edges);
    this.passing = new Map(
      [...graph.nodes].flatMap(([name, node]): [string, Passing][] =>
        sizes.has(name) ? [] : [[name, passingOf(place(name), node)]],
      ),
    );
    const biases = [...this.passing].flatMap(([name, { bias }]) =>
      bias ? [{ name, bias, ways: this.from(name, bias.length) }] : [],
    );
    const ways = [...sizes].flatMap(([name, size]) => this.from(name, size));
    for (const { name, bias, ways: own } of biases) this.addBias(name, bias, own);
    this.ways = ways.map(({ planned, ...way }) => ({ ...way, passage: planned.made() }));
  }

  /** Adds the bias of an Affine node to the neurons at the ends of the paths from it. */
  private addBias(name: string, added: Float64Array, ways: readonly PlannedWay[]): void {
    const late: string[] = [];
    for (const { to, planned } of ways) {
      const passage = planned.made();
      const { weights, scale, columns } = passage;
      const sum = this.biases.get(to) ?? new Float64Array(this.ends.sizes.get(to) ?? 0);
      sum.forEach((before, i) => {
        if (!weights) sum[i] = before + added[i] * (scale?.[i] ?? 1);
        else for (let j = 0; j < columns; j++) sum[i] += weights[i * columns + j] * added[j];
      });
      this.biases.set(to, sum);
      if (isLate(passage)) late.push(to);
    }
    if (late.length === 0) return;
    const others = late.length === 1 ? '' : `, and ${late.length - 1} more,`;
    this.warnings.push(
      `${this.ends.place(name)}.bias: reaches ${show(late[0])}${others} through a Delay; rxflo adds it from the first timestep on`,
    );
  }

  /** The paths from a node to the next neurons. */
  private from(start: string, size: number): readonly PlannedWay[] {
    const found: PlannedWay[] = [];
    const follow = (from: string, planned: Planned, through: readonly string[]): void => {
      for (const to of this.next.get(from) ?? []) {
        const place = this.ends.place(to);
        if (++this.steps > MOST_STEPS) {
          throw new InputError(place, `more than ${MOST_STEPS} steps lead from node to node; give fewer edges`);
        }
        const taken = this.ends.sizes.get(to);
        if (taken !== undefined) {
          this.checkSize(from, to, planned.shape.rows, taken);
          this.count(place, numbersOf(planned.shape));
          if (this.ends.sizes.has(start) && ++this.arrivals > MOST_WAYS) {
            throw new InputError(place, `more than ${MOST_WAYS} paths lead between neurons; give fewer edges`);
          }
          found.push({ from: start, to, through, planned });
          continue;
        }
        if (through.includes(to) || to === from) {
          const circle = [...through.slice(through.indexOf(to)), to].join(' -> ');
          throw new InputError(place, `lies in a loop without neurons (${circle}); put neurons into it`);
        }
        if (through.length === 100)
          throw new InputError(place, 'follows more than 100 nodes without neurons; give fewer');
        const node = this.passing.get(to);
        if (!node) throw new Error(`no node '${to}' in a checked graph`);
        if (node.columns !== undefined) this.checkSize(from, to, planned.shape.rows, node.columns);
        const { shape, numbers, products } = node.plan(planned.shape);
        this.count(place, numbers, products);
        follow(to, { shape, made: once(() => node.then(planned.made())) }, [...through, to]);
      }
    };
    const shape = { rows: size, columns: size, isMatrix: false };
    follow(start, { shape, made: () => straight(size) }, []);
    return found;
  }

  /** Counts what will be computed: a product may be large though its factors are small. */
  private count(place: string, numbers: number, products = 0): void {
    this.numbers += numbers;
    this.products += products;
    if (this.numbers > MOST_NUMBERS) {
      throw new InputError(
        place,
        `the paths between neurons have more than ${MOST_NUMBERS} numbers; give fewer weights`,
      );
    }
    if (this.products > MOST_PRODUCTS) {
      const right = `${MOST_PRODUCTS} multiplications; replace them with their product`;
      throw new InputError(place, `the consecutive Linear nodes take more than ${right}`);
    }
  }

  private checkSize(from: string, to: string, given: number, taken: number): void {
    if (given === taken) return;
    throw new InputError(
      `${this.ends.place(from)} -> ${to}`,
      `brings ${given} values to a node that takes ${taken}; make the numbers equal`,
    );
  }
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
