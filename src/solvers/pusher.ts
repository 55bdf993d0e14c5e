import type { Arithmetic } from '../arithmetic/index.ts';
import type { BuiltGroup, Row } from '../circuit/index.ts';
import type { ForwardPass } from './forward.ts';
import { largest, type Links, type Partial, type Total } from './links.ts';
import type { Memory } from './memory.ts';
import type { Slot } from './slots.ts';

/** into = J from, both [size][width]: where the state goes in the timestep that has just run, in several directions at once. */
export type Push = (from: Float64Array, into: Float64Array) => void;

/** What a row's change follows from: a row of the same timestep, or numbers of the state before. */
interface Source {
  /** Of the same timestep. */
  readonly made: Float64Array | undefined;
  /** Where it is in the state before. */
  readonly first: number;
}

/** How what a row changes by follows from what others change by. */
type Do = (from: Float64Array, t: number) => void;

export function pusher(
  forward: ForwardPass,
  links: Links,
  slots: readonly Slot[],
  { memory, width }: { readonly memory: Memory; readonly width: number },
): Push {
  const { arithmetic } = forward;
  const made = new Map(links.rows.map((row) => [row, memory(row.population.size * width, 'learning')]));
  const state = memory(slots.reduce((sum, { row }) => sum + row.population.size, 0) * width, 'learning');
  /** Where the change of a row is; undefined: it has none. */
  const sourceOf = (by: Row, late: number): Source | undefined => {
    if (late === 0) return { made: made.get(by), first: 0 };
    const slot = slots.find(({ row, ago }) => row === by && ago === late - 1);
    return slot && { made: undefined, first: slot.first * width };
  };
  const steps = links.rows.flatMap((row): Do[] => {
    const into = made.get(row) ?? new Float64Array(0);
    const parts = links.partsOf(row);
    const total = parts.find((link) => link.kind === 'total');
    if (total) return [whole(total, into, sourceOf(total.by, 0), width)];
    const partials = parts.flatMap((link) => {
      const source = link.kind === 'partial' ? sourceOf(link.by, link.late) : undefined;
      return link.kind === 'partial' && source && link.constant !== 0 ? [{ link, source }] : [];
    });
    const groups = [...new Set(parts.flatMap((link) => (link.kind === 'weights' ? [link.group] : [])))];
    const brought = groups.map((group) => {
      const ways = parts.flatMap((link) =>
        link.kind === 'weights' && link.group === group ? [{ ...link, source: sourceOf(link.by, link.late) }] : [],
      );
      return bring(forward, group, ways, into, width);
    });
    return [combine(arithmetic, row, partials, into, width), ...brought];
  });
  const present = slots.filter(({ ago }) => ago === 0);
  const older = slots.filter(({ ago }) => ago > 0);
  return (from, into) => {
    state.set(from);
    const t = forward.now;
    for (const step of steps) step(state, t);
    for (const { row, first } of present) into.set(made.get(row) ?? [], first * width);
    for (const { row, ago, first } of older) {
      const source = sourceOf(row, ago);
      if (source) copy(state, source.first, into, first * width, row.population.size * width);
    }
  };
}

function copy(from: Float64Array, at: number, into: Float64Array, first: number, count: number): void {
  for (let k = 0; k < count; k++) into[first + k] = from[at + k];
}

/** into = sum over what a row is computed from of value times that, neuron by neuron, in their order. */
function combine(
  arithmetic: Arithmetic,
  { population: { size } }: Row,
  partials: readonly { readonly link: Partial; readonly source: Source }[],
  into: Float64Array,
  width: number,
): Do {
  const scale = ({ neuron, value }: Partial, { made, first }: Source, from: Float64Array, t: number) => {
    const x = made ?? from;
    if (neuron === undefined && width === 1) {
      const now = t * size;
      for (let i = 0; i < size; i++) into[i] += value.values[now + i] * x[first + i];
      return;
    }
    if (neuron === undefined) {
      arithmetic.addRows(into, 0, value.values, t * size, x, first, size, width);
      return;
    }
    for (let i = 0; i < size; i++) {
      const factor = value.values[t * size + i];
      for (let c = 0; c < width; c++) into[i * width + c] += factor * x[first + neuron * width + c];
    }
  };
  return (from, t) => {
    into.fill(0);
    for (const { link, source } of partials) scale(link, source, from, t);
  };
}

/** The change of a sum is the sum of the changes; that of the largest number is the one of its neuron. */
function whole({ takes, values, by }: Total, into: Float64Array, source: Source | undefined, width: number): Do {
  const { size } = by.population;
  return (_from, t) => {
    into.fill(0);
    const only = takes === 'largest' ? largest(values.values, t * size, size) : undefined;
    for (let i = 0; i < size; i++) {
      if (!source?.made || (only !== undefined && only !== i)) continue;
      for (let c = 0; c < width; c++) into[c] += source.made[i * width + c];
    }
  };
}

/** into += the weights of a group times what comes by each way. */
function bring(
  forward: ForwardPass,
  group: BuiltGroup,
  ways: readonly { readonly source: Source | undefined; readonly w: Float64Array; readonly by: Row }[],
  into: Float64Array,
  width: number,
): Do {
  const { rowStart, pre, to, from: sender } = group;
  const [{ w, source }] = ways;
  const of = forward.timestep.connection(group).ways?.of;
  if (!of && forward.whole.has(group)) {
    return (from) => {
      if (!source) return;
      const x = source.made ?? from;
      if (width === 1) forward.arithmetic.multiply(w, x, source.first, into, 0, to.size, sender.size);
      else forward.arithmetic.multiplyMatrix(w, x, source.first, into, to.size, sender.size, width);
    };
  }
  return (from) => {
    for (let i = 0; i < to.size; i++) {
      for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
        const { source: own } = ways[of?.[k] ?? 0];
        if (!own) continue;
        const x = own.made ?? from;
        const row = own.first + pre[k] * width;
        for (let c = 0; c < width; c++) into[i * width + c] += w[k] * x[row + c];
      }
    }
  };
}
