import { maybeSilent, type BuiltGroup } from '../circuit/index.ts';
import { VECTOR } from './lanes.ts';
import type { Matrix } from './matrix.ts';
import { LINE, lines, type MemoryPlan } from './memory.ts';

/** Below so many bytes a matrix is in the cache anyway. */
const LARGE = 2 ** 19;
/**
 * A copy of the weights of a group in which those of an axon lie one after another. Where few axons bring something in a timestep, their weights
 * come through memory in order, and not a few from each panel. It is for weights that stand still during a trial, and is made when so many events have come
 * that it is worth it, or at the first where so many had come in the trial before.
 */
export interface Sheet {
  readonly at: number;
  /** Bytes from one axon to the next. */
  readonly pitch: number;
  /** Where its state is: see by-sheet.ts. */
  readonly state: number;
  /** What makes it sure that the copy is there, given how many events come; gives back 0 if it is not worth it yet. */
  readonly ready: string;
}

/** The sheet of a group that learns by history, where it is densely connected and its matrix is large. */
export function sheetOf(memory: MemoryPlan, group: BuiltGroup, { packing, bytes }: Matrix): { readonly sheet?: Sheet } {
  const { parts, size } = packing;
  if (!maybeSilent(group) || size * bytes < LARGE || parts.some(({ dense }) => !dense)) return {};
  const ends = parts.map(({ row, panels, vectors }) => row * bytes + panels * vectors * VECTOR);
  const pitch = lines(Math.max(...ends)) * LINE;
  const [at, state] = [memory.reserve(group.from.size * pitch), memory.reserve(LINE)];
  return { sheet: { at, pitch, state, ready: `sheet_${group.index}` } };
}
