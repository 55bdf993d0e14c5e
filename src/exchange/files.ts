import { within } from '../errors/index.ts';
import { readBytes, writeWhole } from '../recording/index.ts';
import { contentOf, isWhole } from './content.ts';
import { graphIn, type NirGraph } from './graph.ts';
import { hdf5Bytes, readHdf5 } from './hdf5.ts';

/** The largest file that is read, bytes. */
const LARGEST = 256_000_000;

/**
 * Reads a NIR graph from an HDF5 file.
 *
 * @throws InputError if the file does not exist, is not HDF5, is damaged or too large, or holds no graph; it names the place in the file.
 */
export async function readNir(file: string): Promise<NirGraph> {
  return graphIn(file, await readHdf5(file, readBytes(file, LARGEST)));
}

/**
 * Writes a NIR graph to a file, completely or not at all.
 *
 * @throws InputError naming the place in the file whose name or values cannot be written, or if the file cannot be created; RunError if the disk
 * is full or fails.
 */
export async function writeNir(file: string, graph: NirGraph): Promise<void> {
  const content = within(file, () => contentOf(graph));
  writeWhole(file, await hdf5Bytes(file, content, isWhole));
}
