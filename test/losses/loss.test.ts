import { describe, expect, it } from 'vitest';
import { abs, exp, log } from '../../src/local/index.ts';
import { crossEntropy, isLoss, loss, squared } from '../../src/losses/index.ts';
import { refusal } from '../refusal.ts';

describe('a loss', () => {
  it('has the error that follows from it, sums over the outputs counted', () => {
    // The probabilities of y = log [1, 2, 5] are [1, 2, 5] / 8.
    const [y, top] = [[0, log(2), log(5)], log(5)];
    const z = 8 / 5;
    const target = [0.25, 0, 0.75];
    const view = (k: number) => ({ y: y[k], top, target: target[k], z });
    const total = y.reduce((sum, _, k) => sum + crossEntropy.loss.compileNumber()(view(k)), 0);
    expect(total).toBeCloseTo(-(0.25 * Math.log(1 / 8) + 0.75 * Math.log(5 / 8)), 14);
    // d_loss_d_z = sum target / z = 1 / z.
    const errors = y.map((_, k) => crossEntropy.error.compileNumber()({ ...view(k), d_loss_d_z: 1 / z }));
    [1, 2, 5].forEach((part, k) => {
      expect(errors[k]).toBeCloseTo(target[k] - part / 8, 14);
    });
  });

  it('may be any in the language', () => {
    const absolute = loss({ name: 'absolute', loss: ({ y, target }) => abs(target - y) });
    expect(isLoss(absolute)).toBe(true);
    expect(absolute.error.compileNumber()({ y: 0.2, target: 1 })).toBe(1);
    expect(squared.error.compileNumber()({ y: 0.2, target: 1 })).toBe(0.8);
  });

  it('with an error that is not its own is refused', () => {
    const forgotten = () =>
      loss({
        name: 'doubled',
        loss: ({ y, target }) => (target - y) * (target - y),
        error: ({ y, target }) => target - y,
      });
    expect(refusal(forgotten)).toContain(
      "loss 'doubled'.error: gives 0.5 for output 1 of y = [0.3] and target = [0.8], where -dloss/dy is 1.0000000",
    );
    const ownOnly = () =>
      loss({
        name: 'half',
        sums: { z: ({ y, top }) => exp(y - top) },
        loss: ({ y, top, target, z }) => target * (log(z) - (y - top)),
        error: ({ target }) => target,
      });
    expect(refusal(ownOnly)).toContain("loss 'half'.error: gives");
    expect(refusal(() => loss({ name: 'l', sums: { y: ({ y }) => y }, loss: ({ y }) => y }))).toContain(
      "loss 'l'.sums.y: already has a meaning",
    );
  });

  it('that depends on the largest output is refused where it is written, unless its error is stated', () => {
    const derived = () => loss({ name: 'behind', loss: ({ y, top }) => top - y });
    expect(refusal(derived)).toContain("loss 'behind'.loss: its derived error is 1 for output 1 of y = [0.3]");
    const stated = loss({
      name: 'behind',
      sums: { count: () => 1 },
      loss: ({ y, top }) => top - y,
      error: ({ y, top, count }) => (y === top ? 1 - count : 1),
    });
    expect(isLoss(stated)).toBe(true);
  });
});
