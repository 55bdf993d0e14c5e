import fc from 'fast-check';
import { expect, it } from 'vitest';
import { build, circuit, fromTask, isBuilt } from '../../src/circuit/index.ts';
import { input, leakyTanh, linear, neuron } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, plasticityRule, rflo } from '../../src/rules/index.ts';

const matrix = () => [
  [0.1, 0.2],
  [-0.3, 0],
];

function define({ tau = 10, eta = 0.1, weights = matrix(), delay = 1, reversed = false, bounded = false } = {}) {
  const h = leakyTanh(2, { tau });
  const y = linear(1);
  return circuit({
    neurons: reversed ? { y, h } : { h, y },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights, delay, rule: rflo({ eta }), ...(bounded && { bounds: [-1, 1] }) },
      readout: { from: 'h', to: 'y', weights: normal(), rule: delta({ eta }) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });
}

it('the same definition, given again, is the same circuit', () => {
  expect(define()).toBe(define());
});

it.each<[string, Parameters<typeof define>[0]]>([
  ['a parameter of neurons', { tau: 11 }],
  ['a learning rate', { eta: 0.2 }],
  [
    'a weight',
    {
      weights: [
        [0.1, 0.2],
        [-0.3, 1e-300],
      ],
    },
  ],
  [
    'the sign of a 0',
    {
      weights: [
        [0.1, 0.2],
        [-0.3, -0],
      ],
    },
  ],
  ['a delay', { delay: 2 }],
  ['the order of the populations', { reversed: true }],
  ['a field more', { bounded: true }],
])('a definition that differs in %s is another circuit', (_, change) => {
  expect(define(change)).not.toBe(define());
});

it('a matrix that was changed in between gives another circuit, and the first keeps its own', () => {
  const weights = matrix();
  const first = define({ weights });
  weights[1][0] = 0.9;
  const second = define({ weights });
  expect(second.synapses.recurrent.weights).toEqual([
    [0.1, 0.2],
    [0.9, 0],
  ]);
  expect(first.synapses.recurrent.weights).toEqual(matrix());
});

it('neurons of which nothing is drawn are the same things for every seed, and a circuit built is still one of its own', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (one, other) => {
      const [first, second] = [build(define(), one), build(define(), other)];
      expect(second.populations[0]).toBe(first.populations[0]);
      expect(second).not.toBe(first);
      expect(isBuilt(second)).toBe(true);
      expect(second.groups[0].weights).not.toBe(first.groups[0].weights);
    }),
  );
});

it('so are neurons whose axons send rates as they are, late or of one sign', () => {
  const late = () =>
    circuit({
      neurons: { x: input(2), h: leakyTanh(2) },
      synapses: { g: { from: 'x', to: 'h', weights: normal() } },
      axons: { x: { delay: 2 }, h: { excitatory: 0.5 } },
    });
  const [first, second] = [1, 2].map((seed) => build(late(), seed).populations);
  expect(second.every((population, n) => population === first[n])).toBe(true);
});

it('neurons that are drawn differ by the seed', () => {
  const drawn = () =>
    circuit({ neurons: { h: leakyTanh(3, { tau: normal({ mean: 10, sd: 0.1 }) }) }, synapses: {}, outputs: ['h'] });
  expect(drawn()).toBe(drawn());
  expect(build(drawn(), 1).populations[0].params).not.toEqual(build(drawn(), 2).populations[0].params);
});

const opaque = plasticityRule({
  name: 'opaque',
  params: { eta: 1 },
  change: ({ pre, eta }) => eta * pre.rate,
  opaque: true,
});

/** A circuit of which one part may be a copy of what its maker made. */
function made({ x = input(2), rule = opaque(), reward = fromTask() } = {}) {
  return circuit({
    neurons: { x, y: linear(1) },
    synapses: { readout: { from: 'x', to: 'y', weights: normal(), rule } },
    globals: { reward },
  });
}

it.each<[string, () => unknown]>([
  ['input neurons', () => made({ x: { ...input(2) } })],
  ['a rule', () => made({ rule: { ...opaque() } })],
  ['a scalar', () => made({ reward: { ...fromTask() } })],
])('a copy of %s is refused, also where the same circuit was just made of the original', (_, copied) => {
  expect(made()).toBe(made());
  expect(copied).toThrow();
});

it('what neurons send at first goes by the sign of a scalar that starts at 0', () => {
  const inverse = neuron({
    name: 'inverse',
    params: {},
    ports: { u: 'h' },
    globals: ['reward'],
    state: { h: 0 },
    step: ({ u }) => ({ h: u }),
    sends: ({ h, global }) => ({ out: h + 1 / global.reward }),
  });
  const sentAtFirst = (start: number) => {
    const neurons = { x: input(1), h: inverse(1) };
    const synapses = { g: { from: 'x', to: 'h', weights: normal() } } as const;
    return build(circuit({ neurons, synapses, globals: { reward: fromTask({ start }) } }), 1).populations[1].initial;
  };
  expect([...sentAtFirst(0), ...sentAtFirst(-0)]).toEqual([Infinity, -Infinity]);
});
