import { stream } from '../../random/index.ts';
import type { Results } from '../graph/code.ts';
import { evaluate } from '../graph/evaluate.ts';
import type { Value } from '../graph/graph.ts';
import type { SurrogateName } from '../graph/library.ts';
import { viewOf, type View, type ViewShape } from '../graph/view.ts';
import { witnessed } from '../surrogates.ts';

/** Any function of one view. */
export type Local = (view: never) => unknown;

/** Any function of numbers, such as `(u, kind) => ...`. */
export type Numerical = (...numbers: never[]) => number;

const SPECIAL = [0, 1, -1, 0.5, -0.5];

/** Views to try functions on, always the same: values of both signs, small and large, and some special ones. */
export function trialViews(shape: ViewShape): View[] {
  const random = stream(1, 'trial views');
  const number = () => {
    const kind = random();
    if (kind < 0.15) return SPECIAL[Math.floor(random() * SPECIAL.length)];
    return (random() < 0.5 ? -1 : 1) * random() * (kind < 0.9 ? 2 : 100);
  };
  return Array.from({ length: 24 }, () => viewOf(shape, number));
}

/**
 * Whether a function gives the same bits as its graph on all views, and calls rxflo's own `spike` and `detach` where its graph does, with the
 * same arguments: their effect on derivatives cannot be seen in the function's result.
 */
export function agrees(f: (view: View) => unknown, results: Results, views: readonly View[]): boolean {
  return views.every((view) => {
    const made = new Set<string>();
    const given = witnessed(
      () => answer(f, view),
      (name, args) => made.add(callOf(name, args)),
    );
    const meant: string[] = [];
    const compute = (value: Value) => evaluate(value, view, (name, args) => meant.push(callOf(name, args)));
    return gives(given, results, compute) && meant.every((call) => made.has(call));
  });
}

function gives(given: unknown, results: Results, compute: (value: Value) => number): boolean {
  if ('kind' in results) return Object.is(given, compute(results));
  if (typeof given !== 'object' || given === null) return false;
  const found = new Map<string, unknown>(Object.entries(given));
  return results.every(({ name, value }) => Object.is(found.get(name), compute(value)));
}

/** A call as text, different for different bits. */
function callOf(name: SurrogateName, args: readonly number[]): string {
  return `${name}(${args.map((x) => (Object.is(x, -0) ? '-0' : String(x))).join()})`;
}

/** What a function gives; undefined if it throws, for example because it calls an undefined name. */
function answer(f: (view: View) => unknown, view: View): unknown {
  try {
    return f(view);
  } catch {
    return undefined;
  }
}
