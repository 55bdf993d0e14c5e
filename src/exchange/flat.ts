import { InputError, show } from '../errors/index.ts';
import { checkEdge, DEEPEST, isGraph, type NirGraph, type NirNode } from './graph.ts';

/** A graph without nested graphs. */
export interface FlatGraph {
  readonly nodes: ReadonlyMap<string, NirNode>;
  readonly edges: NirGraph['edges'];
  /** The Inputs and Outputs of nested graphs, by name: each passes its values on. */
  readonly inner: ReadonlySet<string>;
}

/** The largest number of nodes, including those of nested graphs. */
const MOST_NODES = 100_000;

/**
 * The graph with nested graphs replaced by their nodes, whose names are joined by a dot.
 *
 * @throws InputError if an edge has an unknown end, leaves an Output, leads to an Input or to a graph with several inputs, or comes from a graph
 * with several outputs; if there are too many nodes, or graphs are nested too deeply.
 */
export function flat(graph: NirGraph): FlatGraph {
  const nodes = new Map<string, NirNode>();
  const inner = new Set<string>();
  const edges: [string, string][] = [];
  let count = 0;
  const add = ({ nodes: own, edges: ways }: NirGraph, prefix: string, depth: number): void => {
    for (const [name, node] of own) {
      const full = `${prefix}${name}`;
      if (++count > MOST_NODES) {
        throw new InputError(`nodes.${full}`, `is one of more than ${MOST_NODES} nodes; give a smaller graph`);
      }
      if (isGraph(node)) {
        if (depth === DEEPEST) {
          throw new InputError(
            `nodes.${full}`,
            `lies in more than ${DEEPEST} nested graphs, or in itself; give a flatter graph`,
          );
        }
        add(node, `${full}.`, depth + 1);
        continue;
      }
      if (nodes.has(full)) throw new InputError(`nodes.${full}`, 'is the name of two nodes; rename one');
      if (prefix !== '' && (node.type === 'Input' || node.type === 'Output')) inner.add(full);
      nodes.set(full, node);
    }
    const [entries, exits] = [entriesOf(own, 'Input'), entriesOf(own, 'Output')];
    ways.forEach((edge, k) => {
      checkEdge(`${prefix === '' ? '' : `nodes.${prefix}`}edges[${k}]`, edge, own);
      const [from, to] = edge;
      if (own.get(from)?.type === 'Output') {
        throw new InputError(
          `nodes.${prefix}${from}`,
          `is an Output, but an edge leads from it to ${show(to)}; remove that edge`,
        );
      }
      if (own.get(to)?.type === 'Input') {
        throw new InputError(
          `nodes.${prefix}${to}`,
          `is an Input, but an edge leads to it from ${show(from)}; remove that edge`,
        );
      }
      edges.push([`${prefix}${exits(from)}`, `${prefix}${entries(to)}`]);
    });
  };
  add(graph, '', 0);
  return { nodes, edges, inner };
}

/** The name of a node; for a nested graph, the name of its only node of this type, through which it is entered or left. */
function entriesOf(nodes: NirGraph['nodes'], type: 'Input' | 'Output'): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    const node = nodes.get(name);
    if (node === undefined || !isGraph(node)) return name;
    const found = known.get(name) ?? `${name}.${entryOf(name, node, type)}`;
    known.set(name, found);
    return found;
  };
}

function entryOf(name: string, { nodes }: NirGraph, type: 'Input' | 'Output'): string {
  const found = [...nodes].flatMap(([inner, node]) => (node.type === type ? [inner] : []));
  if (found.length === 1) return found[0];
  throw new InputError(
    `nodes.${name}`,
    `is a graph with ${found.length} nodes of type ${show(type)}; an edge to or from it needs exactly one`,
  );
}
