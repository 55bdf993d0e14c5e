import type { Stream } from '../../src/random/index.ts';

/** Texts and numbers that have broken readers. */
const TEXTS = [
  ...[
    '',
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    '=cmd|1!A1',
    "'",
    '"',
    ']]>',
    '\n',
    '%00',
    '../../x',
    'NaN',
  ],
  ...[
    '</script><script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    'a'.repeat(5000),
    '1e999',
    '-0',
    '日本',
    '🧠',
  ],
  ...['\u0000\u001b[2J', '\u009b2J', '\ud800', '\u2028', '\u202e'],
];
const NUMBERS = [
  ...[0, -0, -1, 1, 2, 0.5, 1e308, -1e308, 5e-324, NaN, Infinity, -Infinity, 127, 128, 255, 256, 1000, 65535],
  ...[2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 53],
];

/** Bytes that mean much in MessagePack: extension types, lengths beyond all bounds, nesting. */
const BYTES: readonly (readonly number[])[] = [
  ...[
    [0xd4, 0x72, 0x40],
    [0xd4, 0x70, 0],
    [0xd6, 0x69, 0, 0, 0, 1],
    [0xd6, 0x70, 0, 0, 0, 1],
    [0xc7, 4, 0x62, 0, 0, 0, 10],
  ],
  ...[
    [0xd4, 0x78, 0, 0x92, 0xa1, 40, 0xa0],
    [0xd4, 0x73, 0, 0x91, 1],
    [0xd4, 0x65, 0, 0x92, 0xa5, 69, 114, 114, 111, 114, 0xa1, 97],
  ],
  ...[[0xc7, 9, 0x74, 8, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f], [0xc1], [0xd4, 0, 0], [0xd7, 0xff, 1, 2, 3, 4, 5, 6, 7, 8]],
  ...[0xdd, 0xdf, 0xc6, 0xdb].map((kind) => [kind, 255, 255, 255, 255]),
  ...[
    [0xcf, ...Array<number>(8).fill(255)],
    [0xc7, 17, 0x42, ...Array<number>(17).fill(255)],
  ],
  ...[Array<number>(3000).fill(0x91), Array<number>(3000).fill(0x81), Array<number>(3000).fill(0x5b)],
];

/** Shapes that are none, or that little data pretends to. */
const SHAPES = [[0, 4294967295], [4294967295, 0], [0, 0], [4294967295, 4294967295], [0], []];

/** Makes wrong values and bytes out of right ones, by chance. */
export class Mutator {
  constructor(private readonly random: Stream) {}

  below(count: number): number {
    return Math.floor(this.random() * count);
  }

  /** True as often as once in `count`. */
  onceIn(count: number): boolean {
    return this.below(count) === 0;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }

  text(): string {
    return this.pick(TEXTS);
  }

  /** A copy of a value with one to three of its parts changed, removed, doubled or moved. */
  value(right: unknown): unknown {
    const root = { held: copy(right) };
    for (let n = 1 + this.below(3); n > 0; n--) this.change(root);
    return root.held;
  }

  /** A copy of bytes with one to four changes. */
  bytes(right: Uint8Array): Buffer {
    let bytes: Buffer = Buffer.from(right);
    for (let n = 1 + this.below(4); n > 0 && bytes.length > 0; n--) bytes = this.changed(bytes);
    return bytes;
  }

  /** JSON of a value that is mostly wrong, or JSON that is. */
  json(right: unknown): Buffer {
    if (this.onceIn(4)) return this.bytes(Buffer.from(JSON.stringify(right)));
    const text = asJson(this.value(right));
    if (!this.onceIn(3)) return Buffer.from(text);
    const spoil = this.pick([
      (json: string) => `\uFEFF${json}`,
      (json: string) => json.replace('{', '{"__proto__":{"format":"x"},'),
      (json: string) => json + json,
      (json: string) => json.replace(/"(\w+)":/, '"$1":1,"$1":'),
      (json: string) => '['.repeat(2000) + json,
      (json: string) => json.replace(/\d+/, (digits) => `${digits}e400`),
      (json: string) => json.replace(/:\s*\d+/, `:${'['.repeat(500)}${']'.repeat(500)}`),
    ]);
    return this.onceIn(20) ? Buffer.from(text, 'utf16le') : Buffer.from(spoil(text));
  }

