import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  build,
  circuit,
  mask,
  oneToOne,
  probability,
  type Circuit,
  type CircuitDefinition,
} from '../../src/circuit/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { constant, normal } from '../../src/random/index.ts';
import { delta, plasticityRule, rflo } from '../../src/rules/index.ts';
import { refusal } from '../refusal.ts';

const weights = constant(1);

const h = leakyTanh(3);
const neurons = { x: input(2), h, y: linear(1) };
const synapses = {
  in: { from: 'x', to: 'h', weights },
  recurrent: { from: 'h', to: 'h', weights, rule: rflo() },
  readout: { from: 'h', to: 'y', weights, rule: delta() },
} as const;
const feedback = { error: { from: 'y', to: 'h', weights: normal() } } as const;

type Loose = Readonly<Record<string, unknown>>;

/** A circuit as a script without types might give it. */
const loosely = (definition: Loose): Circuit =>
  circuit(definition as unknown as CircuitDefinition<string, string, never>);

describe('circuit', () => {
  it('completes what was not given', () => {
    const checked = circuit({ neurons, synapses, feedback });
    expect(checked.order).toEqual(['h', 'y']);
    expect(checked.outputs).toEqual(['y']);
    expect(Object.values(checked.synapses).map(({ delay }) => delay)).toEqual([0, 1, 0]);
    expect(Object.keys(checked.synapses)).toEqual(['in', 'recurrent', 'readout']);
    expect(checked.feedback).toEqual(feedback);
  });

  it('keeps a delay that was given', () => {
    const delayed = circuit({
      neurons,
      synapses: { ...synapses, recurrent: { ...synapses.recurrent, delay: 3 }, in: { ...synapses.in, delay: 2 } },
    });
    expect([delayed.synapses.in.delay, delayed.synapses.recurrent.delay]).toEqual([2, 3]);
  });

  it('changes nothing of what it was given', () => {
    const definition = { neurons, synapses, feedback };
    const before = JSON.stringify(definition);
    circuit(definition);
    expect(JSON.stringify(definition)).toBe(before);
  });
});

describe('outputs', () => {
  const two = { ...neurons, z: linear(2) };
  const toZ = { ...synapses, toZ: { from: 'h', to: 'z', weights } } as const;

  it('are by default those that feedback comes from', () => {
    expect(circuit({ neurons: two, synapses: toZ, feedback }).outputs).toEqual(['y']);
  });

  it('are without feedback those that nothing leaves', () => {
    expect(circuit({ neurons: two, synapses: toZ }).outputs).toEqual(['y', 'z']);
  });

  it('are those named, in the order in which they are named', () => {
    expect(circuit({ neurons: two, synapses: toZ, outputs: ['z', 'h'] }).outputs).toEqual(['z', 'h']);
  });

  it('may have feedback to other populations from each', () => {
    const both = { other: { from: 'z', to: 'h', weights }, ...feedback } as const;
    expect(circuit({ neurons: two, synapses: toZ, feedback: both }).outputs).toEqual(['y', 'z']);
  });
});

