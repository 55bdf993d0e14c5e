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
    ['nothing', () => loosely({}), 'neurons: undefined is no record of populations'],
    [
      'unknown field',
      () => loosely({ neurons, synapses, neuron: 1 }),
      'circuit.neuron: is no field; there is neurons, synapses, feedback, axons, losses, globals, repeat, outputs',
    ],
    ['no populations', () => loosely({ neurons: {}, synapses }), 'neurons: is empty; give at least one population'],
    [
      'list of populations',
      () => loosely({ neurons: [linear(1)], synapses }),
      'is no record of populations; give each a name',
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
      'neurons.1h: is no name; use letters, digits, _ and -, and begin with a letter',
    ],
    ['no synapses', () => loosely({ neurons }), 'synapses: undefined is no record of synapse groups'],
    ['bad group name', () => loosely({ neurons, synapses: { 'a b': synapses.in } }), 'synapses.a b: is no name'],
    [
      'no group',
      () => loosely({ neurons, synapses: { in: null } }),
      'synapses.in: null is no record; give { from, to, port, carries, weights',
    ],
    ['no bounds', group({ bounds: 1 }), 'synapses.in.bounds: 1 are no bounds; give the least and the largest, [-1, 1]'],
    ['bounds the wrong way round', group({ bounds: [1, -1] }), 'synapses.in.bounds: [1,-1] are no bounds'],
    [
      'bits of no number',
      group({ bits: 2.5 }),
      'synapses.in.bits: 2.5 is no number of bits; give 1 to 24, or Infinity',
    ],
    [
      'bits without bounds',
      group({ bits: 4 }),
      'synapses.in.bits: spaces the weights up to their bounds; give finite ones',
    ],
    [
      'too many plastic',
      group({ plastic: 1.5 }),
      'synapses.in.plastic: 1.5 is no fraction of the synapses; give 0 to 1',
    ],
    ['axons of nobody', () => loosely({ neurons, synapses, axons: { z: {} } }), "axons: 'z' is no population; give "],
    [
      'more excitatory than all',
      () => loosely({ neurons, synapses, axons: { x: { excitatory: 2 } } }),
      'axons.x.excitatory: 2 is no fraction of the neurons; give 0 to 1',
    ],
    ['a negative threshold', axon({ threshold: -1 }), 'axons.x.threshold: -1 is no distance; give 0 or more'],
    ['no threshold', axon({ threshold: NaN }), 'axons.x.threshold: NaN is no distance'],
    ['half a bit on an axon', axon({ bits: 0.5 }), 'axons.x.bits: 0.5 is no number of bits; give 1 to 24, or Infinity'],
    [
      'no range on an axon',
      axon({ bits: 3, range: 0 }),
      'axons.x.range: 0 is no magnitude; give a finite number above 0',
    ],
    [
      'negative noise',
      axon({ noise: -0.1 }),
      'axons.x.noise: -0.1 is no standard deviation; give a finite number, 0 or more',
    ],
    ['endless noise', axon({ noise: Infinity }), 'axons.x.noise: Infinity is no standard deviation'],
    [
      'half a delay of an axon',
      axon({ delay: 0.5 }),
      'axons.x.delay: 0.5 is not a whole number of timesteps, 0 or more',
    ],
    ['a negative delay of an axon', axon({ delay: -1 }), 'axons.x.delay: -1 is not a whole number of timesteps'],
    [
      'an unknown dial of an axon',
      axon({ lag: 1 }),
      'axons.x.lag: is no field; there is threshold, bits, range, noise, delay',
    ],
    [
      'an axon too long',
      axon({ delay: 1e9 }),
      "axons.x.delay: 1000000000 timesteps, with that of 'synapses.in', are too long to keep for 2 neurons; give 16777216 or less",
    ],
    ['traces by another name', traces('some'), "synapses.in.traces: 'some' is neither 'none' nor dials"],
    [
      'traces that are null',
      traces(null),
      'synapses.in.traces: null is no record; give { timeConstant, bits, range, keep, tunable }',
    ],
    [
      'a trace dial misspelled',
      traces({ tau: 4 }),
      'synapses.in.traces.tau: is no field; there is timeConstant, bits, range, keep',
    ],
    [
      'a time constant below a timestep',
      traces({ timeConstant: 0.5 }),
      'synapses.in.traces.timeConstant: 0.5 is no time constant; give 1 timestep or more',
    ],
    [
      'an endless time constant',
      traces({ timeConstant: Infinity }),
      'traces.timeConstant: Infinity is no time constant',
    ],
    ['too many bits of a trace', traces({ bits: 25 }), 'synapses.in.traces.bits: 25 is no number of bits'],
    ['a trace without range', traces({ range: -1 }), 'synapses.in.traces.range: -1 is no magnitude'],
    ['traces kept sometimes', traces({ keep: 'often' }), "synapses.in.traces.keep: 'often' is neither true nor false"],
    [
      'traces without a rule',
      group({ traces: 'none' }),
      'synapses.in.traces: is for what learns; give the group a rule, or leave traces out',
    ],
    [
      'traces of a rule that has none',
      traces({ keep: true }, delta()),
      "synapses.in.traces: rule 'delta' has no trace; give a rule that has one, or leave traces out",
    ],
    [
      'a time constant of a trace that follows none',
      traces({ timeConstant: 5 }, restless),
      "synapses.in.traces.timeConstant: takes the place of post.retention, which the trace of 'restless' does not read",
    ],
    [
      'traces of an opaque rule',
      traces({ bits: 4 }, dark),
      "synapses.in.traces: are changed in the text of a rule, and 'dark' is opaque",
    ],
    [
      'bounds that Dale cannot keep',
      () =>
        loosely({ neurons, synapses: { in: { ...synapses.in, bounds: [0.5, 1] } }, axons: { x: { excitatory: 1 } } }),
      'synapses.in.bounds: [0.5,1] leave out 0',
    ],
    [
      'unknown group field',
      group({ weight: 1 }),
      'synapses.in.weight: is no field; there is from, to, port, carries, weights, delay, rule, connect',
    ],
    ['unknown sender', group({ from: 'z' }), "synapses.in.from: 'z' is no population; give 'x', 'h' or 'y'"],
    ['no sender', group({ from: undefined }), "synapses.in.from: undefined is no population; give 'x', 'h' or 'y'"],
    ['inherited name', group({ from: 'toString' }), "synapses.in.from: 'toString' is no population"],
    ['unknown receiver', group({ to: 'z' }), "synapses.in.to: 'z' is no population"],
    [
      'input as receiver',
      group({ to: 'x' }),
      "synapses.in.to: 'x' is an input population, which only sends; give 'h' or 'y'",
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
      'synapses.in.weights: undefined is neither a distribution, such as normal({ sd: 1 }), nor a matrix',
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
    ['number for weights', group({ weights: 0.1 }), 'synapses.in.weights: 0.1 is neither a distribution'],
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
    ['row that is none', group({ weights: [[1, 2], 3, [6, 7]] }), 'synapses.in.weights[1]: 3 is no row; give 2'],
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
    ['0 for connect', group({ connect: 0 }), 'synapses.in.connect: 0 is no connectivity'],
    ['null for connect', group({ connect: null }), 'synapses.in.connect: null is no connectivity'],
    [
      'null for a rule',
      group({ rule: null }),
      'synapses.in.rule: expected a plasticity rule, such as rflo(), got null',
    ],
    [
      'number for connect',
      group({ connect: 0.1 }),
      'synapses.in.connect: 0.1 is no connectivity; give probability(0.1), oneToOne() or mask([...])',
    ],
    [
      'one to one between populations of two sizes',
      group({ connect: oneToOne() }),
      'synapses.in.connect: joins neurons of the same number, and there are 2 presynaptic and 3 postsynaptic ones; give mask([...])',
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
      'synapses.in.connect.mask[1][1]: 2 is neither true nor false; give 1 or 0',
    ],
    [
      'mask that is none',
      group({ connect: mask(JSON.parse('7') as 1[][]) }),
      'synapses.in.connect.mask: 7 is no matrix',
    ],
    [
      'feedback from elsewhere',
      () => loosely({ neurons, synapses, outputs: ['y'], feedback: { error: { ...feedback.error, from: 'h' } } }),
      "feedback.error.from: 'h' is no output population; give 'y'",
    ],
    ['feedback from an input', error({ from: 'x' }), "feedback.error.from: 'x' is an input population"],
    ['feedback from no one', error({ from: 'z' }), "feedback.error.from: 'z' is no population; give 'x', 'h' or 'y'"],
    [
      'feedback to an input',
      error({ to: 'x' }),
      "feedback.error.to: 'x' is an input population, which only sends; give 'h' or 'y'",
    ],
    ['feedback to no one', error({ to: 'z' }), "feedback.error.to: 'z' is no population; give 'x', 'h' or 'y'"],
    ['feedback weights', error({ weights: [[1, 2, 3]] }), 'feedback.error.weights: has 1 row; give 3'],
    ['feedback field', error({ scale: 2 }), 'feedback.error.scale: is no field; there is from, to, weights, angle'],
    [
      'feedback without weights',
      error({ weights: undefined }),
      'feedback.error.weights: is missing; give a distribution',
    ],
    [
      'an angle too large',
      error({ angle: 91 }),
      'feedback.error.angle: 91 is no angle to the readout; give 0 to 90 degrees',
    ],
    ['no angle', error({ angle: NaN }), 'feedback.error.angle: NaN is no angle'],
    ['an angle in words', error({ angle: '45' }), "feedback.error.angle: '45' is no angle"],
    ['an angle that changes', error({ angle: { valueOf: () => 0 } }), 'feedback.error.angle: {} is no angle'],
    ['sparsity in words', error({ sparsity: '0.5' }), "feedback.error.sparsity: '0.5' is no fraction"],
    ['loss in words', error({ broadcast: { drop: '0.5' } }), "feedback.error.broadcast.drop: '0.5' is no probability"],
    ['plasticity in words', group({ plastic: '0.5' }), "synapses.in.plastic: '0.5' is no fraction"],
    [
      'an angle to nothing',
      () =>
        loosely({
          neurons: { ...neurons, g: linear(2) },
          synapses: { ...synapses, gh: { from: 'g', to: 'h', weights } },
          feedback: { error: { from: 'y', to: 'g', weights, angle: 30 } },
        }),
      "feedback.error.angle: is measured to the weights from 'g' to 'y', but there are none; leave it out",
    ],
    [
      'an angle to be relearned',
      error({ angle: 30, rule: rflo() }),
      "feedback.error.rule: relearns weights that are held at an angle to the readout's; give the angle or the rule, not both",
    ],
    ['a sparsity beyond 1', error({ sparsity: 1.1 }), 'feedback.error.sparsity: 1.1 is no fraction of the weights'],
    ['feedback bits', error({ bits: 0 }), 'feedback.error.bits: 0 is no number of bits; give 1 to 24'],
    ['a feedback range', error({ bits: 3, range: 0 }), 'feedback.error.range: 0 is no magnitude'],
    [
      'a feedback range alone',
      error({ range: 1 }),
      'feedback.error.range: is what bits are spread over; give bits too',
    ],
    ['bits at an angle without a range', error({ angle: 10, bits: 4 }), 'feedback.error.range: is not given'],
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
      "feedback.error.shares: 'error' is not another feedback with weights of its own; there is no other",
    ],
    [
      'to share and have',
      shares({ weights }),
      "feedback.other.weights: is that of 'error', whose weights are shared; set it there",
    ],
    ['to share and turn', shares({ angle: 3 }), "feedback.other.angle: is that of 'error'"],
    [
      'to share another shape',
      shares({ to: 'y' }),
      "feedback.other.shares: 'error' has 3 by 1 weights, and 1 by 1 are needed here",
    ],
    [
      'to share with no one',
      shares({ shares: 'none' }),
      "feedback.other.shares: 'none' is not another feedback with weights of its own; expected 'error'",
    ],
    ['a broadcast field', broadcast({ noise: 1 }), 'feedback.error.broadcast.noise: is no field'],
    [
      'a broadcast delay',
      broadcast({ delay: -1 }),
      'feedback.error.broadcast.delay: -1 is not a whole number of timesteps',
    ],
    [
      'too long a broadcast delay',
      broadcast({ delay: 2 ** 25 + 1 }),
      'timesteps are too long to keep; give 33554432 or less',
    ],
    [
      'a broadcast period',
      broadcast({ every: 0 }),
      'feedback.error.broadcast.every: 0 is not a whole number of timesteps, 1 or more',
    ],
    ['broadcast bits', broadcast({ bits: 25 }), 'feedback.error.broadcast.bits: 25 is no number of bits'],
    [
      'a broadcast range alone',
      broadcast({ range: 2 }),
      'feedback.error.broadcast.range: is what bits are spread over',
    ],
    ['a broadcast range', broadcast({ bits: 2, range: -1 }), 'feedback.error.broadcast.range: -1 is no magnitude'],
    ['a drop', broadcast({ drop: 2 }), 'feedback.error.broadcast.drop: 2 is no probability; give 0 to 1'],
    [
      'a threshold',
      broadcast({ threshold: -1 }),
      'feedback.error.broadcast.threshold: -1 is no magnitude; give 0 or more',
    ],
    [
      'no feedback',
      () => loosely({ neurons, synapses, feedback: { error: null } }),
      'feedback.error: null is no record; give { from, to, weights, angle,',
    ],
    [
      'unknown output',
      () => loosely({ neurons, synapses, outputs: ['z'] }),
      "outputs[0]: 'z' is no population; give 'x', 'h' or 'y'",
    ],
    [
      'input as output',
      () => loosely({ neurons, synapses, outputs: ['y', 'x'] }),
      "outputs[1]: 'x' is an input population",
    ],
    ['output twice', () => loosely({ neurons, synapses, outputs: ['y', 'y'] }), "outputs[1]: 'y' is named twice"],
    [
      'output in words',
      () => loosely({ neurons, synapses, outputs: 'y' }),
      "outputs: 'y' is no list; give names of populations, such as ['y']",
    ],
    ['no output', () => loosely({ neurons, synapses, outputs: [] }), 'outputs: there is none'],
    [
      'no way out',
      () => loosely({ neurons: { h: linear(1) }, synapses: { r: { from: 'h', to: 'h', weights } } }),
      'outputs: there is none: synapses leave every population; name the outputs, or add feedback',
    ],
  ])('%s', (_, make, message) => {
    expect(refusal(make)).toContain(message);
  });
});
