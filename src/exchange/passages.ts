import { InputError, joined, show } from '../errors/index.ts';
import type { FlatGraph } from './flat.ts';
import type { NirNode } from './graph.ts';
import { nextOf } from './loops.ts';
import { LARGEST_MATRIX, straight, thenLate, thenMatrix, thenScale, type Passage } from './passage.ts';
import { NEURONS, numbersIn } from './populations.ts';

/** A way from neurons to neurons, through nodes that have no state. */
export interface Way {
  readonly from: string;
  readonly to: string;
  /** The nodes between. */
  readonly through: readonly string[];
  readonly passage: Passage;
}

/** Node types that only pass values on. */
const PASSING = ['Linear', 'Affine', 'Scale', 'Delay', 'Flatten'];
/** The most ways between the neurons of a graph: those through a ladder of sums are many. */
const MOST_WAYS = 10_000;

/** @throws InputError if a node is of a type that no circuit has. */
export function checkType(place: string, { type }: NirNode): void {
  const known = ['Input', 'Output', ...PASSING, ...NEURONS];
  if (known.includes(type)) return;
  const advice = /^(Conv|.*Pool)/.test(type) ? '; unroll it to a Linear node' : '';
  throw new InputError(
    place,
    `${show(type)} is not a type of node that a circuit can have; there are ${joined(known)}${advice}`,
  );
}

/** What neurons have in a graph, for those who follow its edges. */
export interface Ends {
  /** The sizes of the nodes that are neurons, by name: ways begin and end there. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Where nodes are named. */
  readonly place: (name: string) => string;
}

/**
 * All ways between neurons, and what is always added to the input of each, by Affine nodes.
 *
 * @throws InputError if sizes do not fit, nodes without state go round in a circle, or there are too many ways or weights.
 */
export function waysOf(
  graph: FlatGraph,
  ends: Ends,
): { readonly ways: readonly Way[]; readonly biases: ReadonlyMap<string, Float64Array> } {
  const following = new Following(graph, ends);
  for (const name of ends.sizes.keys()) following.from(name);
  return following;
}

class Following {
  readonly ways: Way[] = [];
  readonly biases = new Map<string, Float64Array>();
  private readonly next: ReadonlyMap<string, readonly string[]>;
  private weights = 0;

  constructor(
    private readonly graph: FlatGraph,
    private readonly ends: Ends,
  ) {
    this.next = nextOf(graph.edges);
    for (const [name, node] of graph.nodes) if (node.type === 'Affine') this.bias(name, node);
  }

  from(name: string): void {
    this.follow(name, straight(this.ends.sizes.get(name) ?? 0), [], (to, passage, through) => {
      if (this.ways.length === MOST_WAYS) {
        throw new InputError(this.ends.place(to), `more than ${MOST_WAYS} ways lead between neurons; give fewer edges`);
      }
      this.ways.push({ from: name, to, through, passage });
    });
  }

  /** Follows what an Affine node always adds. */
  private bias(name: string, node: NirNode): void {
    const place = this.ends.place(name);
    const bias = numbersIn(place, node, 'bias');
    const { rows } = matrixOf(place, node);
    if (bias.length !== rows && bias.length !== 1) {
      throw new InputError(`${place}.bias`, `has ${bias.length} entries for ${rows} rows; expected one for each`);
    }
    const added = Float64Array.from({ length: rows }, (_, k) => bias[bias.length === 1 ? 0 : k]);
    this.follow(name, straight(rows), [], (to, { weights, scale, columns }) => {
      const sum = this.biases.get(to) ?? new Float64Array(this.ends.sizes.get(to) ?? 0);
      sum.forEach((before, i) => {
        if (!weights) sum[i] = before + added[i] * (scale?.[i] ?? 1);
        else for (let j = 0; j < columns; j++) sum[i] += weights[i * columns + j] * added[j];
      });
      this.biases.set(to, sum);
    });
  }

  /** Goes on from a node along every edge, through nodes without state, to the next neurons. */
  private follow(
    from: string,
    passage: Passage,
    through: readonly string[],
    arrive: (to: string, passage: Passage, through: readonly string[]) => void,
  ): void {
    for (const to of this.next.get(from) ?? []) {
      const place = this.ends.place(to);
      const size = this.ends.sizes.get(to);
      if (size !== undefined) {
        if (this.graph.nodes.get(to)?.type === 'Input')
          throw new InputError(place, 'is an Input, and no edge leads to it');
        this.checkSize(`${this.ends.place(from)} -> ${to}`, passage.rows, size);
        arrive(to, passage, through);
        continue;
      }
      if (through.includes(to) || to === from) {
        const circle = [...through.slice(through.indexOf(to)), to].join(' -> ');
        throw new InputError(place, `lies in a loop without neurons (${circle}); put neurons in it`);
      }
      if (through.length === 100)
        throw new InputError(place, 'lies behind more than 100 nodes without neurons; give fewer');
      const node = this.graph.nodes.get(to);
      if (node) this.follow(to, this.through(place, from, to, node, passage), [...through, to], arrive);
    }
  }

  private through(place: string, from: string, to: string, node: NirNode, passage: Passage): Passage {
    const where = `${this.ends.place(from)} -> ${to}`;
    switch (node.type) {
      case 'Linear':
      case 'Affine': {
        const { rows, columns, weights } = matrixOf(place, node);
        this.checkSize(where, passage.rows, columns);
        this.weights += rows * passage.columns;
        if (this.weights > LARGEST_MATRIX) {
          throw new InputError(place, `the weights of this graph are more than ${LARGEST_MATRIX}; give fewer`);
        }
        return thenMatrix(place, passage, weights, rows);
      }
      case 'Scale':
        return thenScale(passage, this.elements(place, node, 'scale', passage.rows, where));
      case 'Delay': {
        const delay = this.elements(place, node, 'delay', passage.rows, where);
        const wrong = delay.findIndex((seconds) => seconds < 0);
        if (wrong < 0) return thenLate(passage, delay);
        throw new InputError(`${place}.delay[${wrong}]`, `${delay[wrong]} is negative; expected seconds, 0 or more`);
      }
      default:
        return passage;
    }
  }

  private elements(place: string, node: NirNode, name: string, size: number, where: string): Float64Array {
    const values = numbersIn(place, node, name);
    if (values.length === 1) return new Float64Array(size).fill(values[0]);
    this.checkSize(where, size, values.length);
    return values;
  }

  private checkSize(where: string, given: number, taken: number): void {
    if (given === taken) return;
    throw new InputError(where, `brings ${given} values to a node that takes ${taken}; make them the same`);
  }
}

/** A matrix of weights, [rows][columns]. */
function matrixOf(
  place: string,
  node: NirNode,
): { readonly rows: number; readonly columns: number; readonly weights: Float64Array } {
  const weights = numbersIn(place, node, 'weight');
  const shape = node.fields.get('weight')?.shape ?? [];
  const [rows, columns] = shape;
  if (shape.length !== 2 || weights.length === 0) {
    throw new InputError(
      `${place}.weight`,
      `has the shape [${shape.join(', ')}]; expected [post, pre], 1 or more of each`,
    );
  }
  return { rows, columns, weights };
}
