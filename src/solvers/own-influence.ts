import type { RowArrays, RowFunction, RowNumbers, RunRows } from '../arithmetic/index.ts';
import type { BuiltGroup, BuiltPopulation, Row } from '../circuit/index.ts';
import type { ForwardPass } from './forward.ts';
import { rowsKept } from './influence.ts';
import type { Links, Partial, Weighted } from './links.ts';
import type { Memory } from './memory.ts';
import { at, type Ring } from './ring.ts';
import type { PlasticGroup } from './solver.ts';
import { adding, taking } from './synapse-passes.ts';

/** What P_ij follows from, where a synapse's influence is kept on its own neuron alone, and that has one number and one port. */
interface Plan {
  readonly slope: Partial;
  readonly kept: Partial | undefined;
  readonly autapses: Weighted | undefined;
  readonly brought: { readonly row: Row; readonly late: number };
}

const PLAIN: RowFunction = ({ a }) => ({ u: a });
const WITH_AUTAPSE: RowFunction = ({ a, auto, P }) => ({ u: a + auto * P });
const WITH_LATE_AUTAPSE: RowFunction = ({ a, auto, Q }) => ({ u: a + auto * Q });
const FRESH: RowFunction = ({ slope, u }) => ({ next: 0 + slope * u });
const KEEPING: RowFunction = ({ kept, P, slope, u }) => ({ next: kept * P + slope * u });
const credited = ({ credit, next }: RowNumbers): RowNumbers => ({ gradient: credit * next });

/** The longest ring that there is a program for each place of. */
const LONGEST = 8;

/**
 * The influences of a whole group, on the neuron that each synapse ends on, in one pass over the group:
 *
 *     P_ij <- kept_i P_ij + slope_i (a_j + W_ii Q_ij)        Q: P of as many timesteps ago as the autapse takes        gradient_ij += credit_i P_ij
 */
export class OwnInfluence {
  /** P of the timesteps that are looked back at. */
  private readonly ring: Ring;
  /** So much later in the ring than timesteps are counted: trials went before. */
  private shift = 0;
  private readonly step: Float64Array;
  private readonly vectors: Readonly<Record<'a' | 'slope' | 'kept' | 'auto', Float64Array>>;
  private readonly adders: readonly RunRows[];
  private readonly takers: readonly RunRows[];

  private constructor(
    private readonly forward: ForwardPass,
    private readonly plan: Plan,
    { group, weights: w, gradient: made }: PlasticGroup,
    credit: Float64Array | undefined,
    depth: number,
    memory: Memory,
  ) {
    const { size: rows } = group.to;
    const columns = group.from.size;
    const array = (length: number) => memory(length, 'learning');
    this.ring = Array.from({ length: depth }, () => array(rows * columns));
    this.step = array(1);
    const vectors = { a: array(columns), slope: array(rows), kept: array(rows), auto: array(rows) };
    this.vectors = vectors;
    const { autapses, kept } = plan;
    const late = autapses?.late ?? 1;
    const brought = !autapses ? PLAIN : late === 1 ? WITH_AUTAPSE : WITH_LATE_AUTAPSE;
    const cells = [brought, kept ? KEEPING : FRESH, ...(credit ? [credited] : [])];
    const programs = (last: RowFunction, own: Pick<RowArrays, 'one' | 'checked'> & { readonly w?: Float64Array }) =>
      this.ring.map((next, t) => {
        const [P, Q] = [1, late].map((ago) => at(this.ring, t - ago + depth));
        const { a, ...ofRows } = vectors;
        const matrix = { next, P, ...(late > 1 && { Q }), ...(own.w ? { w: own.w } : { made }) };
        return forward.arithmetic.byRow([{ cells: credit ? [...cells, last] : cells }], {
          ...{ rows, columns, matrix, row: { ...ofRows, ...(credit && { credit }) }, column: { a } },
          ...(own.one && { one: own.one }),
          ...(own.checked !== undefined && { checked: own.checked }),
        });
      });
    this.adders = programs(adding, {});
    this.takers = programs(taking, { w, one: { step: this.step }, checked: 'w' });
  }

  /** Undefined: the group, or what it ends on, is not as simple as that. */
  static of(
    plastic: PlasticGroup,
    forward: ForwardPass,
    links: Links,
    credits: ReadonlyMap<BuiltPopulation, Float64Array>,
    { depth, memory }: { readonly depth: number; readonly memory: Memory },
  ): OwnInfluence | undefined {
    const plan = depth <= LONGEST ? planOf(plastic.group, forward, links) : undefined;
    return plan && new OwnInfluence(forward, plan, plastic, credits.get(plastic.group.to), depth, memory);
  }

  /** Where the influences of a block are that begins with a synapse: those of one timestep after another. */
  blockAt(first: number): Memory {
    let k = 0;
    return (length) => this.ring[k++ % this.ring.length].subarray(first, first + length);
  }

  /** Goes on from timestep t, which is 0 from now on. */
  goOn(t: number): void {
    this.shift = (this.shift + t) % this.ring.length;
  }

  /** Sees what the timestep brings that has just run. */
  see(t: number): void {
    const { forward, vectors, plan } = this;
    const { slope, kept, autapses, brought } = plan;
    const [values, first] = forward.late(brought.row, t, brought.late);
    read(values, first, vectors.a);
    const { size } = slope.of.population;
    read(slope.value.values, t * size, vectors.slope);
    if (kept) read(kept.value.values, t * size, vectors.kept);
    if (autapses) for (let i = 0; i < size; i++) vectors.auto[i] = autapses.w[i * size + i];
  }

  /** Goes on to timestep t, whose influences add to the gradient. */
  add(t: number): void {
    this.adders[(t + this.shift) % this.ring.length]();
  }

  /** The same, and the weights grow by `step` times that. Returns whether all are finite still. */
  takeUp(t: number, step: number): boolean {
    this.step[0] = step;
    return this.takers[(t + this.shift) % this.ring.length]() === 0;
  }
}

function read(numbers: Float64Array, first: number, into: Float64Array): void {
  for (let k = 0; k < into.length; k++) into[k] = numbers[first + k];
}

function planOf(group: BuiltGroup, forward: ForwardPass, links: Links): Plan | undefined {
  const { timestep, whole } = forward;
  const { to: population } = group;
  const isPlain = (one: BuiltGroup) => whole.has(one) && !timestep.connection(one).ways;
  const [kept, ...others] = rowsKept(links, [{ population, neurons: Int32Array.of(0) }]).keys();
  if (population.size === 1 || others.length > 0 || !isPlain(group)) return undefined;
  const { into: port, row, late } = timestep.connection(group);
  if (kept !== timestep.answer(population)) return undefined;
  const sources = links.partsOf(kept);
  const partials = sources.flatMap((link) => (link.kind === 'partial' && link.neuron === undefined ? [link] : []));
  const slopes = partials.filter(({ by, late: ago }) => by === port && ago === 0);
  const keeping = partials.filter(({ by, late: ago }) => by === kept && ago === 1);
  const autapses = links
    .partsOf(port)
    .flatMap((link) => (link.kind === 'weights' && link.group.from === population ? [link] : []));
  const isSimple =
    slopes.length === 1 &&
    keeping.length < 2 &&
    sources.length === slopes.length + keeping.length &&
    autapses.length < 2;
  if (!isSimple || autapses.some((link) => !isPlain(link.group))) return undefined;
  return { slope: slopes[0], kept: keeping.at(0), autapses: autapses.at(0), brought: { row, late } };
}
