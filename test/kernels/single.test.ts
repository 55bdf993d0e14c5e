import { beforeAll, describe, expect, it } from 'vitest';
import { local } from '../../src/algorithms/index.ts';
import { build, circuit, probability, type BuiltCircuit } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal, stream } from '../../src/random/index.ts';
import { periodic } from '../../src/tasks/index.ts';
import { languageCircuit, type Sample } from '../support/language/circuits.ts';
import { noiseTrial, paperExample, threeMatrices } from '../support/networks.ts';
import { gated, randomTrial } from '../support/random-circuit.ts';
import { customRules } from '../support/rules.ts';
import { flat } from '../support/weights.ts';

beforeAll(loadKernels);

const SCHEDULES = ['trial', 'online'] as const;
const PERIOD = periodic({ period: 100 }).trial(1, stream(1));

/** The same circuit in single and in double precision. */
function pairOf(built: BuiltCircuit, schedule: 'trial' | 'online'): readonly [KernelEngine, KernelEngine] {
  const options = { algorithm: local(), schedule, feedback: 'random' } as const;
  return [new KernelEngine(built, { ...options, precision: 'f32' }), new KernelEngine(built, options)];
}

describe.each(SCHEDULES)('precision f32, schedule %s:', (schedule) => {
  it("learns the paper's example nearly as f64 does, with other bits", () => {
    const [single, double] = pairOf(build(paperExample(), 1), schedule);
    const losses = Array.from({ length: 100 }, () => [single.trial(PERIOD), double.trial(PERIOD)]);
    for (const [got, expected] of losses) expect(Math.abs(got / expected - 1)).toBeLessThan(1e-3);
    expect(losses[99][1]).toBeLessThan(0.9 * losses[0][1]);
    expect(losses[99][0]).not.toBe(losses[99][1]);
  });

  it('keeps every number in 32 bits, and gives weights back as it keeps them', () => {
    const [single] = pairOf(build(paperExample(), 1), schedule);
    single.trial(PERIOD);
    const weights = single.weights();
    for (const w of flat(weights)) expect(Math.fround(w)).toBe(w);
    single.setWeights(weights);
    expect(single.weights()).toEqual(weights);
  });

  const gentle = (['cascade', 'transcendental', 'everything', 'preOnly', 'oja', 'exchange'] as const).flatMap((rule) =>
    [1, 3, 5, 18].flatMap((size, k) => (k % 2 === SCHEDULES.indexOf(schedule) ? [[rule, size] as const] : [])),
  );
  it.each(gentle)('the rule %s, populations of %i', (name, size) => {
    const [weights, rule] = [normal({ sd: 0.5 / Math.sqrt(size) }), customRules[name]({ eta: 0.5 })];
    const definition = circuit({
      neurons: { x: input(3), a: leakyTanh(size, { tau: 3, initial: 0.2 }), b: gated(size + 1), y: linear(3) },
      synapses: {
        xa: { from: 'x', to: 'a', weights, delay: 1, rule },
        ab: { from: 'a', to: 'b', weights, rule },
        bb: { from: 'b', to: 'b', weights, connect: probability(0.4), rule },
        by: { from: 'b', to: 'y', weights, rule },
      },
      feedback: { ya: { from: 'y', to: 'a', weights }, yb: { from: 'y', to: 'b', weights } },
    });
    const built = build(definition, size);
    const [single, double] = pairOf(built, schedule);
    for (const timesteps of [40, 5]) {
      const trial = randomTrial(built, timesteps, size);
      expect(Math.abs(single.trial(trial) / double.trial(trial) - 1)).toBeLessThan(1e-3);
    }
    const [got, expected] = [flat(single.weights()), flat(double.weights())];
    expected.forEach((w, k) => {
      expect(Math.abs(got[k] - w)).toBeLessThan(1e-4);
    });
    expect(got).not.toEqual(flat(Object.fromEntries(built.groups.map((group) => [group.name, group.weights]))));
  });

  it('names an input that is beyond float32, and when', () => {
    const built = build(threeMatrices(), 1);
    const [single] = pairOf(built, schedule);
    const trial = noiseTrial();
    expect(() => single.trial({ ...trial, input: trial.input.with(5, 1e300) })).toThrow(
      expect.objectContaining({ actor: 'input x 1', timestep: 3, kind: 'input' }),
    );
  });
});

/** Whether a small difference stays small in a circuit: nothing in it is on one side of a threshold or the other. */
function isSmooth({ definition, built }: Sample): boolean {
  const jumps = ['spiking', 'firing', 'leaky-relu'];
  return (
    built.order.every(({ model }) => !jumps.includes(model?.name ?? '')) &&
    built.populations.every(({ sending }) => sending?.jumps === undefined) &&
    built.groups.every(({ settling, rule }) => !settling && !['choosy', 'endless'].includes(rule?.name ?? '')) &&
    built.feedback.every(({ broadcast, carriage }) => !broadcast?.message && !carriage) &&
    Object.values(definition.synapses).every(({ traces, optimiser }) => typeof traces !== 'object' && !optimiser)
  );
}

describe('on circuits over the whole language', () => {
  it('precision f32 learns nearly as f64 does, with other bits', () => {
    let [tried, different] = [0, 0];
    for (let k = 1; tried < 10; k++) {
      const sample = languageCircuit(k);
      if (!isSmooth(sample)) continue;
      tried++;
      const { built, how, trials } = sample;
      const [single, double] = (['f32', 'f64'] as const).map((precision) => {
        const engine = new KernelEngine(built, { algorithm: local(), ...how, precision });
        return { losses: trials.map((trial) => engine.trial(trial)), weights: flat(engine.weights()) };
      });
      for (const [n, loss] of double.losses.entries()) {
        expect(Math.abs(single.losses[n] - loss), `circuit ${k}`).toBeLessThan(1e-3 * Math.max(1, Math.abs(loss)));
      }
      for (const [n, w] of double.weights.entries()) {
        expect(Math.abs(single.weights[n] - w), `circuit ${k}`).toBeLessThan(1e-3 * Math.max(1, Math.abs(w)));
      }
      if (single.losses.some((loss, n) => loss !== double.losses[n])) different++;
    }
    expect(different).toBeGreaterThan(5);
  });
});
