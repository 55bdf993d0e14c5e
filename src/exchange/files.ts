import { InputError } from '../errors/index.ts';
import { readBytes, writeWhole } from '../recording/index.ts';
import { contentOf, graphIn, isWhole, type NirGraph } from './graph.ts';
import { hdf5Bytes, readHdf5 } from './hdf5.ts';

/** The largest file that is read. */
const LARGEST = 256_000_000;

/**
 * Reads a graph of NIR from a file, which is HDF5.
 *
 * @throws InputError if the file is not there, is no HDF5, is damaged or too large, or holds no graph; it names the place in the file.
 */
export async function readNir(file: string): Promise<NirGraph> {
  return graphIn(file, await readHdf5(file, readBytes(file, LARGEST)));
}

/**
 * Writes a graph of NIR to a file, whole or not at all.
 *
 * @throws InputError if the name of a node cannot be written, or the file cannot be made there; RunError if the disk is full or fails.
 */
export async function writeNir(file: string, graph: NirGraph): Promise<void> {
  for (const name of graph.nodes.keys()) {
    if (name === '' || name === '.' || name.includes('/')) {
      throw new InputError(`nodes.${name}`, 'is no name in HDF5; give one without a slash');
    }
  }
  writeWhole(file, await hdf5Bytes(contentOf(graph), isWhole));
}
