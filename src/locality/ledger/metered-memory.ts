import type { Memory, Purpose } from '../../solvers/index.ts';

/** What a solver read, wrote and took from its memory so far. */
export interface Accesses {
  /** Numbers read. */
  readonly reads: number;
  /** Numbers written one by one. Arrays that are cleared whole are not counted. */
  readonly writes: number;
  /** Numbers taken for learning, in arrays that are in use now. */
  readonly learning: number;
  /** Numbers of the activity that were read back more than one timestep after they had been written: those it has to remember. */
  readonly remembered: number;
}

/** Thrown when more is read and written than was allowed. */
export class TooManyAccesses extends Error {}

/** A memory that watches whoever uses it. */
export interface MeteredMemory {
  readonly memory: Memory;
  /** Goes on to the next timestep. */
  readonly tick: () => void;
  readonly accesses: () => Accesses;
}

/**
 * @param watched The arrays whose every read and write is seen: slow. The others are ordinary ones, and only their lengths are known.
 * @param most Stops with TooManyAccesses after so many reads and writes.
 */
export function meteredMemory(watched: readonly Purpose[], most = Infinity): MeteredMemory {
  let [reads, writes, learning, timestep] = [0, 0, 0, 0];
  const remembered: Uint8Array[] = [];
  const access = () => {
    if (reads + writes > most) throw new TooManyAccesses();
  };
  const watch = (numbers: Float64Array, purpose: Purpose): Float64Array => {
    const written = new Int32Array(purpose === 'activity' ? numbers.length : 0);
    const old = new Uint8Array(written.length);
    remembered.push(old);
    return new Proxy(numbers, {
      get: (target, key) => {
        const index = indexOf(key);
        if (index === undefined) {
          const value: unknown = Reflect.get(target, key, target);
          return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
        }
        reads++;
        access();
        if (index < old.length && timestep - written[index] > 1) old[index] = 1;
        return target[index];
      },
      set: (target, key, value: number) => {
        const index = indexOf(key);
        if (index === undefined) return false;
        writes++;
        access();
        if (index < written.length) written[index] = timestep;
        target[index] = value;
        return true;
      },
    });
  };
  return {
    memory: (length, purpose) => {
      if (purpose === 'learning') learning += length;
      const numbers = new Float64Array(length);
      return watched.includes(purpose) ? watch(numbers, purpose) : numbers;
    },
    tick: () => {
      timestep++;
    },
    accesses: () => ({
      reads,
      writes,
      learning,
      remembered: remembered.reduce((sum, old) => sum + old.reduce((count, one) => count + one, 0), 0),
    }),
  };
}

/** The index that a property's name is; undefined for any other name, such as `length`. */
function indexOf(key: string | symbol): number | undefined {
  if (typeof key === 'symbol') return undefined;
  const first = key.charCodeAt(0);
  return first >= 48 && first <= 57 ? Number(key) : undefined;
}
