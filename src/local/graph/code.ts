import { compile } from '../compile.ts';
import type { Value } from './graph.ts';
import { LIBRARY } from './library.ts';
import { statements } from './statements.ts';
import type { View } from './view.ts';

/** What a local function returns: one number, or the named numbers of a trace. */
export type Results = Value | readonly Result[];

export interface Result {
  readonly name: string;
  readonly value: Value;
}

/** The nodes that a local function returns. */
export function valuesOf(results: Results): readonly Value[] {
  return 'kind' in results ? [results] : results.map(({ value }) => value);
}

/**
 * JavaScript text that computes `results` from `view`: every operation of the graph once, each written with its parentheses,
 * so that it gives the same bits as the text the graph was read from. A detached value is the value itself.
 */
export function code(results: Results): string {
  const values = valuesOf(results);
  const written = statements(values, ({ path }) => `view.${path}`);
  const result =
    'kind' in results
      ? written.results[0]
      : `{ ${results.map(({ name }, k) => `${name}: ${written.results[k]}`).join(', ')} }`;
  return [...written.lines, `return ${result};`].join('\n');
}

/** One number's graph as a function. */
export function numberFunction(name: string, value: Value): (view: View) => number {
  return compile<(view: View) => number>(name, functionText(value), { ...LIBRARY });
}

/** A graph of named numbers as a function. */
export function recordFunction(name: string, results: readonly Result[]): (view: View) => Record<string, number> {
  return compile<(view: View) => Record<string, number>>(name, functionText(results), { ...LIBRARY });
}

function functionText(results: Results): string {
  return `return (view) => {\n${code(results)}\n};`;
}
