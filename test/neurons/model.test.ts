import { describe, expect, it } from 'vitest';
import { input, leakyRelu, leakyTanh, linear, neuronModel, type Population } from '../../src/neurons/index.ts';
import { abs, detach, exp, logistic, pow, spike, sqrt, tanh } from '../../src/local/index.ts';
import type { Numbers } from '../../src/local/index.ts';
import { uniform } from '../../src/random/index.ts';
import { refusal } from '../refusal.ts';
import { functionsOf } from '../support/models.ts';

/** A view: the parameters that are one number, and what changes. */
function numbersOf(params: Population['params'], own: Numbers): Numbers {
  const numbers = Object.entries(params).flatMap(([name, value]) =>
    typeof value === 'number' ? [[name, value] as const] : [],
  );
  return { ...Object.fromEntries(numbers), ...own };
}

const POINTS = [-3, -1.1, -0.2, 0.3, 0.9, 2.5].flatMap((u) => [-1.4, 0, 0.1, 2].map((h) => ({ u, h })));

describe('leakyTanh', () => {
  const population = leakyTanh(50, { tau: 4, initial: 0.1 });
  const { size, params, initial } = population;
  const model = functionsOf(population);

  it.each([
    [[5, 10], "neuron model 'leaky-tanh'.tau: has 2 numbers for 3 neurons; give one number, or one for each neuron"],
    [Float64Array.of(5, 10, NaN), "neuron model 'leaky-tanh'.tau[2]: NaN is not a finite number"],
    [[5, 10, 0.5], '0.5 is outside its range, 1 to Infinity; tau is in timesteps: give tau / dt'],
    [
      { low: 0, high: 1 },
      'is not a number; give a number, a list with one for each neuron, or a distribution, such as uniform(0, 1)',
    ],
    [uniform(0, 5), '0 is outside its range, 1 to Infinity'],
    [0.02, '0.02 is outside its range, 1 to Infinity; tau is in timesteps: give tau / dt'],
    [0.5, 'tau is in timesteps: give tau / dt'],
    [-1, '-1 is outside its range, 1 to Infinity'],
    ['10', "tau: '10' is not a finite number"],
  ])('refuses tau: %o', (tau, message) => {
    expect(refusal(() => leakyTanh(3, { tau: tau as never }))).toContain(message);
  });

  it('is h(t) = h(t-1) + (tanh u - h(t-1)) / tau', () => {
    for (const { u, h } of POINTS) {
      const view = numbersOf(params, { u, h });
      expect(model.rate(view)).toBe(h + (tanh(u) - h) / 4);
      expect(model.slope(view)).toBeCloseTo((1 - Math.tanh(u) ** 2) / 4, 14);
      expect(model.retention(view)).toBe(0.75);
    }
  });

  it('is a population of the size, parameters and initial rate given', () => {
    expect({ size, params, initial }).toEqual({ size: 50, params: { tau: 4 }, initial: { rate: 0.1 } });
    expect(leakyTanh(2)).toMatchObject({ size: 2, params: { tau: 10 }, initial: { rate: 0 } });
    expect(leakyTanh(2, { initial: [0.1, -0.2] }).initial).toEqual({ rate: [0.1, -0.2] });
  });
});

describe('leakyRelu', () => {
  it('is h(t) = h(t-1) + (phi(u) - h(t-1)) / tau, phi bent at 0', () => {
    const population = leakyRelu(1, { tau: 2, below: 0.1 });
    const model = functionsOf(population);
    const at = (u: number, h: number) => numbersOf(population.params, { u, h });
    expect(model.rate(at(3, 1))).toBe(1 + (3 - 1) / 2);
    expect(model.rate(at(-3, 1))).toBe(1 + (0.1 * -3 - 1) / 2);
    expect(model.slope(at(3, 1))).toBe(0.5);
    expect(model.slope(at(-3, 1))).toBe(0.05);
    expect(model.slope(at(0, 1))).toBe(0.05);
    expect(model.retention(at(3, 1))).toBe(0.5);
  });

  it('rectifies by default', () => {
    const population = leakyRelu(1, { tau: 1 });
    const model = functionsOf(population);
    expect([-2, 0, 2].map((u) => model.rate(numbersOf(population.params, { u, h: 0 })))).toEqual([0, 0, 2]);
  });
});

describe('linear', () => {
  it('is y(t) = u(t), with no memory', () => {
    const model = functionsOf(linear(1));
    const view = { u: 1.25, h: 7 };
    expect([model.rate(view), model.slope(view), model.retention(view)]).toEqual([1.25, 1, 0]);
  });
});

describe('input', () => {
  it('is a population without a model', () => {
    expect(input(3)).toEqual({ size: 3, params: {}, initial: {} });
  });
});

