/** How deep lists and maps may be nested. */
const DEEPEST = 32;

/** The most values in one payload. Numbers are stored as arrays of bytes, so no payload has many. */
const MOST_VALUES = 100_000;

/**
 * Checks msgpack bytes before anything is built from them: exactly one value, of plain types only, not nested too deep and not too large,
 * with fields named by text, none twice. Our formats have no extension types, which two readers may understand differently.
 *
 * @returns What is wrong with them; null if nothing is.
 */
export function scanMsgpack(payload: Uint8Array): string | null {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const scan = new Scan(bytes);
  try {
    scan.value(0);
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
  return scan.at < bytes.length ? `data follows its end at byte ${scan.at}` : null;
}

class Refused extends Error {}

class Scan {
  at = 0;
  private values = 0;

  constructor(private readonly bytes: Buffer) {}

  value(depth: number): void {
    if (depth > DEEPEST) throw new Refused(`lists and maps are more than ${DEEPEST} deep`);
    if (++this.values > MOST_VALUES) throw new Refused(`there are more than ${MOST_VALUES} values`);
    const begin = this.at;
    const kind = this.number(1);
    if (kind < 0x80 || kind >= 0xe0) return; // a small integer
    if (kind < 0x90) this.map(kind - 0x80, depth);
    else if (kind < 0xa0) this.list(kind - 0x90, depth);
    else if (kind < 0xc0)
      this.skip(kind - 0xa0); // text
    else this.wide(kind, depth, begin);
  }

  /** A value whose first byte gives only its type; see the specification of msgpack. */
  private wide(kind: number, depth: number, begin: number): void {
    switch (kind) {
      case 0xc0:
      case 0xc2:
      case 0xc3:
        return; // nil, false, true
      case 0xc4:
      case 0xc5:
      case 0xc6:
        this.skip(this.number(2 ** (kind - 0xc4))); // bytes
        return;
      case 0xca:
        this.skip(4);
        return;
      case 0xcb:
        this.skip(8);
        return;
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        this.skip(2 ** (kind - 0xcc)); // unsigned
        return;
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3:
        this.skip(2 ** (kind - 0xd0)); // signed
        return;
      case 0xd9:
      case 0xda:
      case 0xdb:
        this.skip(this.number(2 ** (kind - 0xd9))); // text
        return;
      case 0xdc:
      case 0xdd:
        this.list(this.number(2 ** (kind - 0xdb)), depth);
        return;
      case 0xde:
      case 0xdf:
        this.map(this.number(2 ** (kind - 0xdd)), depth);
        return;
      default:
        throw new Refused(`byte ${begin} begins an extension type, or is not msgpack`);
    }
  }

  private list(length: number, depth: number): void {
    for (let i = 0; i < length; i++) this.value(depth + 1);
  }

  private map(length: number, depth: number): void {
    const known = new Set<string>();
    for (let i = 0; i < length; i++) {
      const begin = this.at;
      const name = this.name();
      if (name === '__proto__') throw new Refused('no field may be called __proto__');
      if (known.has(name)) throw new Refused(`the field '${name}' is repeated at byte ${begin}`);
      known.add(name);
      this.value(depth + 1);
    }
  }

  private name(): string {
    const kind = this.bytes[this.at];
    if (!((kind >= 0xa0 && kind < 0xc0) || (kind >= 0xd9 && kind <= 0xdb))) {
      throw new Refused(`the name of a field at byte ${this.at} is not text`);
    }
    const begin = this.at;
    this.value(0);
    const head = kind < 0xc0 ? 1 : 1 + 2 ** (kind - 0xd9);
    return this.bytes.toString('utf8', begin + head, this.at);
  }

  /** A whole number of `width` bytes, big-endian. */
  private number(width: number): number {
    const begin = this.at;
    this.skip(width);
    return this.bytes.readUIntBE(begin, width);
  }

  private skip(length: number): void {
    this.at += length;
    if (this.at > this.bytes.length) throw new Refused('it ends too early');
  }
}
