import type { Stream } from '../../src/random/index.ts';

const word = new DataView(new ArrayBuffer(8));

/** The float64 that lies `steps` above x (below, if negative), on one side of 0. */
export function neighbour(x: number, steps: number): number {
  word.setFloat64(0, x);
  word.setBigInt64(0, word.getBigInt64(0) + BigInt(x < 0 ? -steps : steps));
  return word.getFloat64(0);
}

export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Each point with its neighbours: where a branch ends, both sides of it are met. */
export const around = (points: readonly number[], steps = 8): number[] =>
  points.flatMap((x) => range(2 * steps + 1).map((i) => neighbour(x, i - steps)));

export const between = (count: number, low: number, high: number, random: Stream): number[] =>
  range(count).map(() => low + (high - low) * random());

/** +-2^e (1..2) with e even over [low, high]: every size is met as often. */
export const ofEverySize = (count: number, low: number, high: number, random: Stream): number[] =>
  range(count).map(
    () => (random() < 0.5 ? -1 : 1) * 2 ** Math.floor(low + (high + 1 - low) * random()) * (1 + random()),
  );

/** Any 64 bits: every exponent as often, subnormals, infinities and NaN among them. */
export const anyBits = (count: number, random: Stream): number[] =>
  range(count).map(() => {
    word.setUint32(0, random() * 2 ** 32);
    word.setUint32(4, random() * 2 ** 32);
    return word.getFloat64(0);
  });