  private change(root: Record<string, unknown>): void {
    const places = [...placesIn(root)];
    const { holder, key } = this.pick(places);
    if (holder !== root && this.onceIn(8)) {
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else Reflect.deleteProperty(holder, key);
      return;
    }
    const other = this.pick(places);
    const value = this.instead(Reflect.get(holder, key), Reflect.get(other.holder, other.key));
    Object.defineProperty(holder, key, { value, ...OWN });
  }

  /** Something in place of a value; `other` stands elsewhere. */
  private instead(old: unknown, other: unknown): unknown {
    switch (this.below(7)) {
      case 0:
        return this.anything();
      case 1:
        return typeof old === 'number' ? this.pick(NUMBERS) : this.text();
      case 2:
        return isRecord(old) ? Object.fromEntries([...Object.entries(old), [this.text(), this.anything()]]) : old;
      case 3:
        return Array.isArray(old) ? old.concat(old.slice(0, this.below(5))) : this.anything();
      case 4:
        if (isRecord(old) && 'shape' in old) return this.array();
        return typeof old === 'string' ? old + this.text() : old;
      case 5:
        if (old instanceof Uint8Array) return this.floats(old.length / 8);
        return typeof old === 'number' ? old + this.pick([1, -1, 0.5]) : old;
      default:
        return copy(other);
    }
  }

  private changed(bytes: Buffer): Buffer {
    const at = this.below(bytes.length);
    switch (this.below(7)) {
      case 0:
        bytes[at] ^= 1 << this.below(8);
        return bytes;
      case 1:
        bytes[at] = this.below(256);
        return bytes;
      case 2:
        return bytes.subarray(0, at);
      case 3:
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + this.below(8))]);
      case 4:
        return Buffer.concat([bytes.subarray(0, at), Buffer.from(this.pick(BYTES)), bytes.subarray(at)]);
      case 5:
        if (bytes.length > 4) {
          const length = this.pick([0, 1, 0xffffffff, 0x7fffffff, 1e6, 65536]);
          bytes.writeUInt32BE(length, this.below(bytes.length - 3));
        }
        return bytes;
      default:
        return Buffer.concat([bytes, bytes.subarray(at, at + 200)]);
    }
  }

  private anything(depth = 0): unknown {
    switch (this.below(depth > 3 ? 5 : 7)) {
      case 0:
        return null;
      case 1:
        return this.text();
      case 2:
        return this.pick(NUMBERS);
      case 3:
        return this.onceIn(2);
      case 4:
        return this.below(100);
      case 5:
        return Array.from({ length: this.below(4) }, () => this.anything(depth + 1));
      default:
        return Object.fromEntries(Array.from({ length: this.below(4) }, () => [this.text(), this.anything(depth + 1)]));
    }
  }

  /** Numbers with a shape, of which one may say something else than the other. */
  private array(): unknown {
    const shape = this.onceIn(2) ? this.pick(SHAPES) : [1 + this.below(9), 1 + this.below(9)];
    const length = shape.reduce((product, size) => product * size, 1);
    return { dtype: '<f8', shape, data: this.floats(Math.min(length, 1000)) };
  }

  private floats(length: number): Uint8Array {
    const values = Float64Array.from({ length }, () => (this.onceIn(2) ? this.pick(NUMBERS) : this.random()));
    return new Uint8Array(values.buffer);
  }
}

const OWN = { enumerable: true, configurable: true, writable: true };

interface Place {
  readonly holder: object;
  readonly key: string;
}

/** Where values stand in a value; of long lists, the beginning. */
function* placesIn(holder: object): Generator<Place> {
  for (const key of Object.keys(holder).slice(0, 40)) {
    yield { holder, key };
    const held: unknown = Reflect.get(holder, key);
    if (typeof held === 'object' && held !== null && !(held instanceof Uint8Array)) yield* placesIn(held);
  }
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function copy(value: unknown): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) return value.map(copy);
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, held]) => [key, copy(held)])) : value;
}

/** JSON that knows numbers beyond float64, as a file may. */
function asJson(value: unknown): string {
  const text = JSON.stringify(value, (_, held: unknown) => (held === Infinity ? '@1e999' : held)) as string | undefined;
  return (text ?? 'null').replaceAll('"@1e999"', '1e999');
}