describe('every model of ours', () => {
  it.each([
    ['leakyTanh', leakyTanh(1, { tau: 1.5 })],
    ['leakyRelu', leakyRelu(1, { tau: 3, below: -0.2 })],
    ['linear', linear(1)],
  ])('%s states the derivatives of its rate, with other parameters too', (_, population) => {
    const model = functionsOf(population);
    const step = 1e-6;
    for (const { u, h } of POINTS) {
      const at = (change: Numbers) => model.rate(numbersOf(population.params, { u, h, ...change }));
      const byInput = (at({ u: u + step }) - at({ u: u - step })) / (2 * step);
      const byRate = (at({ h: h + step }) - at({ h: h - step })) / (2 * step);
      expect(model.slope(numbersOf(population.params, { u, h }))).toBeCloseTo(byInput, 8);
      expect(model.retention(numbersOf(population.params, { u, h }))).toBeCloseTo(byRate, 8);
    }
  });
});

describe('neuronModel', () => {
  const square = {
    name: 'leaky-square',
    params: { tau: 10 },
    rate: ({ h, u, tau }: { h: number; u: number; tau: number }) => h + (u * u - h) / tau,
    slope: ({ u, tau }: { u: number; tau: number }) => (2 * u) / tau,
    retention: ({ tau }: { tau: number }) => 1 - 1 / tau,
  };

  it('makes a model of three functions', () => {
    const model = functionsOf(neuronModel(square)(1, { tau: 5 }));
    expect(model.rate({ tau: 5, u: 2, h: 1 })).toBe(1 + (4 - 1) / 5);
  });

  it.each([
    ['forgotten factor', { slope: ({ u }: { u: number }) => 2 * u }, 'slope'],
    ['wrong sign', { slope: ({ u, tau }: { u: number; tau: number }) => (-2 * u) / tau }, 'slope'],
    ['1% off', { slope: ({ u, tau }: { u: number; tau: number }) => (2.02 * u) / tau }, 'slope'],
    ['right for u > 0 alone', { slope: ({ u, tau }: { u: number; tau: number }) => (2 * Math.abs(u)) / tau }, 'slope'],
    ['NaN', { slope: () => NaN }, 'slope'],
    ['leak for retention', { retention: ({ tau }: { tau: number }) => 1 / tau }, 'retention'],
  ])('refuses a derivative that is not the derivative: %s', (_, wrong, field) => {
    expect(refusal(() => neuronModel({ ...square, ...wrong }))).toMatch(
      new RegExp(`^neuron model 'leaky-square'\\.${field}: gives .* at u = .*, h = .*, where the rate's derivative by`),
    );
  });

  describe('whose rate calls spike or detach', () => {
    const step = {
      name: 'step',
      params: { theta: 0.5 },
      rate: ({ h, u, theta }: { h: number; u: number; theta: number }) => 0.9 * h + spike(u - theta, 0.3),
    };
    const sticky = { name: 'sticky', params: {}, rate: ({ h, u }: { h: number; u: number }) => detach(h) + u };

    it('has the derivatives that it declares, which no difference would find', () => {
      const steps = functionsOf(neuronModel(step)(1));
      expect(steps.slope({ theta: 0.5, h: 1, u: 0.2 })).toBe(0.3);
      expect(steps.retention({ theta: 0.5, h: 1, u: 0.2 })).toBe(0.9);
      const held = functionsOf(neuronModel(sticky)(1));
      expect(held.slope({ h: 1, u: 0.2 })).toBe(1);
      expect(held.retention({ h: 1, u: 0.2 })).toBe(0);
    });

    it.each<[string, () => unknown, string]>([
      ['slope', () => neuronModel({ ...step, slope: () => 0.3 }), 'the psi of spike(x, psi)'],
      ['retention', () => neuronModel({ ...step, retention: () => 0.9 }), 'the psi of spike(x, psi)'],
      ['retention', () => neuronModel({ ...sticky, retention: () => 0 }), 'detach(x)'],
    ])('may not state its %s, even rightly', (field, define, declared) => {
      const found = refusal(define);
      expect(found).toMatch(new RegExp(`^neuron model '(?:step|sticky)'\\.${field}: is stated, but the rate declares`));
      expect(found).toContain(`by ${declared}; leave ${field} out`);
    });

    it('may hold them where no derivative comes to them, and state its derivatives', () => {
      const rate = ({ u, theta }: { u: number; theta: number }) => (spike(u - theta, 1) === 1 ? 2 * u : u);
      const slope = ({ u, theta }: { u: number; theta: number }) => (u >= theta ? 2 : 1);
      expect(neuronModel({ ...step, rate, slope })(1).size).toBe(1);
    });

    it.each([
      ['infinite', ({ u, theta }: { u: number; theta: number }) => spike(u, theta / abs(u)), 'gives Infinity at u = 0'],
      [
        'NaN far out',
        ({ u }: { u: number }) => spike(u, exp(u) / ((1 + exp(u)) * (1 + exp(u)))),
        'gives NaN at u = 800',
      ],
    ])('is refused where its psi is not finite though the rate is: %s', (_, rate, what) => {
      const found = refusal(() => neuronModel({ ...step, rate }));
      expect(found).toContain(`neuron model 'step'.slope: ${what}`);
      expect(found).toContain('where the rate is finite; write the rate, and the psi of each spike,');
    });

    it('is what an error points to where a pseudo-derivative is stated of a rate without', () => {
      const rate = ({ u, theta }: { u: number; theta: number }) => (u > theta ? 1 : 0);
      expect(refusal(() => neuronModel({ ...step, rate, slope: () => 0.3 }))).toContain(
        'with spike(x, psi) in the rate',
      );
    });
  });

  it.each(['h', 'u', 'initial'])("refuses a parameter called '%s'", (key) => {
    expect(refusal(() => neuronModel({ ...square, params: { tau: 10, [key]: 1 } }))).toBe(
      `neuron model 'leaky-square'.params.${key}: already has a meaning; use another name`,
    );
  });

  it('refuses a default that is no finite number', () => {
    expect(refusal(() => neuronModel({ ...square, params: { tau: NaN } }))).toBe(
      "neuron model 'leaky-square'.params.tau: NaN is not a finite number",
    );
  });
});

