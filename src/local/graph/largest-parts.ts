import { isValue, nodesOf, operands, type Node, type Read, type Value } from './graph.ts';

/** The largest parts of some numbers that depend on these reads alone: they can be computed once for all values of the other reads. */
export function largestParts(roots: readonly Value[], isAmong: (read: Read) => boolean): readonly Value[] {
  const nodes = nodesOf(roots);
  const within = new Set<Node>();
  const outermost = new Set<Node>(roots);
  for (const node of nodes) {
    if (node.kind === 'read' ? isAmong(node) : operands(node).every((operand) => within.has(operand))) within.add(node);
    else for (const operand of operands(node)) outermost.add(operand);
  }
  return nodes.flatMap((node) =>
    within.has(node) && outermost.has(node) && operands(node).length > 0 && isValue(node) ? [node] : [],
  );
}
