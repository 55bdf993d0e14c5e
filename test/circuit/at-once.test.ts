import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { build, circuit, type SynapseGroup } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { certifyLearner } from '../../src/locality/index.ts';
import { input, leakyTanh, linear, neuron } from '../../src/neurons/index.ts';
import { constant, normal } from '../../src/random/index.ts';
import { plasticityRule, rflo, weight, type PlasticityRule } from '../../src/rules/index.ts';
import { Bptt, Rtrl } from '../../src/solvers/index.ts';
import { refusal } from '../refusal.ts';
import { Pair } from '../support/agreement.ts';

beforeAll(loadKernels);

const two = neuron({
  name: 'two',
  params: {},
  ports: { a: 'u', b: 'v' },
  state: { u: 0, v: 0 },
  step: ({ a, b }) => ({ u: a, v: b }),
  sends: ({ u, v }) => ({ out: u, second: v }),
  shows: ({ u, v }) => ({ first: u, other: v }),
});

const grows = plasticityRule({ name: 'grows', params: { eta: 0.5 }, change: ({ pre, eta }) => eta * pre.out });
const first = plasticityRule({
  name: 'first',
  params: { eta: 1 },
  sees: { post: ['first'] },
  change: ({ post, eta }) => eta * post.first,
});
const other = plasticityRule({
  name: 'other',
  params: { eta: 1 },
  sees: { post: ['other'] },
  change: ({ post, eta }) => eta * post.other,
});
const signalled = plasticityRule({
  name: 'signalled',
  params: { eta: 1 },
  change: ({ pre, post, eta }) => eta * post.signal * pre.out,
});

const ONLINE = { schedule: 'online', feedback: 'random' } as const;
const BY_TRIAL = { schedule: 'trial', feedback: 'random' } as const;

type Group = SynapseGroup<'x' | 'h' | 'y'>;

/** One input, one neuron with two ports, one output. */
function small(groups: Readonly<Record<string, Partial<Group>>>) {
  const onto = (port: string): Group => ({ from: 'x', to: 'h', port, weights: constant(1) });
  return circuit({
    neurons: { x: input(1), h: two(1), y: linear(1) },
    synapses: {
      a: { ...onto('a'), ...groups['a'] },
      b: { ...onto('b'), ...groups['b'] },
      out: { from: 'h', to: 'y', weights: constant(1), ...groups['out'] },
    },
    outputs: ['y'],
  });
}

const TRIAL = { timesteps: 2, input: Float64Array.of(2, 4), target: Float64Array.of(0, 0) };

/** What the first port sums up in the two timesteps, and the weight at the end. */
function course(made: ReturnType<typeof small>, options: typeof ONLINE | typeof BY_TRIAL, group = 'a') {
  const engine = new ActorEngine(build(made, 1), options);
  const read = engine.reader({ neurons: 'h', value: group });
  const sums = new Float64Array(2);
  engine.trial(TRIAL, { onTimestep: (t) => { read.read(sums, t - 1); } }); // prettier-ignore
  return { sums: [...sums], w: engine.weights()[group][0] };
}

