import type { Neurons, Row } from '../circuit/index.ts';
import type { ForwardPass } from './forward.ts';
import { Influence, NOWHERE } from './influence.ts';
import { rowsKept, type Links } from './links.ts';
import type { Memory } from './memory.ts';
import { at, type Ring } from './ring.ts';
import type { Slot } from './slots.ts';

/** into = J from, both [size][width]: where the state goes in the timestep that has just run, in several directions at once. */
export type Push = (from: Float64Array, into: Float64Array) => void;

export function pusher(
  forward: ForwardPass,
  links: Links,
  slots: readonly Slot[],
  how: { readonly all: readonly Neurons[]; readonly depth: number; readonly memory: Memory; readonly width: number },
): Push {
  const { all, depth, memory, width } = how;
  const influence = new Influence(forward, links, rowsKept(links, all), undefined, depth, memory, NOWHERE, width);
  const places = slots.map(({ row, ago, first }) => ({
    ring: ringOf(influence, row),
    ...{ ago, first: first * width, count: row.population.size * width },
  }));
  return (from, into) => {
    const t = forward.now;
    influence.clear();
    for (const { ring, ago, first, count } of places) {
      const was = at(ring, t - 1 - ago);
      for (let k = 0; k < count; k++) was[k] = from[first + k];
    }
    influence.advance(t);
    for (const { ring, ago, first, count } of places) {
      const is = at(ring, t - ago);
      for (let k = 0; k < count; k++) into[first + k] = is[k];
    }
  };
}

function ringOf(influence: Influence, row: Row): Ring {
  const ring = influence.on(row);
  if (!ring) throw new Error(`no influence is kept on '${row.name}' of '${row.population.name}'`);
  return ring;
}
