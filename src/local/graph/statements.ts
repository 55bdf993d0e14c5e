import { compile, literal } from '../compile.ts';
import { nodesOf, operands, type Detached, type Node, type Read, type Value } from './graph.ts';
import { LIBRARY } from './library.ts';

/** JavaScript text that computes numbers: lines to be run first, then an expression for each number. */
export interface Statements {
  readonly lines: readonly string[];
  readonly results: readonly string[];
}

/**
 * Writes out the computation of `values`, each operation of their graph once. `read` gives the text of a read.
 *
 * @param prefix The prefix of every variable's name, so that several texts fit in one scope.
 * @param known Variables that already hold some of the numbers.
 */
export function statements(
  values: readonly Value[],
  read: (read: Read) => string,
  { prefix = 'v', known = new Map() }: { readonly prefix?: string; readonly known?: ReadonlyMap<Node, string> } = {},
): Statements {
  const nodes = [...new Set(nodesOf(values, known).map(undetached))];
  const uses = new Map<Node, number>();
  for (const used of [...nodes.flatMap(operands), ...values]) {
    const node = undetached(used);
    uses.set(node, (uses.get(node) ?? 0) + 1);
  }
  const names = new Map<Node, string>(known);
  const written = (operand: Node): string => {
    const node = undetached(operand);
    if (node.kind === 'read') return read(node);
    return names.get(node) ?? expression(node, written);
  };
  const lines = nodes
    .filter((node) => !known.has(node) && operands(node).length > 0 && (uses.get(node) ?? 0) > 1)
    .map((node, k) => {
      const line = `const ${prefix}${k} = ${expression(node, written)};`;
      names.set(node, `${prefix}${k}`);
      return line;
    });
  return { lines, results: values.map(written) };
}

/** The node that is computed: for a detached value, the value itself. */
function undetached(node: Node): Exclude<Node, Detached> {
  return node.kind === 'detach' ? undetached(node.of) : node;
}

/** The text of one operation, from that of its operands. */
function expression(node: Exclude<Node, Detached>, written: (operand: Node) => string): string {
  switch (node.kind) {
    case 'constant':
      return node.value < 0 || Object.is(node.value, -0) ? `(${literal(node.value)})` : literal(node.value);
    case 'read':
      return written(node);
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

/** Turns text that may call the library's functions into code; see `compile`. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what the text evaluates to, as its author knows
export function compileStatements<T>(
  name: string,
  source: string,
  scope: Readonly<Record<string, object | undefined>>,
): T {
  return compile<T>(name, source, { ...LIBRARY, ...scope });
}
