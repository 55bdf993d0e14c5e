import { longestDelay, type BuiltGroup, type Row } from '../../circuit/index.ts';
import { found, type ForwardPass } from '../forward.ts';
import { largest, type Link, type Links } from '../links.ts';

/** A derivative by each of `width` coefficients, of each number of a row: [size][width]; 0 before the first timestep. */
export class Tangents {
  /** Those of each group's weights, [synapses][width]. */
  readonly weights: ReadonlyMap<BuiltGroup, Float64Array>;
  private readonly rings: ReadonlyMap<Row, readonly Float64Array[]>;
  private readonly depth: number;
  private readonly runs: readonly ((t: number) => void)[];

  constructor(
    private readonly forward: ForwardPass,
    links: Links,
    readonly width: number,
  ) {
    const { groups } = forward.circuit;
    this.depth = 1 + Math.max(forward.timestep.history, ...groups.map(longestDelay));
    this.weights = new Map(groups.map((group) => [group, new Float64Array(group.pre.length * width)]));
    const room = ({ population }: Row) =>
      Array.from({ length: this.depth }, () => new Float64Array(population.size * width));
    this.rings = new Map(links.rows.map((row) => [row, room(row)]));
    this.runs = links.rows.map((row) => this.runOf(row, links.partsOf(row)));
  }

  /** Whether a row has any: what is played, for one, does not follow from any weight. */
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

  /** All of timestep t, which has run. */
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
    const { width } = this;
    const { by, late } = link;
    const source = (t: number) => this.at(by, t - late);
    switch (link.kind) {
      case 'partial': {
        const { value, of, neuron } = link;
        const { size } = of.population;
        return (t, into) => {
          const [slope, tangent] = [value.values, source(t)];
          for (let i = 0; i < size; i++) {
            const d = slope[t * size + i];
            if (d === 0) continue;
            const first = (neuron ?? i) * width;
            for (let c = 0; c < width; c++) into[i * width + c] += d * tangent[first + c];
          }
        };
      }
      case 'total': {
        const { values, takes } = link;
        const { size } = by.population;
        return (t, into) => {
          const tangent = source(t);
          const one = takes === 'largest' ? largest(values.values, t * size, size) : 0;
          for (let i = one; i < (takes === 'largest' ? one + 1 : size); i++)
            for (let c = 0; c < width; c++) into[c] += tangent[i * width + c];
        };
      }
      case 'weights': {
        const { group, w } = link;
        return (t, into) => {
          gather(group, w, source(t), into, width);
        };
      }
    }
  }

  /** What changes of the weights bring. */
  private movedBy({ group, row, late }: { readonly group: BuiltGroup; readonly row: Row; readonly late: number }) {
    const { width } = this;
    const moved = found(this.weights, group);
    const { rowStart, pre } = group;
    return (t: number, into: Float64Array): void => {
      const [values, first] = this.forward.late(row, t, late);
      for (let i = 0; i + 1 < rowStart.length; i++) {
        for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
          const x = values[first + pre[k]];
          if (x === 0) continue;
          for (let c = 0; c < width; c++) into[i * width + c] += moved[k * width + c] * x;
        }
      }
    };
  }
}

/** into_i += sum_j W_ij tangent_j. */
function gather(
  { rowStart, pre }: BuiltGroup,
  w: Float64Array,
  tangent: Float64Array,
  into: Float64Array,
  width: number,
): void {
  for (let i = 0; i + 1 < rowStart.length; i++) {
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
      const [weight, first] = [w[k], pre[k] * width];
      for (let c = 0; c < width; c++) into[i * width + c] += weight * tangent[first + c];
    }
  }
}