describe('a group that learns at once', () => {
  it('does so before it transmits where its rule does not depend on that, whole, whatever the schedule', () => {
    const made = small({ a: { rule: grows(), learns: 'at once' } });
    for (const options of [ONLINE, BY_TRIAL]) {
      // w = 1 + 0.5 2 = 2, then 2 + 0.5 4 = 4.
      expect(course(made, options)).toEqual({ sums: [2 * 2, 4 * 4], w: 4 });
    }
    // Online, a timestep's change comes after it, divided by T = 2.
    expect(course(small({ a: { rule: grows() } }), ONLINE)).toEqual({ sums: [2, 1.5 * 4], w: 2.5 });
  });

  it('does so afterwards where its rule reads what its port has summed up', () => {
    const made = small({ a: { rule: first(), learns: 'at once' } });
    expect(course(made, BY_TRIAL)).toEqual({ sums: [2, 3 * 4], w: 3 + 12 });
  });

  it('does so at the very beginning where its rule reads nothing of its neurons; a gate opens when they have run', () => {
    const fades = plasticityRule({ name: 'fades', params: { eta: 0.5 }, change: ({ w, eta }) => -eta * w });
    const made = small({
      out: { rule: fades(), learns: 'at once', gate: { from: 'x' }, weights: constant(8) },
    });
    const pair = new Pair(build(made, 1), BY_TRIAL);
    const y = pair.kernels.reader({ neurons: 'y', value: 'rate' });
    pair.watchedTrial(TRIAL);
    const read = new Float64Array(1);
    y.read(read, 0);
    // w = 8, then 4, then 2; h = 4 in the second timestep, where the gate brings what x sent in the first.
    expect(read[0]).toBe(2 * 2 * 4);
  });

  it('does so when the errors are known where its rule reads the learning signal', () => {
    const made = small({ out: { rule: signalled(), learns: 'at once' } });
    const engine = new ActorEngine(build(made, 1), BY_TRIAL);
    const errors: number[] = [];
    engine.error$.subscribe(([error]) => errors.push(error));
    engine.trial(TRIAL);
    // -2; w = 1 - 2 2 = -3, and then -(-3 4) = 12.
    expect(errors).toEqual([-2, 12]);
    expect(engine.weights()['out'][0]).toBe(-3 + 12 * 4);
  });

  it('has a place of its own among the phases, and is skipped where nothing is to be learned', () => {
    const made = small({ a: { rule: grows(), learns: 'at once' }, b: { rule: first(), learns: 'at once' } });
    const engine = new ActorEngine(build(made, 1), BY_TRIAL);
    const phases: string[] = [];
    engine.phase$.subscribe(({ phase, population, group }) =>
      phases.push([phase, population ?? group].join(' ').trim()),
    );
    engine.trial({ timesteps: 1, input: Float64Array.of(1), target: Float64Array.of(0) });
    expect(phases.join(', ')).toBe(
      'tick, learn at once a, transmit h, integrate h, learn at once b, transmit h, integrate h, transmit y, integrate y, compare, broadcast, learn, apply',
    );
    phases.length = 0;
    engine.trial({ ...TRIAL, timesteps: 1, input: Float64Array.of(1), target: Float64Array.of(0) }, { learn: false });
    expect(phases.filter((phase) => phase.startsWith('learn'))).toEqual([]);
  });

  it('shows each new weight when it has it', () => {
    const engine = new ActorEngine(build(small({ a: { rule: grows(), learns: 'at once' } }), 1), BY_TRIAL);
    const weights: number[] = [];
    engine.synapse('a', 0, 0).weight$.subscribe((w) => weights.push(w));
    engine.trial(TRIAL);
    expect(weights).toEqual([2, 4]);
  });

  it('keeps its weights under a reference, which says so', () => {
    const built = build(small({ a: { rule: grows(), learns: 'at once' }, out: { rule: signalled() } }), 1);
    const bptt = new Bptt(built, { schedule: 'trial', feedback: 'symmetric' });
    bptt.trial(TRIAL);
    expect(bptt.weights()['a'][0]).toBe(1);
    expect(bptt.weights()['out'][0]).not.toBe(1);
    const { synapses } = certifyLearner(built, { name: 'b', algorithm: 'bptt', feedback: 'symmetric' });
    expect(synapses.map(({ group }) => group)).toEqual(['out']);
    expect(synapses[0].notes).toContain("'a' would learn at once by rules, and 'bptt' leaves them unchanged");
  });

  it('is refused where groups wait for one another to learn, or it has no rule', () => {
    expect(
      refusal(() => small({ a: { rule: other(), learns: 'at once' }, b: { rule: first(), learns: 'at once' } })),
    ).toMatch(/^synapses: 'a', 'b' learn at once/);
    expect(refusal(() => small({ a: { learns: 'at once' } }))).toMatch(/^synapses\.a\.learns: /);
    expect(refusal(() => small({ a: { rule: grows(), learns: 'later' as 'at once' } }))).toMatch(
      /^synapses\.a\.learns: .*'at once'/,
    );
  });
});

