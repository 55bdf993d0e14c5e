/** The signature with which HDF5 begins: at byte 0, or at 512, 1024, 2048 and so on. */
const SUPERBLOCK = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');
/** The offset of the size of lengths from the signature: in superblocks of versions 0 and 1, and of later versions. */
const [LENGTH_BYTES_EARLY, LENGTH_BYTES_LATE] = [14, 10];
/** The beginning of a collection of the global heap; all texts of variable length are in such collections. */
const COLLECTION = Buffer.from('GCOL\x01', 'latin1');
/** The bytes of a collection's header, and of an object's: index (2), references (2), nothing (4), length (8). */
const HEADER = 16;

/**
 * What is wrong with the collections of texts in an HDF5 file; null if nothing is. At an object of size 0 the library would loop forever.
 */
export function heapProblem({ buffer, byteOffset, length }: Uint8Array): string | null {
  const file = Buffer.from(buffer, byteOffset, length);
  const lengths = bytesOfLength(file);
  if (lengths === null) return null;
  if (lengths !== 8) return `its lengths have ${lengths} bytes; expected 8`;
  // Collections that do not overlap have no more objects than this.
  let left = file.length / HEADER;
  for (let at = file.indexOf(COLLECTION); at >= 0; at = file.indexOf(COLLECTION, at + 1)) {
    if (at + HEADER > file.length) return null;
    const end = Math.min(file.length, at + lengthAt(file, at + 8));
    for (let object = at + HEADER; object + HEADER <= end;) {
      const length = lengthAt(file, object + 8);
      // Object 0 is the free space, including its own header.
      const taken = file.readUInt16LE(object) === 0 ? length : HEADER + 8 * Math.ceil(length / 8);
      if (taken < HEADER || object + taken > end || --left < 0) return `the texts at byte ${at} are damaged`;
      object += taken;
    }
  }
  return null;
}

function bytesOfLength(file: Buffer): number | null {
  for (let at = 0; at + HEADER <= file.length; at = at === 0 ? 512 : 2 * at) {
    if (!SUPERBLOCK.equals(file.subarray(at, at + SUPERBLOCK.length))) continue;
    const version = file[at + SUPERBLOCK.length];
    return file[at + (version < 2 ? LENGTH_BYTES_EARLY : LENGTH_BYTES_LATE)];
  }
  return null;
}

function lengthAt(file: Buffer, at: number): number {
  return Number(file.readBigUInt64LE(at));
}
