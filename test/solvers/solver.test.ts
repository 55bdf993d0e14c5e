import { describe, expect, it } from 'vitest';
import { build, circuit } from '../../src/circuit/index.ts';
import { input, leakyTanh, linear, neuronModel } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, plasticityRule, rflo } from '../../src/rules/index.ts';
import { Bptt, Rtrl } from '../../src/solvers/index.ts';
import { refusal } from '../refusal.ts';
import { failure } from '../support/failure.ts';
import { noiseTrial, threeMatrices } from '../support/networks.ts';
import { bytes, changesOf, relativeDifference } from '../support/weights.ts';

const options = { schedule: 'trial', feedback: 'symmetric' } as const;
const solvers = [
  ['BPTT', Bptt],
  ['RTRL', Rtrl],
] as const;

describe('what a solver cannot do', () => {
  it('BPTT online is refused, for it is acausal', () => {
    expect(refusal(() => new Bptt(build(threeMatrices(), 1), { ...options, schedule: 'online' }))).toBe(
      "schedule: bptt cannot learn 'online': it is acausal, its changes are known only when the trial has ended; use 'trial', or a causal learner, such as rtrl",
    );
  });

  it.each(solvers)('%s needs a learning rate of every rule', (_, Solver) => {
    const rateless = plasticityRule({ name: 'rateless', params: { speed: 1 }, change: ({ speed }) => speed });
    const one = circuit({
      neurons: { x: input(1), y: linear(1) },
      synapses: { in: { from: 'x', to: 'y', weights: [[1]], rule: rateless() } },
    });
    expect(refusal(() => new Solver(build(one, 1), options))).toContain(
      "synapses.in.rule: 'rateless' has no parameter 'eta'",
    );
  });

  it.each([
    [
      { neurons: 'h', value: 'signal' },
      "neurons 'h': do not publish 'signal' under a solver; expected 'rate', 'slope', 'retention' or 'potential'",
    ],
    [{ neurons: 'z', value: 'rate' }, "neurons: unknown population 'z'"],
    [
      { synapses: 'recurrent', value: 'p' },
      "synapses 'recurrent': do not publish 'p' under a solver; expected 'weight'",
    ],
    [{ synapses: 'none', value: 'weight' }, "synapses: unknown group 'none'"],
    [{ error: 'h' }, "error: unknown output 'h'; expected 'y'"],
  ])('it publishes no %o', (what, message) => {
    const solver = new Bptt(build(threeMatrices(), 1), options);
    expect(refusal(() => solver.reader(what))).toContain(message);
  });
});