describe('a group that also transmits through its state', () => {
  const averaging = plasticityRule({
    name: 'averaging',
    params: { eta: 1 },
    state: { m: 0.25 },
    trace: ({ m, pre }) => ({ m: m + pre.out }),
    change: () => 0,
  });
  const also = { port: 'b', weight: 'm' };

  it('does so as its state was when it last learned', () => {
    const made = small({ a: { rule: averaging(), also } });
    // What b brings itself is 2 and 4; the state is 0.25, then 2.25.
    for (const options of [ONLINE, BY_TRIAL]) expect(course(made, options, 'b').sums).toEqual([2.5, 4 + 9]);
    const atOnce = small({ a: { rule: averaging(), also, learns: 'at once' } });
    expect(course(atOnce, BY_TRIAL, 'b').sums).toEqual([2 + 4.5, 4 + 6.25 * 4]);
  });

  it('counts as one event of its axon, and two products', () => {
    const engine = new ActorEngine(build(small({ a: { rule: averaging(), also } }), 1), ONLINE);
    const traffic = engine.countTraffic();
    engine.trial(TRIAL);
    expect(traffic.groups[0]).toMatchObject({ events: 2, arrivals: 2, effective: 4, publications: 2 });
  });

  it('says what is wrong with its port or its state, and is refused by references', () => {
    const wrong = (rule: PlasticityRule | undefined, given: NonNullable<Group['also']>) =>
      refusal(() => small({ a: { ...(rule && { rule }), also: given } }));
    expect(wrong(averaging(), { ...also, port: 'c' })).toMatch(/^synapses\.a\.also\.port: 'c' .*'a' or 'b'/);
    expect(wrong(averaging(), { ...also, weight: 'n' })).toMatch(/^synapses\.a\.also\.weight: 'n' .*'m'/);
    expect(wrong(undefined, also)).toMatch(/^synapses\.a\.also\.weight: /);
    const built = build(small({ a: { rule: averaging(), also } }), 1);
    expect(refusal(() => new Bptt(built, { schedule: 'trial', feedback: 'symmetric' }))).toMatch(
      /^synapses\.a\.also: /,
    );
  });
});

describe('references take a held copy of a weight as that weight:', () => {
  const holding = plasticityRule({
    name: 'holding',
    params: { eta: 1 },
    state: { held: weight },
    change: ({ pre, eta }) => eta * pre.out,
    after: ({ w }) => ({ held: w }),
  });
  const made = circuit({
    neurons: { x: input(1), g: leakyTanh(2), h: two(2), y: linear(1) },
    synapses: {
      in: { from: 'x', to: 'g', weights: normal(), rule: rflo({ eta: 1 }) },
      loop: { from: 'g', to: 'g', weights: normal(), rule: rflo({ eta: 1 }) },
      a: {
        ...({ from: 'g', to: 'h', port: 'a', learns: 'at once' } as const),
        ...{ weights: normal(), rule: holding(), also: { port: 'b', weight: 'held' } },
      },
      first: { from: 'h', to: 'y', weights: normal() },
      second: { from: 'h', to: 'y', carries: 'second', weights: normal() },
    },
  });
  const built = build(made, 3);
  const trial = { timesteps: 4, input: Float64Array.of(1, -2, 0.5, 1), target: Float64Array.of(1, 0, 1, -1) };
  const options = { schedule: 'trial', feedback: 'symmetric' } as const;

  it('BPTT is the gradient, and RTRL the same', () => {
    const engines = [new Bptt(built, options), new Rtrl(built, options)];
    for (const engine of engines) engine.trial(trial);
    const before = new ActorEngine(built, BY_TRIAL);
    const weights = before.weights();
    for (const group of ['in', 'loop']) {
      weights[group].forEach((w, k) => {
        const lossAt = (value: number) => {
          before.setWeights({ ...weights, [group]: weights[group].with(k, value) });
          return before.trial(trial, { learn: false });
        };
        const gradient = (lossAt(w + 1e-5) - lossAt(w - 1e-5)) / 2e-5;
        for (const engine of engines) expect(engine.weights()[group][k] - w).toBeCloseTo(-gradient, 8);
      });
    }
    expect(engines[0].weights()['a']).toEqual(weights['a']);
  });

  it.each(['bptt', 'rtrl'] as const)('kernels have the bits of %s', (solver) => {
    const pair = new Pair(built, options, solver);
    for (let k = 0; k < 3; k++) pair.trial(trial);
  });
});

describe('a rule', () => {
  it('sees every message of the axon, each as late as what the group carries', () => {
    const both = plasticityRule({
      name: 'both',
      params: { eta: 1 },
      sees: { pre: ['second'] },
      change: ({ pre, eta }) => eta * (10 * pre.out + pre.second),
    });
    const changes = (delay: number, carries?: string) => {
      const made = small({ a: { weights: constant(3) }, out: { rule: both(), delay, ...(carries && { carries }) } });
      const engine = new ActorEngine(build(made, 1), ONLINE);
      const weights: number[] = [];
      engine.trial(TRIAL, { onTimestep: () => weights.push(engine.weights()['out'][0]) });
      return [2 * (weights[0] - 1), 2 * (weights[1] - weights[0])];
    };
    expect(changes(0)).toEqual([10 * 6 + 2, 10 * 12 + 4]);
    expect(changes(1)).toEqual([0, 10 * 6 + 2]);
    expect(changes(0, 'second')).toEqual([10 * 2 + 2, 10 * 4 + 4]);
  });
});
