// From here and not from 'msgpackr', which passes strings to native code if that is installed: files are untrusted.
import { Packr } from 'msgpackr/pack';
import { Unpackr } from 'msgpackr/unpack';
import { InputError, oneLine } from '../errors/index.ts';
import { scanMsgpack } from './msgpack-scan.ts';

// Plain maps with string keys, floats as float64, none of msgpackr's own extensions: any msgpack library can read it. When reading,
// the scan lets nothing else through to the unpacker.
const packer = new Packr({ useRecords: false, variableMapSize: true, moreTypes: false, encodeUndefinedAsNil: true });
const unpacker = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number' });

/** float64 -0. msgpackr writes -0 as the integer 0, but every bit of a number must survive. */
const NEGATIVE_ZERO = Uint8Array.of(0xcb, 0x80, 0, 0, 0, 0, 0, 0, 0);

/**
 * The msgpack of plain data: null, booleans, numbers, strings, bytes, arrays, and objects of these.
 * Equal values, with their keys in the same order, give equal bytes.
 */
export function pack(value: unknown): Uint8Array {
  if (Object.is(value, -0)) return NEGATIVE_ZERO;
  if (isMap(value)) {
    const entries = Object.entries(value);
    return Buffer.concat([
      mapHead(entries.length),
      ...entries.flatMap(([key, held]) => [packer.pack(key), pack(held)]),
    ]);
  }
  return packer.pack(value);
}

/**
 * The value of msgpack bytes, which must hold exactly one. It is unchecked: check it against a schema.
 * Types, lengths and nesting are checked before anything is allocated; see `scanMsgpack`.
 *
 * @param place Where the bytes are: a file, or a place in it.
 * @throws InputError if the bytes are not msgpack, or hold what our formats do not have: extension types, too many values, a field twice.
 */
export function unpack(bytes: Uint8Array, place: string): unknown {
  const problem = scanMsgpack(bytes);
  if (problem !== null) throw new InputError(place, `is not msgpack as rxflo writes it: ${problem}`);
  try {
    return unpacker.unpack(bytes);
  } catch (error) {
    throw new InputError(place, `is not msgpack: ${oneLine(String(error))}`);
  }
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** fixmap up to 15 entries, map 32 above. */
function mapHead(entries: number): Uint8Array {
  if (entries < 16) return Uint8Array.of(0x80 | entries);
  const head = Buffer.alloc(5, 0xdf);
  head.writeUInt32BE(entries, 1);
  return head;
}