describe.each(solvers)('%s', (_, Solver) => {
  it('is exact where feedback reaches a population that is not read out directly', () => {
    const stack = circuit({
      neurons: { x: input(2), a: leakyTanh(3), b: leakyTanh(3), y: linear(2) },
      synapses: {
        xa: { from: 'x', to: 'a', weights: normal(), rule: rflo() },
        ab: { from: 'a', to: 'b', weights: normal(), rule: rflo() },
        by: { from: 'b', to: 'y', weights: normal(), rule: delta() },
      },
      feedback: { toA: { from: 'y', to: 'a', weights: normal() }, toB: { from: 'y', to: 'b', weights: normal() } },
    });
    const built = build(stack, 1);
    const changes = changesOf(new Solver(built, options), noiseTrial());
    const without = changesOf(new Solver({ ...built, feedback: [] }, options), noiseTrial());
    expect(bytes(changes)).toBe(bytes(without));
  });

  it('changes nothing when it is not to learn, nor where there is no rule or the rate is 0', () => {
    const frozen = circuit({
      neurons: { x: input(2), h: leakyTanh(3), y: linear(2) },
      synapses: {
        fixed: { from: 'x', to: 'h', weights: normal() },
        still: { from: 'h', to: 'h', weights: normal(), rule: rflo({ eta: 0 }) },
        learning: { from: 'h', to: 'y', weights: normal(), rule: delta({ eta: 0.1 }) },
      },
    });
    const solver = new Solver(build(frozen, 1), { ...options, feedback: 'random' });
    const before = solver.weights();
    solver.trial(noiseTrial(), { learn: false });
    expect(bytes(solver.weights())).toBe(bytes(before));
    solver.trial(noiseTrial());
    const after = solver.weights();
    expect(after['fixed']).toEqual(before['fixed']);
    expect(after['still']).toEqual(before['still']);
    expect(after['learning']).not.toEqual(before['learning']);
  });

  it('changes twice as much at twice the rate', () => {
    const changes = (rate: number) => changesOf(new Solver(build(threeMatrices({ rate }), 1), options), noiseTrial());
    const doubled = Object.fromEntries(
      Object.entries(changes(0.1)).map(([name, values]) => [name, values.map((v) => 2 * v)]),
    );
    expect(relativeDifference(changes(0.2), doubled, 0)).toBeLessThan(1e-12);
  });

  it('names the neuron and the timestep where a model throws', () => {
    const mishap = new Error('too high');
    const timid = neuronModel({
      name: 'timid',
      params: {},
      opaque: true,
      rate: ({ u }) => {
        if (u > 10) throw mishap;
        return u;
      },
      slope: () => 1,
      retention: () => 0,
    });
    const one = circuit({
      neurons: { x: input(1), y: timid(2) },
      synapses: { in: { from: 'x', to: 'y', weights: [[1], [5]], rule: delta() } },
    });
    const trial = { timesteps: 3, input: Float64Array.of(1, 2, 3), target: new Float64Array(6) };
    const error = failure(() => new Solver(build(one, 1), options).trial(trial));
    expect(error.message).toBe('neuron y 1 (timestep 3): too high');
    expect(error.cause).toBe(mishap);
  });

  it.each([0, -1, 1.5, NaN])('refuses a trial of %s timesteps', (timesteps) => {
    const trial = { timesteps, input: new Float64Array(0), target: new Float64Array(0) };
    expect(() => new Solver(build(threeMatrices(), 1), options).trial(trial)).toThrow(
      `task.timesteps: ${timesteps} is not a whole number of timesteps, 1 or more`,
    );
  });

  it('names what stops being finite', () => {
    const built = build(threeMatrices(), 1);
    const trial = noiseTrial();
    const messageFor = (change: Partial<typeof trial>) =>
      failure(() => new Solver(built, options).trial({ ...trial, ...change })).message;
    const strong = new Solver(built, options);
    strong.setWeights({ ...strong.weights(), input: built.groups[1].weights.map(() => 1e308) });
    expect(failure(() => strong.trial({ ...trial, input: trial.input.fill(0, 0, 4).with(4, 10) })).message).toBe(
      'neuron h 0 (timestep 3): its summed input became Infinity',
    );
    expect(messageFor({ target: trial.target.with(4, 1e200) })).toBe(
      'error unit (timestep 3): the squared error became Infinity',
    );
    const steep = new Solver(build(threeMatrices({ rate: 1e308 }), 1), options);
    const large = { ...trial, target: trial.target.map((value) => 1e3 * value) };
    expect(failure(() => steep.trial(large)).message).toMatch(
      /^synapse recurrent \d <- \d \(timestep 6\): its weight became -?Infinity$/,
    );
  });

  it('runs the next trial as if a failed one had not been', () => {
    const built = build(threeMatrices(), 1);
    const [failed, fresh] = [new Solver(built, options), new Solver(built, options)];
    const broken = noiseTrial(6, 2);
    failure(() => failed.trial({ ...broken, target: broken.target.with(9, 1e200) }));
    expect(failed.trial(noiseTrial())).toBe(fresh.trial(noiseTrial()));
    expect(bytes(failed.weights())).toBe(bytes(fresh.weights()));
  });

  it('runs trials of other lengths one after another', () => {
    const built = build(threeMatrices({ recurrentDelay: 3 }), 1);
    const solver = new Solver(built, options);
    for (const timesteps of [5, 2, 5, 8]) solver.trial(noiseTrial(timesteps), { learn: false });
    const fresh = new Solver(built, options);
    expect(bytes(changesOf(solver, noiseTrial(4)))).toBe(bytes(changesOf(fresh, noiseTrial(4))));
  });
});

describe('RTRL online', () => {
  it('is the same as by trial when a trial is one timestep', () => {
    const built = build(threeMatrices(), 1);
    const [online, trialwise] = (['online', 'trial'] as const).map(
      (schedule) => new Rtrl(built, { ...options, schedule }),
    );
    for (const seed of [1, 2, 3]) expect(online.trial(noiseTrial(1, seed))).toBe(trialwise.trial(noiseTrial(1, seed)));
    expect(bytes(online.weights())).toBe(bytes(trialwise.weights()));
  });

  it('is something else when a trial is longer', () => {
    const built = build(threeMatrices(), 1);
    const [online, trialwise] = (['online', 'trial'] as const).map(
      (schedule) => new Rtrl(built, { ...options, schedule }),
    );
    expect(online.trial(noiseTrial())).not.toBe(trialwise.trial(noiseTrial()));
  });
});
