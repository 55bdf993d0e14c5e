import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/index.ts';

const take = (count: number, source: () => number): number[] => Array.from({ length: count }, () => source());

describe('stream', () => {
  it('gives these numbers, on every machine and in every version', () => {
    expect(take(3, stream(1, 'synapses', 'recurrent', 'weights'))).toEqual([
      0.10717736166978321, 0.6192333420747483, 0.7535492836872398,
    ]);
    expect(take(3, stream(0))).toEqual([0.6543760156589333, 0.5459459015036761, 0.5786366893299968]);
  });

  it('gives the same numbers every time', () => {
    expect(take(100, stream(7, 'a', 3))).toEqual(take(100, stream(7, 'a', 3)));
  });

  it('is unlike for every seed and every name', () => {
    const sources = [
      stream(1, 'a', 'b'),
      stream(2, 'a', 'b'),
      stream(1, 'b', 'a'),
      stream(1, 'a'),
      stream(1, 'ab'),
      stream(1, 'a,b'),
      stream(1, 'a', '1'),
      stream(1, 'a', 1), // the number is no string
      stream(-1, 'a', 'b'),
      stream(1),
    ];
    expect(new Set(sources.map((source) => source())).size).toBe(sources.length);
  });

  it('is moved on by itself alone', () => {
    const undisturbed = take(10, stream(1, 'a'));
    const [mine, other] = [stream(1, 'a'), stream(1, 'b')];
    const disturbed = Array.from({ length: 10 }, () => {
      other();
      return mine();
    });
    expect(disturbed).toEqual(undisturbed);
  });

  it('has neighbours that tell nothing of it', () => {
    // The correlation of 1e5 independent pairs has a standard deviation of 1/sqrt(1e5) = 0.0032.
    const count = 100_000;
    const [a, b] = [stream(1, 'trial', 1), stream(1, 'trial', 2)];
    let sum = 0;
    for (let i = 0; i < count; i++) sum += (a() - 0.5) * (b() - 0.5);
    expect(Math.abs((12 * sum) / count)).toBeLessThan(4 / Math.sqrt(count));
  });
});
