import { notFinite, type RowArrays, type RowFunction, type RowNumbers } from '../arithmetic/index.ts';
import type { BuiltGroup, Row } from '../circuit/index.ts';
import type { ForwardPass } from './forward.ts';
import { rowsKept, type Setting } from './influence.ts';
import type { Links, Partial, Weighted } from './links.ts';
import type { Memory } from './memory.ts';
import { at } from './ring.ts';
import type { PlasticGroup } from './solver.ts';
import { adding, taking } from './synapse-passes.ts';

/** What P_ij depends on, if a synapse's influence is kept only on its own neuron, and that neuron has one number and one port. */
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

/** The longest ring for which every place gets its own program. */
const LONGEST = 8;

/** The influences of a whole group, advanced in one pass over it. */
export interface OwnInfluence {
  /** Where the influences of a block are, given its first synapse: one timestep after another. */
  readonly blockAt: (first: number) => Memory;
  /** Continues from timestep t, which counts as 0 from now on. */
  readonly goOn: (t: number) => void;
  /** Reads the inputs of the timestep that has just run. */
  readonly see: (t: number) => void;
  /** Advances to timestep t and adds its influences to the gradient. */
  readonly add: (t: number) => void;
  /** The same, and adds `by` times that to the weights. Returns the index of a weight that is no longer finite, else -1. */
  readonly takeUp: (t: number, by: number) => number;
}

/**
 * The influences of a whole group, on the neuron that each synapse ends on, in one pass over the group:
 *
 *     P_ij <- kept_i P_ij + slope_i (a_j + W_ii Q_ij)        Q: P as many timesteps ago as the autapse's delay        gradient_ij += credit_i P_ij
 *
 * @returns Undefined if the group, or what it ends on, is not that simple.
 */
export function ownInfluence(
  { group, weights: w, gradient: made }: PlasticGroup,
  { forward, links, depth, memory }: Setting,
  credit: Float64Array | undefined,
): OwnInfluence | undefined {
  const plan = depth <= LONGEST ? planOf(group, forward, links) : undefined;
  if (!plan) return undefined;
  const { slope, kept, autapses, brought } = plan;
  const [rows, columns] = [group.to.size, group.from.size];
  const array = (length: number) => memory(length, 'learning');
  // P of the timesteps that are looked back at. If trials continue, timestep t is at place t + shift.
  const ring = Array.from({ length: depth }, () => array(rows * columns));
  let shift = 0;
  const step = array(1);
  const [a, slopes, keeping, auto] = [array(columns), array(rows), array(rows), array(rows)];
  const row = { slope: slopes, kept: keeping, auto, ...(credit && { credit }) };
  const late = autapses?.late ?? 1;
  const summed = !autapses ? PLAIN : late === 1 ? WITH_AUTAPSE : WITH_LATE_AUTAPSE;
  const cells = [summed, kept ? KEEPING : FRESH, ...(credit ? [credited] : [])];
  const programs = (last: RowFunction, { matrix, ...own }: Pick<RowArrays, 'matrix' | 'one' | 'checked'>) =>
    ring.map((next, t) => {
      const [P, Q] = [1, late].map((ago) => at(ring, t - ago + depth));
      return forward.arithmetic.byRow([{ cells: credit ? [...cells, last] : cells }], {
        ...{ rows, columns, row, column: { a }, ...own },
        matrix: { next, P, ...(late > 1 && { Q }), ...matrix },
      });
    });
  const adders = programs(adding, { matrix: { made } });
  const takers = programs(taking, { matrix: { w }, one: { step }, checked: 'w' });
  return {
    blockAt: (first) => {
      let k = 0;
      return (length) => at(ring, k++).subarray(first, first + length);
    },
    goOn: (t) => {
      shift = (shift + t) % depth;
    },
    see: (t) => {
      const [values, first] = forward.late(brought.row, t, brought.late);
      read(values, first, a);
      read(slope.value.values, t * rows, slopes);
      if (kept) read(kept.value.values, t * rows, keeping);
      if (autapses) for (let i = 0; i < rows; i++) auto[i] = autapses.w[i * rows + i];
    },
    add: (t) => {
      adders[(t + shift) % depth]();
    },
    takeUp: (t, by) => {
      step[0] = by;
      return takers[(t + shift) % depth]() === 0 ? -1 : notFinite(w);
    },
  };
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
