import { InputError, oneOf, show } from '../errors/index.ts';
import type { Hdf5, Hdf5Group, Numbers, Texts } from './hdf5.ts';

/** What a node, or its metadata, holds under a name. */
export type NirValue = Numbers | Texts;

/**
 * A node of NIR, the neuromorphic intermediate representation: Pedersen et al., Nat. Commun. 15:8122 (2024). Its equations are in continuous time;
 * parameters have one entry for each neuron, weights are [post][pre].
 */
export interface NirNode {
  /** 'Input', 'Linear', 'LIF', ...; 'NIRGraph': a graph. */
  readonly type: string;
  /** Its parameters, by NIR's names: `tau`, `weight`. */
  readonly fields: ReadonlyMap<string, NirValue>;
  /** What else was written down; nested names are joined by a slash. */
  readonly metadata: ReadonlyMap<string, NirValue>;
}

/** A graph of NIR: edges carry what a node gives as it is; what several bring to a node is summed. */
export interface NirGraph extends NirNode {
  readonly type: 'NIRGraph';
  /** The version of NIR that it was written for. */
  readonly version: string;
  readonly nodes: ReadonlyMap<string, NirNode | NirGraph>;
  readonly edges: readonly (readonly [from: string, to: string])[];
}

/** The version of NIR that is written. */
export const VERSION = '1.0.7';

export function isGraph(node: NirNode): node is NirGraph {
  return 'nodes' in node;
}

/** One text, or one number: a scalar of HDF5. */
export function scalarText(text: string): Texts {
  return { shape: [], texts: [text] };
}

export function scalar(value: number): Numbers {
  return { shape: [], values: Float64Array.of(value) };
}

export function vector(values: ArrayLike<number>): Numbers {
  return { shape: [values.length], values: Float64Array.from(values) };
}

/** What is kept as whole numbers in a file. */
export function isWhole(name: string): boolean {
  return name === 'shape';
}

/** The graph in the content of an HDF5 file. @throws InputError naming the place that is missing or wrong. */
export function graphIn(file: string, content: Hdf5Group): NirGraph {
  const root = content.get('node');
  if (root === undefined || !isGroup(root)) {
    throw new InputError(file, "holds no NIR graph; there should be a group 'node'");
  }
  const version = content.get('version');
  const graph = nodeIn(`${file}: node`, root, version === undefined ? 'unknown' : textIn(`${file}: version`, version));
  if (isGraph(graph)) return graph;
  throw new InputError(`${file}: node/type`, `${show(graph.type)} is not a graph; expected 'NIRGraph'`);
}

function isGroup(entry: Hdf5): entry is Hdf5Group {
  return !('shape' in entry);
}

function nodeIn(place: string, group: Hdf5Group, version: string): NirNode | NirGraph {
  const named = group.get('type');
  if (named === undefined) throw new InputError(place, "has no 'type', which says what the node is; add it");
  const type = textIn(`${place}/type`, named);
  const [fields, metadata] = [new Map<string, NirValue>(), new Map<string, NirValue>()];
  for (const [name, entry] of group) {
    if (name === 'metadata') metadataIn(`${place}/metadata`, entry, '', metadata);
    else if (name !== 'type' && !isGroup(entry)) fields.set(name, entry);
  }
  if (type !== 'NIRGraph') return { type, fields, metadata };
  const nodes = group.get('nodes');
  if (nodes === undefined || !isGroup(nodes)) throw new InputError(place, "has no 'nodes', a group of nodes; add it");
  const found = new Map<string, NirNode>();
  for (const [name, node] of nodes) {
    const at = `${place}/nodes/${name}`;
    if (!isGroup(node)) throw new InputError(at, 'is a data set, and nodes are groups');
    found.set(name, nodeIn(at, node, version));
  }
  const edges = edgesIn(place, fields.get('edges'), found);
  fields.delete('edges');
  return { type, version, fields, metadata, nodes: found, edges };
}

function metadataIn(place: string, entry: Hdf5, path: string, into: Map<string, NirValue>): void {
  if (!isGroup(entry)) throw new InputError(place, 'is a data set, and metadata is a group');
  for (const [name, value] of entry) {
    if (isGroup(value)) metadataIn(`${place}/${name}`, value, `${path}${name}/`, into);
    else into.set(`${path}${name}`, value);
  }
}

function textIn(place: string, entry: Hdf5): string {
  if ('texts' in entry && entry.texts.length === 1) return entry.texts[0];
  throw new InputError(place, 'is not a text; expected one');
}

function edgesIn(place: string, edges: NirValue | undefined, nodes: ReadonlyMap<string, NirNode>): NirGraph['edges'] {
  if (edges === undefined) throw new InputError(place, "has no 'edges', pairs of names of nodes; add them");
  const { shape } = edges;
  // A graph without edges: an empty list has no texts in it, and may have any type and shape.
  if (shape.includes(0)) return [];
  if (!('texts' in edges) || shape.length !== 2 || shape[1] !== 2) {
    throw new InputError(`${place}/edges`, `has the shape [${shape.join(', ')}]; expected [n, 2], texts`);
  }
  const { texts } = edges;
  return Array.from({ length: shape[0] }, (_, k) => {
    const edge = [texts[2 * k], texts[2 * k + 1]] as const;
    for (const name of edge) {
      if (!nodes.has(name)) {
        const right = `expected ${oneOf([...nodes.keys()])}`;
        throw new InputError(`${place}/edges[${k}]`, `${show(name)} is not a node; ${right}`);
      }
    }
    return edge;
  });
}

/** The content of the HDF5 file that holds a graph. */
export function contentOf(graph: NirGraph): Hdf5Group {
  return new Map<string, Hdf5>([
    ['version', scalarText(graph.version)],
    ['node', groupOf(graph)],
  ]);
}

function groupOf(node: NirNode | NirGraph): Hdf5Group {
  const group = new Map<string, Hdf5>([['type', scalarText(node.type)], ...node.fields]);
  if (isGraph(node)) {
    const { edges, nodes } = node;
    group.set('edges', { shape: [edges.length, 2], texts: edges.flat() });
    group.set('nodes', new Map([...nodes].map(([name, each]) => [name, groupOf(each)])));
  }
  if (node.metadata.size > 0) group.set('metadata', new Map(node.metadata));
  return group;
}
