import { compile, literal } from '../compile.ts';
import { nodesOf, operands, type Detached, type Node, type Value } from './graph.ts';
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

/**
 * JavaScript text that computes `results` from `view`: every operation of the graph once, each written with its parentheses,
 * so that it gives the same bits as the text the graph was read from. A detached value is the value itself.
 */
export function code(results: Results): string {
  const nodes = [...new Set(nodesOf(valuesOf(results)).map(undetached))];
  const uses = new Map<Node, number>();
  for (const used of [...nodes.flatMap(operands), ...valuesOf(results)]) {
    const node = undetached(used);
    uses.set(node, (uses.get(node) ?? 0) + 1);
  }

  const names = new Map<Node, string>();
  const written = (operand: Node): string => {
    const node = undetached(operand);
    return names.get(node) ?? expression(node, written);
  };
  const lines = nodes
    .filter((node) => operands(node).length > 0 && (uses.get(node) ?? 0) > 1)
    .map((node, k) => {
      const line = `const v${k} = ${expression(node, written)};`;
      names.set(node, `v${k}`);
      return line;
    });
  const result =
    'kind' in results
      ? written(results)
      : `{ ${results.map(({ name, value }) => `${name}: ${written(value)}`).join(', ')} }`;
  return [...lines, `return ${result};`].join('\n');
}

/** What is computed for a node. */
function undetached(node: Node): Exclude<Node, Detached> {
  return node.kind === 'detach' ? undetached(node.of) : node;
}

function expression(node: Exclude<Node, Detached>, written: (operand: Node) => string): string {
  switch (node.kind) {
    case 'constant':
      return node.value < 0 || Object.is(node.value, -0) ? `(${literal(node.value)})` : literal(node.value);
    case 'read':
      return `view.${node.path}`;
    case 'negate':
      return `(-${written(node.of)})`;
    case 'not':
      return `(!${written(node.of)})`;
    case 'call':
      return `${node.name}(${node.args.map(written).join(', ')})`;
    case 'spike':
      return `(${written(node.of)} >= 0 ? 1 : 0)`;
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
