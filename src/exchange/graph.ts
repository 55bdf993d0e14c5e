import { InputError, oneOf, show } from '../errors/index.ts';
import type { Hdf5, Hdf5Group, NumberData, TextData } from './hdf5.ts';

/** A value of a node, or of its metadata. */
export type NirValue = NumberData | TextData;

/**
 * A node of NIR, the neuromorphic intermediate representation: Pedersen et al., Nat. Commun. 15:8122 (2024). Its equations are in continuous time;
 * parameters have one entry for each neuron, weights are [post][pre].
 */
export interface NirNode {
  /** 'Input', 'Linear', 'LIF', ...; 'NIRGraph': a graph. */
  readonly type: string;
  /** Its parameters, by NIR's names: `tau`, `weight`. */
  readonly fields: ReadonlyMap<string, NirValue>;
  /** Metadata; nested names are joined by a slash. */
  readonly metadata: ReadonlyMap<string, NirValue>;
}

/** A NIR graph: an edge carries the output of a node unchanged; the values that several edges bring to a node are summed. */
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
export function scalarText(text: string): TextData {
  return { shape: [], texts: [text] };
}

export function scalar(value: number): NumberData {
  return { shape: [], values: Float64Array.of(value) };
}

export function vector(values: ArrayLike<number>): NumberData {
  return { shape: [values.length], values: Float64Array.from(values) };
}

/** The deepest nesting of graphs: deeper graphs have more nested groups than are read. */
export const DEEPEST = 14;

/** The graph in the content of an HDF5 file. @throws InputError naming the place that is missing or wrong. */
export function graphIn(file: string, content: Hdf5Group): NirGraph {
  const root = content.get('node');
  if (root === undefined || !isGroup(root)) {
    throw new InputError(file, "holds no NIR graph; expected a group 'node'");
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
  if (named === undefined) throw new InputError(place, "has no 'type'; add the type of the node");
  const type = textIn(`${place}/type`, named);
  const [fields, metadata] = [new Map<string, NirValue>(), new Map<string, NirValue>()];
  for (const [name, entry] of group) {
    if (name === 'metadata') metadataIn(`${place}/metadata`, entry, '', metadata);
    else if (name !== 'type' && !isGroup(entry)) fields.set(name, entry);
  }
  if (type !== 'NIRGraph') return { type, fields, metadata };
  const nodes = group.get('nodes');
  if (nodes === undefined || !isGroup(nodes)) throw new InputError(place, "has no 'nodes'; add a group of nodes");
  const found = new Map<string, NirNode>();
  for (const [name, node] of nodes) {
    const at = `${place}/nodes/${name}`;
    if (!isGroup(node)) throw new InputError(at, 'is a data set; expected a group, as for every node');
    found.set(name, nodeIn(at, node, version));
  }
  const edges = edgesIn(place, fields.get('edges'), found);
  fields.delete('edges');
  return { type, version, fields, metadata, nodes: found, edges };
}

function metadataIn(place: string, entry: Hdf5, path: string, into: Map<string, NirValue>): void {
  if (!isGroup(entry)) throw new InputError(place, 'is a data set; expected a group');
  for (const [name, value] of entry) {
    if (isGroup(value)) metadataIn(`${place}/${name}`, value, `${path}${name}/`, into);
    else into.set(`${path}${name}`, value);
  }
}

function textIn(place: string, entry: Hdf5): string {
  if ('texts' in entry && entry.texts.length === 1) return entry.texts[0];
  throw new InputError(place, 'is not a single text; expected one');
}

function edgesIn(place: string, edges: NirValue | undefined, nodes: ReadonlyMap<string, NirNode>): NirGraph['edges'] {
  if (edges === undefined) throw new InputError(place, "has no 'edges'; add pairs of node names");
  const { shape } = edges;
  // A graph without edges: an empty list holds no texts, and may have any type and shape.
  if (shape.includes(0)) return [];
  if (!('texts' in edges) || shape.length !== 2 || shape[1] !== 2) {
    throw new InputError(`${place}/edges`, `has the shape [${shape.join(', ')}]; expected texts of shape [n, 2]`);
  }
  const { texts } = edges;
  return Array.from({ length: shape[0] }, (_, k) => {
    const edge = [texts[2 * k], texts[2 * k + 1]] as const;
    checkEdge(`${place}/edges[${k}]`, edge, nodes);
    return edge;
  });
}

/** @throws InputError if an end of an edge is not among the nodes. */
export function checkEdge(place: string, edge: NirGraph['edges'][number], nodes: ReadonlyMap<string, NirNode>): void {
  const unknown = edge.find((name) => !nodes.has(name));
  if (unknown === undefined) return;
  throw new InputError(place, `${show(unknown)} is not a node; expected ${oneOf([...nodes.keys()])}`);
}
