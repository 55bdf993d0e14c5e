import { found, longestDelay, type BuiltGroup, type Row } from '../../circuit/index.ts';
import { compileStatements } from '../../local/index.ts';
import type { ForwardPass } from '../forward.ts';
import type { Link, Links } from '../links.ts';
import { following } from '../pusher.ts';
import { each } from './each.ts';

/** The derivatives of each number of a row with respect to `width` coefficients: [size][width]; 0 before the first timestep. */
export class Tangents {
  /** Those of each group's weights, [synapses][width]. */
  readonly weights: ReadonlyMap<BuiltGroup, Float64Array>;
  private readonly rings: ReadonlyMap<Row, readonly Float64Array[]>;
  private readonly depth: number;
  private readonly runs: readonly ((t: number) => void)[];
  private readonly bring: Bring;
  private readonly move: Move;

  constructor(
    private readonly forward: ForwardPass,
    links: Links,
    readonly width: number,
  ) {
    const { groups } = forward.circuit;
    this.bring = bringing(width);
    this.move = moving(width);
    this.depth = 1 + Math.max(forward.timestep.history, ...groups.map(longestDelay));
    this.weights = new Map(groups.map((group) => [group, new Float64Array(group.pre.length * width)]));
    const room = ({ population }: Row) =>
      Array.from({ length: this.depth }, () => new Float64Array(population.size * width));
    this.rings = new Map(links.rows.map((row) => [row, room(row)]));
    this.runs = links.rows.map((row) => this.runOf(row, links.partsOf(row)));
  }

  /** Whether a row has any; inputs, for example, do not depend on any weight. */
  has(row: Row): boolean {
    return this.rings.has(row);
  }

  /** Those of a row at timestep t, [size][width]. */
  at(row: Row, t: number): Float64Array {
    return found(this.rings, row)[(t + this.depth) % this.depth];
  }

  begin(): void {
    for (const ring of this.rings.values()) for (const values of ring) values.fill(0);
  }

  /** Computes all derivatives of timestep t, which has just run. */
  advance(t: number): void {
    for (const run of this.runs) run(t);
  }

  private runOf(row: Row, links: readonly Link[]): (t: number) => void {
    const parts = [
      ...links.map((link) => this.partOf(link)),
      ...this.forward.timestep.connections.filter(({ into }) => into === row).map((one) => this.movedBy(one)),
    ];
    return (t) => {
      const into = this.at(row, t);
      into.fill(0);
      for (const add of parts) add(t, into);
    };
  }

  private partOf(link: Link): (t: number, into: Float64Array) => void {
    const { by, late } = link;
    const source = (t: number) => this.at(by, t - late);
    if (link.kind !== 'weights') {
      return following(this.forward.arithmetic, link, { at: source, first: 0 }, this.width);
    }
    const { group, w } = link;
    return (t, into) => {
      this.bring(group.rowStart, group.pre, w, source(t), into);
    };
  }

  /** The effect of changes of the weights. */
  private movedBy({ group, row, late }: { readonly group: BuiltGroup; readonly row: Row; readonly late: number }) {
    const moved = found(this.weights, group);
    return (t: number, into: Float64Array): void => {
      const [values, first] = this.forward.late(row, t, late);
      this.move(group.rowStart, group.pre, moved, values, first, into);
    };
  }
}

type Bring = (
  rowStart: Int32Array,
  pre: Int32Array,
  w: Float64Array,
  tangent: Float64Array,
  into: Float64Array,
) => void;
type Move = (
  rowStart: Int32Array,
  pre: Int32Array,
  moved: Float64Array,
  values: Float64Array,
  first: number,
  into: Float64Array,
) => void;

/** into_i += sum_j W_ij tangent_j. */
function bringing(width: number): Bring {
  return loopOf(width, 'rowStart, pre, w, tangent, into', {
    before: `const x = w[k], j = pre[k] * ${width};`,
    adds: (c) => `x * tangent[j + ${c}]`,
  });
}

/** into_i += sum_j moved_ij x_j; where x_j is 0, nothing is done. */
function moving(width: number): Move {
  return loopOf(width, 'rowStart, pre, moved, values, first, into', {
    before: `const x = values[first + pre[k]]; if (x === 0) continue; const j = k * ${width};`,
    adds: (c) => `moved[j + ${c}] * x`,
  });
}

/** A loop over the synapses of each neuron, that sums up something for each coefficient. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what the text evaluates to
function loopOf<T>(
  width: number,
  given: string,
  text: { readonly before: string; readonly adds: (c: string) => string },
): T {
  const source = `
return (${given}) => {
  for (let i = 0; i + 1 < rowStart.length; i++) {
    const iW = i * ${width};
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
      ${text.before}
      ${each(width, (c) => `into[iW + ${c}] += ${text.adds(c)};`)}
    }
  }
};`;
  return compileStatements<T>('through-learning/weights', source, {});
}
