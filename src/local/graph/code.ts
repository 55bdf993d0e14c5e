import { compile, literal } from '../compile.ts';
import { nodesOf, operands, type Node, type Read, type Value } from './graph.ts';
import { LIBRARY } from './library.ts';
import type { View } from './view.ts';

/** What a local function gives back: one number, or the named numbers of a trace. */
export type Results = Value | readonly Result[];

export interface Result {
  readonly name: string;
  readonly value: Value;
}

/** The nodes that a local function gives back. */
export function valuesOf(results: Results): readonly Value[] {
  return 'kind' in results ? [results] : results.map(({ value }) => value);
}

/** JavaScript text that computes `results` from `view`, with the bits of the text that the graph was read from. */
export function code(results: Results): string {
  const named = 'kind' in results ? [{ name: 'result', value: results }] : results;
  const { lines, written } = statements(
    named.map(({ value }) => value),
    ({ path }) => `view.${path}`,
  );
  const record = named.map(({ name }, k) => `${name}: ${written[k]}`).join(', ');
  return [...lines, `return ${'kind' in results ? written[0] : `{ ${record} }`};`].join('\n');
}

/** Statements that compute some numbers, and the expression that each number then is. */
export interface Statements {
  readonly lines: readonly string[];
  readonly written: readonly string[];
}

/**
 * Graphs as JavaScript text: every operation once, each written with its parentheses, so that it gives the same bits as the text the
 * graph was read from.
 *
 * @param read The text of a number that is read. @throws Error if there is none.
 */
export function statements(values: readonly Value[], read: (read: Read) => string | undefined): Statements {
  const nodes = nodesOf(values);
  const uses = new Map<Node, number>();
  for (const node of [...nodes.flatMap(operands), ...values]) uses.set(node, (uses.get(node) ?? 0) + 1);

  const names = new Map<Node, string>();
  const known = (node: Read): string => {
    const text = read(node);
    if (text === undefined) throw new Error(`there is no number '${node.path}'`);
    return text;
  };
  const written = (node: Node): string => names.get(node) ?? expression(node, written, known);
  const lines = nodes
    .filter((node) => operands(node).length > 0 && (uses.get(node) ?? 0) > 1)
    .map((node, k) => {
      const line = `const v${k} = ${expression(node, written, known)};`;
      names.set(node, `v${k}`);
      return line;
    });
  return { lines, written: values.map(written) };
}

function expression(node: Node, written: (operand: Node) => string, read: (read: Read) => string): string {
  switch (node.kind) {
    case 'constant':
      return node.value < 0 || Object.is(node.value, -0) ? `(${literal(node.value)})` : literal(node.value);
    case 'read':
      return read(node);
    case 'negate':
      return `(-${written(node.of)})`;
    case 'not':
      return `(!${written(node.of)})`;
    case 'call':
      return `${node.name}(${node.args.map(written).join(', ')})`;
    case 'choose':
      return `(${written(node.test)} ? ${written(node.yes)} : ${written(node.no)})`;
    case 'and':
      return `(${written(node.left)} && ${written(node.right)})`;
    case 'or':
      return `(${written(node.left)} || ${written(node.right)})`;
    default:
      return `(${written(node.left)} ${node.operator} ${written(node.right)})`;
  }
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
