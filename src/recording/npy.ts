/**
 * The bytes of a NumPy array file: format version 1.0, little-endian float64, row-major.
 * See "A simple file format for NumPy arrays", NEP 1 (Kern, 2007).
 *
 *     magic | version | length of the header (2 bytes) | header: a Python dict, padded so that the data begins at a multiple of 64
 */
export function npy(values: Float64Array, shape: readonly number[]): Uint8Array {
  const tuple = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const dict = `{'descr': '<f8', 'fortran_order': False, 'shape': ${tuple}, }`;
  const start = Math.ceil((PREFIX + dict.length + 1) / 64) * 64;
  const bytes = new Uint8Array(start + values.length * 8);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, ...Buffer.from('NUMPY'), 1, 0]);
  view.setUint16(8, start - PREFIX, true);
  bytes.set(Buffer.from(`${dict.padEnd(start - PREFIX - 1)}\n`), PREFIX);
  for (let i = 0; i < values.length; i++) view.setFloat64(start + i * 8, values[i], true);
  return bytes;
}

/** Magic, version and length of the header. */
const PREFIX = 10;
