import { InputError, show } from '../errors/index.ts';
import { checkEdge, DEEPEST, isGraph, type NirGraph, type NirNode } from './graph.ts';

/** A graph without graphs in it. */
export interface FlatGraph {
  readonly nodes: ReadonlyMap<string, NirNode>;
  readonly edges: NirGraph['edges'];
  /** The Inputs and Outputs of graphs that were nodes, by name: each passes on what it is given. */
  readonly inner: ReadonlySet<string>;
}

/** The most nodes of a graph, with those of the graphs in it. */
const MOST_NODES = 100_000;

/**
 * The graph with those in it taken apart, the names of their nodes joined by a dot.
 *
 * @throws InputError if an edge has an unknown end, leaves an Output, leads to an Input or to a graph with several inputs, or comes from one with
 * several outputs; if there are too many nodes, or graphs in graphs.
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
        throw new InputError(`nodes.${full}`, `is one of more than ${MOST_NODES} nodes; give fewer`);
      }
      if (isGraph(node)) {
        if (depth === DEEPEST) {
          throw new InputError(
            `nodes.${full}`,
            `lies in more than ${DEEPEST} graphs, or in itself; give a flatter graph`,
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
          `is an Output, and an edge leads from it to ${show(to)}; remove it`,
        );
      }
      if (own.get(to)?.type === 'Input') {
        throw new InputError(
          `nodes.${prefix}${to}`,
          `is an Input, and an edge leads to it from ${show(from)}; remove it`,
        );
      }
      edges.push([`${prefix}${exits(from)}`, `${prefix}${entries(to)}`]);
    });
  };
  add(graph, '', 0);
  return { nodes, edges, inner };
}

/** The name of a node; of a graph, that of the one node of this type, by which it is entered or left. */
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
    `is a graph with ${found.length} nodes of type ${show(type)}, and an edge needs one`,
  );
}
