import { maybeSilent, type BuiltGroup } from '../circuit/index.ts';
import { VECTOR } from './lanes.ts';
import type { Matrix } from './matrix.ts';
import { LINE, lines, type MemoryPlan } from './memory.ts';

/** A matrix with fewer bytes is in the cache anyway. */
const LARGE = 2 ** 19;
/**
 * A copy of the weights of a group in which those of an axon lie one after another. If few axons bring something in a timestep, their weights
 * are read from memory in order, instead of a few from each panel. It is for weights that do not change during a trial, and is made when enough
 * events have come to make it worthwhile, or at the first event if enough came in the trial before.
 */
export interface Sheet {
  readonly at: number;
  /** Bytes from one axon to the next. */
  readonly pitch: number;
  /** The address of its state: see by-sheet.ts. */
  readonly state: number;
  /** The function that makes sure that the copy exists, given the number of events; returns 0 if it is not worthwhile yet. */
  readonly ready: string;
}

/** The sheet of a group that learns by history, if it is densely connected and its matrix is large. */
export function sheetOf(memory: MemoryPlan, group: BuiltGroup, { packing, bytes }: Matrix): { readonly sheet?: Sheet } {
  const { parts, size } = packing;
  if (!maybeSilent(group) || size * bytes < LARGE || parts.some(({ dense }) => !dense)) return {};
  const ends = parts.map(({ row, panels, vectors }) => row * bytes + panels * vectors * VECTOR);
  const pitch = lines(Math.max(...ends)) * LINE;
  const [at, state] = [memory.reserve(group.from.size * pitch), memory.reserve(LINE)];
  return { sheet: { at, pitch, state, ready: `sheet_${group.index}` } };
}
