import type { Arithmetic } from '../arithmetic/index.ts';
import { found, type BuiltGroup } from '../circuit/index.ts';
import type { ForwardPass } from './forward.ts';
import { largest, type Link, type Links, type Partial, type Total } from './links.ts';
import type { Memory } from './memory.ts';
import type { Slot } from './slots.ts';

/** into = J from, both [size][width]: how the state changes in the timestep that has just run, in several directions at once. */
export type Push = (from: Float64Array, into: Float64Array) => void;

/** A source of changes: where the changes of a row are at timestep t, [size][width] from `first` on. */
export interface Source {
  readonly at: (t: number) => Float64Array;
  readonly first: number;
}

/** into += the change of a row that follows from the change of one of its sources. */
type Add = (t: number, into: Float64Array) => void;

export function pusher(
  forward: ForwardPass,
  links: Links,
  slots: readonly Slot[],
  { memory, width }: { readonly memory: Memory; readonly width: number },
): Push {
  const made = new Map(links.rows.map((row) => [row, memory(row.population.size * width, 'learning')]));
  const state = memory(slots.reduce((sum, { row }) => sum + row.population.size, 0) * width, 'learning');
  /** Where the changes of a row are: of the same timestep, or in the state before; undefined if it has none. */
  const sourceOf = ({ by, late }: Pick<Link, 'by' | 'late'>): Source | undefined => {
    const now = found(made, by);
    if (late === 0) return { at: () => now, first: 0 };
    const slot = slots.find(({ row, ago }) => row === by && ago === late - 1);
    return slot && { at: () => state, first: slot.first * width };
  };
  const steps = links.rows.map((row) => {
    const parts = links.partsOf(row);
    const followed = parts.flatMap((link): Add[] => {
      const source = sourceOf(link);
      const isNothing = link.kind === 'weights' || (link.kind === 'partial' && link.constant === 0);
      return source && !isNothing ? [following(forward.arithmetic, link, source, width)] : [];
    });
    const weighted = parts.filter((link) => link.kind === 'weights');
    const brought = [...new Set(weighted.map(({ group }) => group))].map((group) => {
      const ways = weighted.flatMap((link) => (link.group === group ? [{ w: link.w, source: sourceOf(link) }] : []));
      return bringing(forward, group, ways, width);
    });
    return { into: found(made, row), adds: [...followed, ...brought] };
  });
  const present = slots.filter(({ ago }) => ago === 0);
  const older = slots.flatMap(({ row, ago, first }) => {
    const source = ago > 0 && sourceOf({ by: row, late: ago });
    return source ? [{ from: source.first, into: first * width, count: row.population.size * width }] : [];
  });
  return (from, into) => {
    state.set(from);
    const t = forward.now;
    for (const step of steps) {
      step.into.fill(0);
      for (const add of step.adds) add(t, step.into);
    }
    for (const { row, first } of present) into.set(found(made, row), first * width);
    for (const one of older) for (let k = 0; k < one.count; k++) into[one.into + k] = state[one.from + k];
  };
}

/** For a number of each neuron: value times the change, elementwise; for a sum, the sum of the changes; for a maximum, the change of its neuron. */
export function following(arithmetic: Arithmetic, link: Partial | Total, { at, first }: Source, width: number): Add {
  if (link.kind === 'total') {
    const { takes, values, by } = link;
    const { size } = by.population;
    return (t, into) => {
      const x = at(t);
      const only = takes === 'largest' ? largest(values.values, t * size, size) : undefined;
      for (let i = only ?? 0; i < (only === undefined ? size : only + 1); i++) {
        for (let c = 0; c < width; c++) into[c] += x[first + i * width + c];
      }
    };
  }
  const { neuron, value, of } = link;
  const { size } = of.population;
  return (t, into) => {
    const [x, now] = [at(t), t * size];
    if (neuron === undefined && width > 1) arithmetic.addRows(into, 0, value.values, now, x, first, size, width);
    else if (neuron === undefined) for (let i = 0; i < size; i++) into[i] += value.values[now + i] * x[first + i];
    else {
      for (let i = 0; i < size; i++) {
        const factor = value.values[now + i];
        for (let c = 0; c < width; c++) into[i * width + c] += factor * x[first + neuron * width + c];
      }
    }
  };
}

/** For a port: the weights of a group times what arrives by each way. */
function bringing(
  forward: ForwardPass,
  group: BuiltGroup,
  ways: readonly { readonly w: Float64Array; readonly source: Source | undefined }[],
  width: number,
): Add {
  const { rowStart, pre, to, from } = group;
  const [{ w, source }] = ways;
  const of = forward.timestep.connection(group).ways?.of;
  if (!of && forward.whole.has(group)) {
    return (t, into) => {
      if (!source) return;
      if (width === 1) forward.arithmetic.multiply(w, source.at(t), source.first, into, 0, to.size, from.size);
      else forward.arithmetic.multiplyMatrix(w, source.at(t), source.first, into, to.size, from.size, width);
    };
  }
  return (t, into) => {
    for (let i = 0; i < to.size; i++) {
      for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
        const { source: own } = ways[of?.[k] ?? 0];
        if (!own) continue;
        const x = own.at(t);
        const row = own.first + pre[k] * width;
        for (let c = 0; c < width; c++) into[i * width + c] += w[k] * x[row + c];
      }
    }
  };
}
