import type { Memory, Purpose } from '../../solvers/index.ts';

/** What a solver read, wrote and took from its memory so far. */
export interface Accesses {
  /** Numbers read. */
  readonly reads: number;
  /** Numbers written one by one. Clearing a whole array is not counted. */
  readonly writes: number;
  /** Numbers taken for learning, in arrays that are now in use. */
  readonly learning: number;
  /** Numbers of the activity that were read more than one timestep after they had been written: the solver must remember these. */
  readonly remembered: number;
}

/** Thrown when there are more reads and writes than allowed. */
export class TooManyAccesses extends Error {}

/** A memory that records how it is used. */
export interface MeteredMemory {
  readonly memory: Memory;
  /** Advances to the next timestep. */
  readonly tick: () => void;
  readonly accesses: () => Accesses;
}

/**
 * @param watched The arrays of which every read and write is counted, which is slow. The others are ordinary arrays; only their lengths are known.
 * @param most Stops with TooManyAccesses after this many reads and writes.
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

/** The array index that a property name denotes; undefined for other names, such as `length`. */
function indexOf(key: string | symbol): number | undefined {
  if (typeof key === 'symbol') return undefined;
  const first = key.charCodeAt(0);
  return first >= 48 && first <= 57 ? Number(key) : undefined;
}
