/** Bytes of a cache line: numbers that are used together begin on one. */
export const LINE = 64;
/** The most memory that a kernel may take, bytes. */
export const LARGEST = 2 ** 31 - 2 ** 16;
const PAGE = 2 ** 16;

type Numbers = Int32Array | Float32Array | Float64Array | BigUint64Array | Uint8Array;

/** Lays things out one after another in a kernel's memory, and remembers their initial contents. */
export class MemoryPlan {
  /** Bytes given out so far. */
  size = LINE;
  private readonly contents: { readonly address: number; readonly numbers: Numbers }[] = [];
  private readonly vectors = new Map<bigint, number>();

  /** Makes room for `bytes` bytes; returns its address. */
  reserve(bytes: number): number {
    const address = this.size;
    this.size += lines(bytes) * LINE;
    return address;
  }

  /** Makes room for some numbers, which are there from the start. */
  hold(numbers: Numbers): number {
    const address = this.reserve(numbers.byteLength);
    this.contents.push({ address, numbers });
    return address;
  }

  /** The address of a vector that never changes, with these 64 bits in both halves; each is stored once. */
  vector(half: bigint): number {
    const address = this.vectors.get(half) ?? this.hold(BigUint64Array.of(half, half));
    this.vectors.set(half, address);
    return address;
  }

  /** A memory with all that was planned. */
  create(): WebAssembly.Memory {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(this.size / PAGE) });
    this.fill(memory.buffer);
    return memory;
  }

  /** Writes the initial contents that end at `until` bytes or before into a memory. */
  fill(buffer: ArrayBuffer, until = buffer.byteLength): void {
    for (const { address, numbers } of this.contents) {
      if (address + numbers.byteLength > until) continue;
      new Uint8Array(buffer, address).set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
    }
  }
}

/** Grows a memory to at least this size. */
export function growTo(memory: WebAssembly.Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
}

/** How many cache lines `bytes` bytes take. */
export function lines(bytes: number): number {
  return Math.ceil(bytes / LINE);
}