describe('order', () => {
  it('runs a stack forward, however it was written down', () => {
    const stack = circuit({
      neurons: { y: linear(1), second: leakyTanh(2), first: leakyTanh(2), x: input(1) },
      synapses: {
        c: { from: 'second', to: 'y', weights },
        b: { from: 'first', to: 'second', weights },
        a: { from: 'x', to: 'first', weights },
      },
    });
    expect(stack.order).toEqual(['first', 'second', 'y']);
  });

  it('is free where there is a delay', () => {
    const ring = circuit({
      neurons: { a: leakyTanh(1), b: leakyTanh(1), y: linear(1) },
      synapses: {
        ab: { from: 'a', to: 'b', weights },
        ba: { from: 'b', to: 'a', weights, delay: 1 },
        by: { from: 'b', to: 'y', weights },
      },
    });
    expect(ring.order).toEqual(['a', 'b', 'y']);
  });

  it('is impossible around a loop without delay, which is named, and nothing that hangs behind it', () => {
    const looped = () =>
      circuit({
        neurons: { a: leakyTanh(1), b: leakyTanh(1), c: leakyTanh(1), y: linear(1) },
        synapses: {
          ab: { from: 'a', to: 'b', weights },
          ba: { from: 'b', to: 'a', weights },
          bc: { from: 'b', to: 'c', weights },
          cy: { from: 'c', to: 'y', weights },
        },
      });
    expect(refusal(looped)).toBe(
      "synapses: a loop without delay through 'ab' (a to b), 'ba' (b to a); give one of them delay: 1",
    );
  });

  it('is impossible within a population without delay', () => {
    const self = { ...synapses, recurrent: { ...synapses.recurrent, delay: 0 } };
    expect(refusal(() => circuit({ neurons, synapses: self }))).toBe(
      "synapses: a loop without delay through 'recurrent' (h to h); give one of them delay: 1",
    );
  });

  /** Populations p0, p1, ... and groups between any of them, with and without delay. */
  const anyGraph = fc.integer({ min: 1, max: 8 }).chain((size) =>
    fc.record({
      size: fc.constant(size),
      groups: fc.array(
        fc.record({
          from: fc.nat(size - 1),
          to: fc.nat(size - 1),
          delay: fc.nat(2),
        }),
        { maxLength: 14 },
      ),
    }),
  );

  it('puts the sender of every delay-0 group first, or there is a loop', () => {
    fc.assert(
      fc.property(anyGraph, ({ size, groups }) => {
        const names = Array.from({ length: size }, (_, i) => `p${i}`);
        // Reachability by paths without delay, as a closed matrix (Warshall): a loop is a population that reaches itself.
        const reach = names.map((_, i) =>
          names.map((__, j) => groups.some((g) => !g.delay && g.from === i && g.to === j)),
        );
        for (let k = 0; k < size; k++)
          for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) reach[i][j] ||= reach[i][k] && reach[k][j];
        const looped = names.some((_, i) => reach[i][i]);

        const make = () =>
          circuit({
            neurons: Object.fromEntries(names.map((name) => [name, linear(1)])),
            synapses: Object.fromEntries(
              groups.map(({ from, to, delay }, g) => [`g${g}`, { from: `p${from}`, to: `p${to}`, weights, delay }]),
            ),
            outputs: ['p0'],
          });
        if (looped) {
          expect(refusal(make)).toContain('a loop without delay');
          return;
        }
        const { order } = make();
        expect([...order].sort()).toEqual([...names].sort());
        for (const { from, to, delay } of groups) {
          if (delay === 0) expect(order.indexOf(`p${from}`)).toBeLessThan(order.indexOf(`p${to}`));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a wrong circuit is refused, with the place and the mend:', () => {
  const group = (change: Loose) => () =>
    loosely({ neurons, synapses: { ...synapses, in: { ...synapses.in, ...change } } });
  const error = (change: Loose) => () =>
    loosely({ neurons, synapses, feedback: { error: { ...feedback.error, ...change } } });
  const shares = (change: Loose) => () =>
    loosely({
      neurons,
      synapses,
      feedback: { ...feedback, other: { from: 'y', to: 'h', shares: 'error', ...change } },
    });
  const broadcast = (change: Loose) => error({ broadcast: change });

  const axon = (x: Loose) => () => loosely({ neurons, synapses, axons: { x } });
  const traces = (dials: unknown, rule: unknown = rflo()) => group({ rule, traces: dials });
  const [restless, dark] = [false, true].map((opaque) =>
    plasticityRule({
      name: opaque ? 'dark' : 'restless',
      params: {},
      state: { p: 0 },
      trace: ({ p, pre }) => ({ p: p + pre.rate }),
      change: ({ p }) => p,
      opaque,
    })(),
  );

  it.each<[string, () => unknown, string]>([
    ['nothing', () => loosely({}), 'neurons: expected populations by name, { name: ... }, got undefined'],
    [
      'unknown field',
      () => loosely({ neurons, synapses, neuron: 1 }),
      'circuit.neuron: unknown field; expected one of neurons, synapses, feedback, axons, losses, globals, repeat, outputs',
    ],
    ['no populations', () => loosely({ neurons: {}, synapses }), 'neurons: is empty; give at least one population'],
    [
      'list of populations',
      () => loosely({ neurons: [linear(1)], synapses }),
      'expected populations by name, { name: ... }, got ',
    ],
    [
      'number for a population',
      () => loosely({ neurons: { h: 50 }, synapses }),
      'neurons.h: expected a population, such as leakyTanh(50), got 50',
    ],
    [
      'maker for a population',
      () => loosely({ neurons: { h: leakyTanh }, synapses }),
      'neurons.h: expected a population, such as leakyTanh(50), got a function',
    ],
    [
      'bad name',
      () => loosely({ neurons: { '1h': linear(1) }, synapses }),
      'neurons.1h: is not a valid name; use letters, digits, _ and -, beginning with a letter',
    ],
    [
      'no synapses',
      () => loosely({ neurons }),
      'synapses: expected synapse groups by name, { name: ... }, got undefined',
    ],
    [
      'bad group name',
      () => loosely({ neurons, synapses: { 'a b': synapses.in } }),
      'synapses.a b: is not a valid name',
    ],
    [
      'no group',
      () => loosely({ neurons, synapses: { in: null } }),
      'synapses.in: expected { from, to, port, carries, weights',
    ],
    [
      'no bounds',
      group({ bounds: 1 }),
      'synapses.in.bounds: expected the least and the largest weight, [-1, 1], got 1',
    ],
    [
      'bounds the wrong way round',
      group({ bounds: [1, -1] }),
      'synapses.in.bounds: expected the least and the largest weight, [-1, 1], got [1,-1]',
    ],
    [
      'bits of no number',
      group({ bits: 2.5 }),
      'synapses.in.bits: expected a number of bits, 1 to 24, or Infinity for full precision, got 2.5',
    ],
    ['bits without bounds', group({ bits: 4 }), 'synapses.in.bits: needs finite bounds; give them'],
    [
      'too many plastic',
      group({ plastic: 1.5 }),
      'synapses.in.plastic: expected a fraction of the synapses, 0 to 1, got 1.5',
    ],
    [
      'axons of nobody',
      () => loosely({ neurons, synapses, axons: { z: {} } }),
      "axons: unknown population 'z'; expected ",
    ],
    [
      'more excitatory than all',
      () => loosely({ neurons, synapses, axons: { x: { excitatory: 2 } } }),
      'axons.x.excitatory: expected a fraction of the neurons, 0 to 1, got 2',
    ],
    ['a negative threshold', axon({ threshold: -1 }), 'axons.x.threshold: expected a number, 0 or more, got -1'],
    ['no threshold', axon({ threshold: NaN }), 'axons.x.threshold: expected a number, 0 or more, got NaN'],
    [
      'half a bit on an axon',
      axon({ bits: 0.5 }),
      'axons.x.bits: expected a number of bits, 1 to 24, or Infinity for full precision, got 0.5',
    ],
    ['no range on an axon', axon({ bits: 3, range: 0 }), 'axons.x.range: expected a finite number above 0, got 0'],
    [
      'negative noise',
      axon({ noise: -0.1 }),
      'axons.x.noise: expected a standard deviation, 0 or more and finite, got -0.1',
    ],
    [
      'endless noise',
      axon({ noise: Infinity }),
      'axons.x.noise: expected a standard deviation, 0 or more and finite, got Infinity',
    ],
    [
      'half a delay of an axon',
      axon({ delay: 0.5 }),
      'axons.x.delay: 0.5 is not a whole number of timesteps, 0 or more',
    ],
    ['a negative delay of an axon', axon({ delay: -1 }), 'axons.x.delay: -1 is not a whole number of timesteps'],
    [
      'an unknown dial of an axon',
      axon({ lag: 1 }),
      'axons.x.lag: unknown field; expected one of threshold, bits, range, noise, delay',
    ],
    [
      'an axon too long',
      axon({ delay: 1e9 }),
      "axons.x.delay: 1000000000 timesteps (with that of 'synapses.in') need too much memory for 2 neurons; give 16777216 or less",
    ],
    [
      'traces by another name',
      traces('some'),
      "synapses.in.traces: expected 'none' or dials, such as { timeConstant: 20 }, got 'some'",
    ],
    [
      'traces that are null',
      traces(null),
      'synapses.in.traces: expected { timeConstant, bits, range, keep, tunable }, got null',
    ],
    [
      'a trace dial misspelled',
      traces({ tau: 4 }),
      'synapses.in.traces.tau: unknown field; expected one of timeConstant, bits, range, keep',
    ],
    [
      'a time constant below a timestep',
      traces({ timeConstant: 0.5 }),
      'synapses.in.traces.timeConstant: expected a time constant, 1 timestep or more and finite, got 0.5',
    ],
    [
      'an endless time constant',
      traces({ timeConstant: Infinity }),
      'traces.timeConstant: expected a time constant, 1 timestep or more and finite, got Infinity',
    ],
    [
      'too many bits of a trace',
      traces({ bits: 25 }),
      'synapses.in.traces.bits: expected a number of bits, 1 to 24, or Infinity for full precision, got 25',
    ],
    [
      'a trace without range',
      traces({ range: -1 }),
      'synapses.in.traces.range: expected a finite number above 0, got -1',
    ],
    [
      'traces kept sometimes',
      traces({ keep: 'often' }),
      "synapses.in.traces.keep: expected true or false, got 'often'",
    ],
    [
      'traces without a rule',
      group({ traces: 'none' }),
      'synapses.in.traces: needs a rule; give the group one, or leave traces out',
    ],
    [
      'traces of a rule that has none',
      traces({ keep: true }, delta()),
      "synapses.in.traces: rule 'delta' has no trace; give a rule that has one, or leave traces out",
    ],
    [
      'a time constant of a trace that follows none',
      traces({ timeConstant: 5 }, restless),
      "synapses.in.traces.timeConstant: replaces post.retention, which the trace of 'restless' does not read",
    ],
    [
      'traces of an opaque rule',
      traces({ bits: 4 }, dark),
      "synapses.in.traces: are changed in the text of a rule, but 'dark' is opaque",
    ],
    [
      'bounds that Dale cannot keep',
      () =>
        loosely({ neurons, synapses: { in: { ...synapses.in, bounds: [0.5, 1] } }, axons: { x: { excitatory: 1 } } }),
      'synapses.in.bounds: expected bounds that include 0, got [0.5,1]',
    ],
    [
      'unknown group field',
      group({ weight: 1 }),
      'synapses.in.weight: unknown field; expected one of from, to, port, carries, weights, delay, rule, connect',
    ],
    ['unknown sender', group({ from: 'z' }), "synapses.in.from: unknown population 'z'; expected 'x', 'h' or 'y'"],
    [
      'no sender',
      group({ from: undefined }),
      "synapses.in.from: unknown population undefined; expected 'x', 'h' or 'y'",
    ],
    ['inherited name', group({ from: 'toString' }), "synapses.in.from: unknown population 'toString'"],
    ['unknown receiver', group({ to: 'z' }), "synapses.in.to: unknown population 'z'"],
    [
      'input as receiver',
      group({ to: 'x' }),
      "synapses.in.to: 'x' is an input population, which only sends; expected 'h' or 'y'",
    ],
    ['negative delay', group({ delay: -1 }), 'synapses.in.delay: -1 is not a whole number of timesteps, 0 or more'],
    ['broken delay', group({ delay: 0.5 }), 'synapses.in.delay: 0.5 is not a whole number'],
    ['delay in words', group({ delay: '1' }), "synapses.in.delay: '1' is not a whole number"],
    [
      'rule that was not called',
      group({ rule: rflo }),
      'synapses.in.rule: expected a plasticity rule, such as rflo(), got a function',
    ],
    [
      'copy of a rule',
      group({ rule: { ...rflo() } }),
      "synapses.in.rule: rule 'rflo' was copied, changed or put together",
    ],
    [
      'copy of a population',
      () => loosely({ neurons: { ...neurons, h: { ...h } }, synapses }),
      "neurons.h: this population of 'leaky-tanh' was copied, changed or put together",
    ],
    [
      'rule by name',
      group({ rule: 'rflo' }),
      "synapses.in.rule: expected a plasticity rule, such as rflo(), got 'rflo'",
    ],
    [
      'no weights',
      group({ weights: undefined }),
      'synapses.in.weights: expected a distribution, such as normal({ sd: 1 }), or a matrix, got undefined',
    ],
    [
      'a mean in words',
      group({ weights: { kind: 'normal', mean: '0', sd: 1 } }),
      "synapses.in.weights.mean: '0' is not a finite number",
    ],
    [
      'a negative deviation by hand',
      group({ weights: { kind: 'normal', mean: 0, sd: -1 } }),
      'synapses.in.weights.sd: -1 is negative',
    ],
    [
      'half an interval',
      group({ weights: { kind: 'uniform', low: 0 } }),
      'synapses.in.weights.high: undefined is not a finite number',
    ],
    [
      'a constant that changes',
      group({ weights: { kind: 'constant', value: { valueOf: () => 1 } } }),
      'synapses.in.weights.value: {} is not a finite number',
    ],
    [
      'number for weights',
      group({ weights: 0.1 }),
      'synapses.in.weights: expected a distribution, such as normal({ sd: 1 }), or a matrix, got 0.1',
    ],
    [
      'too few rows',
      group({
        weights: [
          [1, 2],
          [3, 4],
        ],
      }),
      'synapses.in.weights: has 2 rows; give 3, one for each postsynaptic neuron',
    ],
    [
      'too many columns',
      group({
        weights: [
          [1, 2],
          [3, 4, 5],
          [6, 7],
        ],
      }),
      'synapses.in.weights[1]: has 3 columns; give 2, one for each presynaptic neuron',
    ],
    ['row that is none', group({ weights: [[1, 2], 3, [6, 7]] }), 'synapses.in.weights[1]: 3 is not a row; give 2'],
    [
      'NaN in a matrix',
      group({
        weights: [
          [1, 2],
          [3, NaN],
          [6, 7],
        ],
      }),
      'synapses.in.weights[1][1]: NaN is not a finite number',
    ],
    [
      'text in a matrix',
      group({
        weights: [
          [1, 2],
          [3, 4],
          ['6', 7],
        ],
      }),
      "synapses.in.weights[2][0]: '6' is not a finite number",
    ],
    [
      'probability above 1',
      group({ connect: probability(1.5) }),
      'synapses.in.connect.probability: 1.5 is not between 0 and 1',
    ],
    [
      'probability NaN',
      group({ connect: probability(NaN) }),
      'synapses.in.connect.probability: NaN is not between 0 and 1',
    ],
    [
      '0 for connect',
      group({ connect: 0 }),
      'synapses.in.connect: expected probability(0.1), oneToOne() or mask([...]), got 0',
    ],
    [
      'null for connect',
      group({ connect: null }),
      'synapses.in.connect: expected probability(0.1), oneToOne() or mask([...]), got null',
    ],
    [
      'null for a rule',
      group({ rule: null }),
      'synapses.in.rule: expected a plasticity rule, such as rflo(), got null',
    ],
    [
      'number for connect',
      group({ connect: 0.1 }),
      'synapses.in.connect: expected probability(0.1), oneToOne() or mask([...]), got 0.1',
    ],
    [
      'one to one between populations of two sizes',
      group({ connect: oneToOne() }),
      'synapses.in.connect: one-to-one needs populations of the same size, got 2 presynaptic and 3 postsynaptic neurons; use mask([...])',
    ],
    [
      'mask with too few rows',
      group({ connect: mask([[1, 0]]) }),
      'synapses.in.connect.mask: has 1 row; give 3, one for each postsynaptic neuron',
    ],
    [
      'mask with too few columns',
      group({ connect: mask([[1, 0], [1], [0, 0]]) }),
      'synapses.in.connect.mask[1]: has 1 column; give 2, one for each presynaptic neuron',
    ],
    [
      'mask of other things',
      group({ connect: mask(JSON.parse('[[1, 0], [1, 2], [0, 0]]') as 1[][]) }),
      'synapses.in.connect.mask[1][1]: expected 1 or 0, got 2',
    ],
    [
      'mask that is none',
      group({ connect: mask(JSON.parse('7') as 1[][]) }),
      'synapses.in.connect.mask: expected a matrix, rows of 1 and 0, got 7',
    ],
    [
      'feedback from elsewhere',
      () => loosely({ neurons, synapses, outputs: ['y'], feedback: { error: { ...feedback.error, from: 'h' } } }),
      "feedback.error.from: 'h' is not an output population; expected 'y'",
    ],
    ['feedback from an input', error({ from: 'x' }), "feedback.error.from: 'x' is an input population"],
    [
      'feedback from no one',
      error({ from: 'z' }),
      "feedback.error.from: unknown population 'z'; expected 'x', 'h' or 'y'",
    ],
    [
      'feedback to an input',
      error({ to: 'x' }),
      "feedback.error.to: 'x' is an input population, which only sends; expected 'h' or 'y'",
    ],
    ['feedback to no one', error({ to: 'z' }), "feedback.error.to: unknown population 'z'; expected 'x', 'h' or 'y'"],
    ['feedback weights', error({ weights: [[1, 2, 3]] }), 'feedback.error.weights: has 1 row; give 3'],
    [
      'feedback field',
      error({ scale: 2 }),
      'feedback.error.scale: unknown field; expected one of from, to, weights, angle',
    ],
    [
      'feedback without weights',
      error({ weights: undefined }),
      'feedback.error.weights: is missing; give a distribution',
    ],
    [
      'an angle too large',
      error({ angle: 91 }),
      'feedback.error.angle: expected an angle to the readout, 0 to 90 degrees, got 91',
    ],
    [
      'no angle',
      error({ angle: NaN }),
      'feedback.error.angle: expected an angle to the readout, 0 to 90 degrees, got NaN',
    ],
    [
      'an angle in words',
      error({ angle: '45' }),
      "feedback.error.angle: expected an angle to the readout, 0 to 90 degrees, got '45'",
    ],
    [
      'an angle that changes',
      error({ angle: { valueOf: () => 0 } }),
      'feedback.error.angle: expected an angle to the readout, 0 to 90 degrees, got {}',
    ],
    [
      'sparsity in words',
      error({ sparsity: '0.5' }),
      "feedback.error.sparsity: expected a fraction of the weights, 0 to 1, got '0.5'",
    ],
    [
      'loss in words',
      error({ broadcast: { drop: '0.5' } }),
      "feedback.error.broadcast.drop: expected a probability, 0 to 1, got '0.5'",
    ],
    [
      'plasticity in words',
      group({ plastic: '0.5' }),
      "synapses.in.plastic: expected a fraction of the synapses, 0 to 1, got '0.5'",
    ],
    [
      'an angle to nothing',
      () =>
        loosely({
          neurons: { ...neurons, g: linear(2) },
          synapses: { ...synapses, gh: { from: 'g', to: 'h', weights } },
          feedback: { error: { from: 'y', to: 'g', weights, angle: 30 } },
        }),
      "feedback.error.angle: is measured to the weights from 'g' to 'y', but the circuit has none; leave it out",
    ],
    [
      'an angle to be relearned',
      error({ angle: 30, rule: rflo() }),
      "feedback.error.rule: relearns weights that are held at an angle to the readout's; give the angle or the rule, not both",
    ],
    [
      'a sparsity beyond 1',
      error({ sparsity: 1.1 }),
      'feedback.error.sparsity: expected a fraction of the weights, 0 to 1, got 1.1',
    ],
    [
      'feedback bits',
      error({ bits: 0 }),
      'feedback.error.bits: expected a number of bits, 1 to 24, or Infinity for full precision, got 0',
    ],
    ['a feedback range', error({ bits: 3, range: 0 }), 'feedback.error.range: expected a finite number above 0, got 0'],
    ['a feedback range alone', error({ range: 1 }), 'feedback.error.range: is used only with bits; give bits too'],
    ['bits at an angle without a range', error({ angle: 10, bits: 4 }), 'feedback.error.range: is missing'],
    [
      'bits of nothing',
      () => build(error({ weights: constant(0), bits: 4 })(), 1),
      'feedback.error.range: follows from',
    ],
    [
      'a feedback rule',
      error({ rule: 'delta' }),
      "feedback.error.rule: expected a plasticity rule, such as rflo(), got 'delta'",
    ],
    [
      'to share with itself',
      error({ weights: undefined, shares: 'error' }),
      "feedback.error.shares: 'error' is not another feedback with weights of its own; the circuit has no other",
    ],
    [
      'to share and have',
      shares({ weights }),
      "feedback.other.weights: is taken from 'error', whose weights are shared; set it there",
    ],
    ['to share and turn', shares({ angle: 3 }), "feedback.other.angle: is taken from 'error'"],
    [
      'to share another shape',
      shares({ to: 'y' }),
      "feedback.other.shares: 'error' has 3 by 1 weights, but 1 by 1 are needed here",
    ],
    [
      'to share with no one',
      shares({ shares: 'none' }),
      "feedback.other.shares: 'none' is not another feedback with weights of its own; expected 'error'",
    ],
    ['a broadcast field', broadcast({ noise: 1 }), 'feedback.error.broadcast.noise: unknown field'],
    [
      'a broadcast delay',
      broadcast({ delay: -1 }),
      'feedback.error.broadcast.delay: -1 is not a whole number of timesteps',
    ],
    [
      'too long a broadcast delay',
      broadcast({ delay: 2 ** 25 + 1 }),
      'timesteps need too much memory; give 33554432 or less',
    ],
    [
      'a broadcast period',
      broadcast({ every: 0 }),
      'feedback.error.broadcast.every: 0 is not a whole number of timesteps, 1 or more',
    ],
    [
      'broadcast bits',
      broadcast({ bits: 25 }),
      'feedback.error.broadcast.bits: expected a number of bits, 1 to 24, or Infinity for full precision, got 25',
    ],
    ['a broadcast range alone', broadcast({ range: 2 }), 'feedback.error.broadcast.range: is used only with bits'],
    [
      'a broadcast range',
      broadcast({ bits: 2, range: -1 }),
      'feedback.error.broadcast.range: expected a finite number above 0, got -1',
    ],
    ['a drop', broadcast({ drop: 2 }), 'feedback.error.broadcast.drop: expected a probability, 0 to 1, got 2'],
    [
      'a threshold',
      broadcast({ threshold: -1 }),
      'feedback.error.broadcast.threshold: expected a finite number, 0 or more, got -1',
    ],
    [
      'no feedback',
      () => loosely({ neurons, synapses, feedback: { error: null } }),
      'feedback.error: expected { from, to, weights, angle,',
    ],
    [
      'unknown output',
      () => loosely({ neurons, synapses, outputs: ['z'] }),
      "outputs[0]: unknown population 'z'; expected 'x', 'h' or 'y'",
    ],
    [
      'input as output',
      () => loosely({ neurons, synapses, outputs: ['y', 'x'] }),
      "outputs[1]: 'x' is an input population",
    ],
    ['output twice', () => loosely({ neurons, synapses, outputs: ['y', 'y'] }), "outputs[1]: 'y' is listed twice"],
    [
      'output in words',
      () => loosely({ neurons, synapses, outputs: 'y' }),
      "outputs: expected a list of names of populations, such as ['y'], got 'y'",
    ],
    ['no output', () => loosely({ neurons, synapses, outputs: [] }), 'outputs: the circuit has none'],
    [
      'no way out',
      () => loosely({ neurons: { h: linear(1) }, synapses: { r: { from: 'h', to: 'h', weights } } }),
      'outputs: the circuit has none (by default, the populations without outgoing synapses); name them, or add feedback',
    ],
  ])('%s', (_, make, message) => {
    expect(refusal(make)).toContain(message);
  });
});
