import { describe, expect, it } from 'vitest';
import { INPUTS, UNITS, type Model } from '../support/models.ts';

/** The rate's slope at u, where steps of two widths agree on it from both sides; else there is a kink, or no finite slope. */
function measured({ model, params }: Model, u: number): number | undefined {
  const step = 1e-6 * Math.max(1, Math.abs(u));
  const at = (away: number) => model.rate({ ...params, h: 0, u: u + away });
  const slopes = [step, -step, step / 2, -step / 2].map((away) => (at(away) - at(0)) / away);
  const spread = Math.max(...slopes) - Math.min(...slopes);
  return spread < 1e-3 * Math.max(1, Math.abs(slopes[0])) ? slopes[0] : undefined;
}

describe('the derivative of a unit is finite wherever its rate is, and right wherever that has a slope:', () => {
  it.each(Object.entries<Model>(UNITS))('%s', (_, unit) => {
    let compared = 0;
    for (const u of INPUTS) {
      const view = { ...unit.params, h: 0, u };
      if (!Number.isFinite(unit.model.rate(view))) continue;
      const slope = unit.model.slope(view);
      expect(slope, `at ${u}`).toSatisfy(Number.isFinite);
      const difference = measured(unit, u);
      if (difference === undefined) continue;
      compared++;
      expect(Math.abs(slope - difference), `at ${u}`).toBeLessThan(2e-3 * Math.max(1, Math.abs(difference)));
    }
    expect(compared).toBeGreaterThan(8);
  });
});

describe('at a kink', () => {
  it.each([
    ['rectified root', 0, 0],
    ['rectified root, turned round', 0, 0],
    ['rectified root', -0.3, 0],
    ['threshold power 0.5', -0.3, 0],
    ['root of a square', 0, 0],
    ['root of the size', 0, 0],
    ['softplus in two parts', 0, 0.5],
    ['log of what is above 0', -1, 0],
  ] as const)('the derivative of %s at %d is %d', (name, u, slope) => {
    const { model, params } = UNITS[name];
    expect(model.slope({ ...params, h: 0, u })).toBe(slope);
  });
});
