import { InputError } from '../errors/index.ts';
import { DEEPEST, isGraph, scalarText, type NirGraph, type NirNode, type NirValue } from './graph.ts';
import type { Hdf5, Hdf5Group } from './hdf5.ts';

/** The entries of a node's group other than its fields. */
const OWN = ['type', 'metadata'];
const OWN_OF_GRAPH = [...OWN, 'edges', 'nodes'];

/** Whether a path in the file holds whole numbers: only the field `shape` of a node does. */
export function isWhole(path: string): boolean {
  return /^node(?:\/nodes\/[^/]+)*\/shape$/.test(path);
}

/**
 * The content of the HDF5 file that holds a graph.
 *
 * @throws InputError if a field has the name of another entry of a node, two names of metadata exclude each other, or graphs are nested too deeply.
 */
export function contentOf(graph: NirGraph): Hdf5Group {
  return new Map<string, Hdf5>([
    ['version', scalarText(graph.version)],
    ['node', groupOf('node', graph, 0)],
  ]);
}

function groupOf(place: string, node: NirNode | NirGraph, depth: number): Hdf5Group {
  const own = isGraph(node) ? OWN_OF_GRAPH : OWN;
  const taken = own.find((name) => node.fields.has(name));
  if (taken !== undefined) throw new InputError(`${place}/${taken}`, 'is also the name of a field; rename the field');
  const group = new Map<string, Hdf5>([['type', scalarText(node.type)], ...node.fields]);
  if (isGraph(node)) {
    if (depth > DEEPEST)
      throw new InputError(place, `lies in more than ${DEEPEST} nested graphs, or in itself; write a flatter graph`);
    const { edges, nodes } = node;
    group.set('edges', { shape: [edges.length, 2], texts: edges.flat() });
    group.set(
      'nodes',
      new Map([...nodes].map(([name, each]) => [name, groupOf(`${place}/nodes/${name}`, each, depth + 1)])),
    );
  }
  if (node.metadata.size > 0) group.set('metadata', nested(`${place}/metadata`, node.metadata));
  return group;
}

type Branch = Map<string, NirValue | Branch>;

/** Metadata as nested groups: each slash in a name stands for a group. */
function nested(place: string, metadata: ReadonlyMap<string, NirValue>): Hdf5Group {
  const root: Branch = new Map();
  for (const [path, value] of metadata) {
    const names = path.split('/');
    const last = names.pop() ?? '';
    let group = root;
    for (const name of names) {
      const inner = group.get(name) ?? new Map();
      if (!(inner instanceof Map)) throw twofold(place, path);
      group.set(name, inner);
      group = inner;
    }
    if (group.has(last)) throw twofold(place, path);
    group.set(last, value);
  }
  return root;
}

function twofold(place: string, path: string): InputError {
  return new InputError(`${place}/${path}`, 'would be both a group and a value; rename one of the two');
}
