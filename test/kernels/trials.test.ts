import { beforeAll, describe, expect, it } from 'vitest';
import { local } from '../../src/algorithms/index.ts';
import { build, circuit, probability, type BuiltCircuit } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { refusal } from '../refusal.ts';
import { Pair } from '../support/agreement.ts';
import { noiseTrial, threeMatrices } from '../support/networks.ts';
import { randomTrial } from '../support/random-circuit.ts';
import { bytes } from '../support/weights.ts';

beforeAll(loadKernels);

const SCHEDULES = ['trial', 'online'] as const;
const kernelsOf = (built: BuiltCircuit, schedule: (typeof SCHEDULES)[number]) =>
  new KernelEngine(built, { algorithm: local(), schedule, feedback: 'random' });

describe.each(SCHEDULES)('schedule %s:', (schedule) => {
  const built = build(threeMatrices(), 1);

  it('a trial without learning changes nothing, and has the loss that the same trial has with it', () => {
    const engine = kernelsOf(built, schedule);
    const before = bytes(engine.weights());
    // On the first timestep nothing has been learned yet.
    const [one, many] = [noiseTrial(1), noiseTrial(70)];
    const losses = [one, many, one, many].map((trial) => engine.trial(trial, { learn: false }));
    expect(losses.slice(2)).toEqual(losses.slice(0, 2));
    expect(bytes(engine.weights())).toBe(before);
    expect(engine.trial(one)).toBe(losses[0]);
    expect(bytes(engine.weights())).not.toBe(before);
  });

  it('and on both engines, between trials that learn, watched or not', () => {
    const pair = new Pair(built, { schedule, feedback: 'random' });
    for (const learn of [false, true, false, true]) {
      pair.trial(noiseTrial(6), { learn });
      pair.watchedTrial(noiseTrial(35, 2), { learn });
    }
  });

  it('weights are copies, and are given back bit for bit', () => {
    const engine = kernelsOf(built, schedule);
    const taken = engine.weights();
    const all = bytes(taken);
    engine.trial(noiseTrial());
    expect(bytes(taken)).toBe(all);
    const learned = engine.weights();
    engine.setWeights(taken);
    expect(bytes(engine.weights())).toBe(all);
    const signed = { ...taken, readout: taken['readout'].with(0, -0).with(1, 5e-324) };
    engine.setWeights(signed);
    expect(bytes(engine.weights())).toBe(bytes(signed));
    engine.setWeights(taken);
    taken['recurrent'].fill(7);
    engine.trial(noiseTrial());
    expect(bytes(engine.weights())).toBe(bytes(learned));
  });

  it('a trial that is watched learns what it learns unwatched', () => {
    const [watched, unwatched] = [1, 2].map(() => kernelsOf(built, schedule));
    const timesteps: number[] = [];
    const trial = noiseTrial(75);
    const loss = watched.trial(trial, { onTimestep: (t) => timesteps.push(t) });
    expect(loss).toBe(unwatched.trial(trial));
    expect(bytes(watched.weights())).toBe(bytes(unwatched.weights()));
    expect(timesteps).toEqual(Array.from({ length: 75 }, (_, t) => t + 1));
  });

  it('trials of any length may follow one another', () => {
    const pair = new Pair(built, { schedule, feedback: 'random' });
    // About the chunks of timesteps that are run together, and far beyond the memory that there was at first.
    for (const timesteps of [1, 31, 32, 33, 64, 65, 3, 96, 97, 2, 5000, 1]) {
      expect(pair.trial(noiseTrial(timesteps, timesteps)), `T = ${timesteps}`).toBeTypeOf('number');
    }
  });

  it.each([
    { neurons: 'h', value: 'rate' },
    { neurons: 'y', value: 'slope' },
    { synapses: 'readout', value: 'weight' },
    { synapses: 'recurrent', value: 'p' },
    { error: 'y' },
  ])('a reader writes where it is told to, and follows memory that grows: %o', (what) => {
    const engine = kernelsOf(built, schedule);
    const reader = engine.reader(what);
    const read = (offset: number) => {
      const values = new Float64Array(reader.length + 5).fill(9);
      reader.read(values, offset);
      expect([...values.subarray(0, offset), ...values.subarray(offset + reader.length)]).toEqual([9, 9, 9, 9, 9]);
      return values.slice(offset, offset + reader.length);
    };
    engine.trial(noiseTrial(3));
    const first = read(1);
    expect(read(4)).toEqual(first);
    engine.trial(noiseTrial(20_000));
    if (!('value' in what && what.value === 'slope')) expect(read(1)).not.toEqual(first);
    engine.setWeights(Object.fromEntries(built.groups.map(({ name, weights }) => [name, weights])));
    engine.trial(noiseTrial(3));
    expect(read(2)).toEqual(first);
  });

  it('many channels, over several inputs and outputs', () => {
    const weights = normal({ sd: 0.1 });
    const wide = circuit({
      neurons: { y2: linear(9), x1: input(40), h: leakyTanh(7), x2: input(3), y1: linear(31) },
      synapses: {
        x1h: { from: 'x1', to: 'h', weights, rule: rflo({ eta: 1 }) },
        x2h: { from: 'x2', to: 'h', weights, rule: rflo({ eta: 1 }), delay: 1 },
        hy1: { from: 'h', to: 'y1', weights, rule: delta({ eta: 1 }) },
        hy2: { from: 'h', to: 'y2', weights, rule: delta({ eta: 1 }) },
        x2y1: { from: 'x2', to: 'y1', weights, rule: delta({ eta: 1 }) },
      },
      feedback: { one: { from: 'y1', to: 'h', weights }, two: { from: 'y2', to: 'h', weights } },
    });
    for (const feedback of ['random', 'symmetric'] as const) {
      const made = build(wide, 3);
      const pair = new Pair(made, { schedule, feedback });
      for (const seed of [1, 2]) expect(pair.watchedTrial(randomTrial(made, 6, seed))).toBeTypeOf('number');
    }
  });

  it('groups without a synapse, and neurons that nothing comes to', () => {
    const weights = normal({ sd: 0.5 });
    const sparse = circuit({
      neurons: { x: input(3), lone: leakyTanh(5, { initial: 0.7 }), h: leakyTanh(6, { initial: 0.1 }), y: linear(3) },
      synapses: {
        none: { from: 'x', to: 'h', weights, connect: probability(0), rule: rflo({ eta: 1 }) },
        also: { from: 'h', to: 'h', weights, connect: probability(0) },
        rare: { from: 'x', to: 'h', weights, connect: probability(0.08), rule: rflo({ eta: 1 }) },
        lonely: { from: 'lone', to: 'y', weights, rule: delta({ eta: 1 }) },
        out: { from: 'h', to: 'y', weights, connect: probability(0.2), rule: delta({ eta: 1 }) },
        empty: { from: 'lone', to: 'h', weights, connect: probability(0), rule: delta({ eta: 1 }) },
      },
      feedback: { error: { from: 'y', to: 'h', weights } },
    });
    for (const seed of [1, 2, 3, 4]) {
      const made = build(sparse, seed);
      const pair = new Pair(made, { schedule, feedback: 'symmetric' });
      expect(pair.watchedTrial(randomTrial(made, 7, seed))).toBeTypeOf('number');
      expect(pair.trial(randomTrial(made, 40, seed + 1))).toBeTypeOf('number');
    }
  });
});

describe('a trial or a reader that does not fit is refused as the actors refuse it:', () => {
  const pair = () => new Pair(build(threeMatrices(), 1), { schedule: 'trial', feedback: 'random' });

  it('trials', () => {
    const { engines } = pair();
    const trial = noiseTrial();
    for (const wrong of [
      { ...trial, input: new Float64Array(3) },
      { ...trial, target: new Float64Array(1) },
      { ...trial, timesteps: 0 },
      { ...trial, timesteps: 1.5 },
    ]) {
      const [actors, kernels] = engines.map((engine) => refusal(() => engine.trial(wrong)));
      expect(kernels).toBe(actors);
    }
  });

  it('readers', () => {
    const { engines } = pair();
    for (const what of [
      { error: 'h' },
      { synapses: 'none', value: 'weight' },
      { synapses: 'recurrent', value: 'q' },
      { neurons: 'h', value: 'sloep' },
      { neurons: 'x', value: 'slope' },
      { neurons: 'z', value: 'rate' },
    ]) {
      const [actors, kernels] = engines.map((engine) => refusal(() => engine.reader(what)));
      expect(kernels).toContain(Object.values(what)[0]);
      expect(kernels).toBe(actors);
    }
  });
});
