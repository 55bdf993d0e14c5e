import { InputError, show } from '../errors/index.ts';
import { isGraph, type NirGraph, type NirNode } from './graph.ts';

/** A graph without graphs in it. */
export interface FlatGraph {
  readonly nodes: ReadonlyMap<string, NirNode>;
  readonly edges: NirGraph['edges'];
}

/** What an Input or an Output is within a graph that is a node: it passes on what it is given. */
export const PASSES: NirNode = { type: 'Flatten', fields: new Map(), metadata: new Map() };

/**
 * The graph with those in it taken apart, the names of their nodes joined by a dot.
 *
 * @throws InputError if an edge leads to a graph with several inputs, or from one with several outputs.
 */
export function flat(graph: NirGraph): FlatGraph {
  const nodes = new Map<string, NirNode>();
  const edges: [string, string][] = [];
  const add = ({ nodes: own, edges: ways }: NirGraph, prefix: string): void => {
    for (const [name, node] of own) {
      const full = `${prefix}${name}`;
      if (isGraph(node)) {
        add(node, `${full}.`);
        continue;
      }
      if (nodes.has(full)) throw new InputError(`nodes.${full}`, 'is the name of two nodes; rename one');
      const isDoor = prefix !== '' && (node.type === 'Input' || node.type === 'Output');
      nodes.set(full, isDoor ? PASSES : node);
    }
    for (const [from, to] of ways) {
      edges.push([`${prefix}${doorOf(own, from, 'Output')}`, `${prefix}${doorOf(own, to, 'Input')}`]);
    }
  };
  add(graph, '');
  return { nodes, edges };
}

/** The name of a node, or of the one node by which a graph is entered or left. */
function doorOf(nodes: NirGraph['nodes'], name: string, type: 'Input' | 'Output'): string {
  const node = nodes.get(name);
  if (node === undefined || !isGraph(node)) return name;
  const doors = [...node.nodes].flatMap(([inner, { type: each }]) => (each === type ? [inner] : []));
  if (doors.length === 1) return `${name}.${doors[0]}`;
  throw new InputError(
    `nodes.${name}`,
    `is a graph with ${doors.length} nodes of type ${show(type)}, and an edge needs one`,
  );
}