describe('a population', () => {
  it.each([0, -1, 2.5, NaN, Infinity])('of %s neurons is refused', (size) => {
    const problem = `${String(size)} is not a whole number of neurons, 1 to 10000000`;
    expect(refusal(() => leakyTanh(size))).toBe(`neuron model 'leaky-tanh' size: ${problem}`);
    expect(refusal(() => input(size))).toBe(`input size: ${problem}`);
  });

  it.each([
    [() => leakyTanh(2, { tau: 0.5 }), '.tau: 0.5 is outside its range, 1 to Infinity'],
    [() => leakyTanh(2, { tau: NaN }), '.tau: NaN is not a finite number'],
    [() => leakyTanh(2, JSON.parse('{ "tua": 3 }') as object), ".tua: unknown parameter; expected 'tau'"],
    [() => leakyTanh(2, { initial: NaN }), '.initial: NaN is not a finite number'],
    [() => leakyTanh(2, { initial: [0, Infinity] }), '.initial[1]: Infinity is not a finite number'],
    [
      () => leakyTanh(2, { initial: [0, 0, 0] }),
      '.initial: has 3 numbers for 2 neurons; give one number, or one for each neuron',
    ],
    [() => leakyTanh(1, { initial: [] }), '.initial: has 0 numbers for 1 neurons'],
    [() => leakyTanh(2, JSON.parse('{ "initial": null }') as object), '.initial: null is not a number'],
    [() => leakyTanh(2, JSON.parse('{ "initial": "12" }') as object), ".initial: '12' is not a number"],
  ])('with wrong options is refused', (make, message) => {
    expect(refusal(make)).toContain(`neuron model 'leaky-tanh'${message}`);
  });

  it('names what was given when there is no parameter at all', () => {
    expect(refusal(() => linear(1, JSON.parse('{ "tau": 3 }') as object))).toBe(
      "neuron model 'linear'.tau: unknown parameter; expected nothing (there are none)",
    );
  });
});

describe('a derivative that is not finite where it should be', () => {
  const logisticRate = ({ u, k }: { u: number; k: number }) => 1 / (1 + exp(-k * u));
  const define = (definition: object, params = {}) =>
    neuronModel({ name: 'mine', params: { k: 1 }, rate: logisticRate, ...definition })(1, params);

  it('is refused with the view where it was tried, and what is right there', () => {
    const slope = ({ u, k }: { u: number; k: number }) => (k * exp(-k * u)) / ((1 + exp(-k * u)) * (1 + exp(-k * u)));
    const found = refusal(() => define({ slope }));
    expect(found).toContain("neuron model 'mine'.slope: gives NaN at u = -1000000, h = ");
    expect(found).toContain(", k = 1, where the rate's derivative by u is 0");
    const derived = refusal(() => define({ rate: ({ u }: { u: number }) => sqrt(u) - sqrt((2 * u) / 2) + u }));
    expect(derived).toMatch(/'mine'\.slope: gives NaN at u = 0, .*derivative by u is 1.*; write the rate in a form/);
  });

  it('is refused with the parameters of one population alone, where it is right with the defaults', () => {
    const slope = ({ u, k }: { u: number; k: number }) => k * logistic(k * u) * logistic(-k * u) + (k > 5 ? 0 / u : 0);
    const definition = {
      name: 'mine',
      params: { k: 1 },
      rate: ({ u, k }: { u: number; k: number }) => logistic(k * u),
    };
    const model = neuronModel({ ...definition, slope });
    expect(model(1, { k: 4 }).size).toBe(1);
    expect(refusal(() => model(1, { k: 6 }))).toContain("'mine'.slope: gives NaN at u = 0, h = ");
  });

  it.each([
    ['the root of 0', ({ u }: { u: number }) => sqrt(u)],
    ['a power of 0', ({ u }: { u: number }) => pow(u, 0.3)],
    ['a root at both ends of its range', ({ u }: { u: number }) => sqrt(1 - u * u)],
    ['a root of the last rate', ({ h, u }: { h: number; u: number }) => u + sqrt(h)],
  ])('is right where the true one is infinite: %s', (_, rate) => {
    expect(neuronModel({ name: 'mine', params: {}, rate })(1).size).toBe(1);
  });
});
