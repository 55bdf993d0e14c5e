import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { build, circuit, type BuiltCircuit } from '../../src/circuit/index.ts';
import { input, leakyRelu, leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { Bptt, Rtrl } from '../../src/solvers/index.ts';
import { gated } from '../support/random-circuit.ts';
import { rfloReference, type Matrices } from '../support/rflo-reference.ts';
import { noiseTrial, threeMatrices } from '../support/networks.ts';
import { changesOf, relativeDifference } from '../support/weights.ts';

const symmetric = { schedule: 'trial', feedback: 'symmetric' } as const;

function matricesOf(built: BuiltCircuit, units: number): Matrices {
  const rows = (values: ArrayLike<number>, width: number) =>
    Array.from({ length: values.length / width }, (_, i) => Array.from(values).slice(i * width, (i + 1) * width));
  const [recurrent, inward, readout] = built.groups.map(({ weights }) => weights);
  const b = rows(built.feedback[0].weights, 2);
  return { w: rows(recurrent, units), wIn: rows(inward, 2), wOut: rows(readout, units), b };
}

describe("the actors' RFLO", () => {
  it("is the paper's equations, for both schedules, both kinds of feedback, and any delay", () => {
    const recipe = fc.record({
      units: fc.integer({ min: 1, max: 6 }),
      recurrentDelay: fc.integer({ min: 1, max: 3 }),
      inputDelay: fc.integer({ min: 0, max: 3 }),
      online: fc.boolean(),
      symmetric: fc.boolean(),
      timesteps: fc.integer({ min: 1, max: 8 }),
      seed: fc.nat(1_000_000),
    });
    fc.assert(
      fc.property(recipe, ({ units, timesteps, seed, ...how }) => {
        const built = build(threeMatrices({ units, ...how }), seed);
        const engine = new ActorEngine(built, {
          schedule: how.online ? 'online' : 'trial',
          feedback: how.symmetric ? 'symmetric' : 'random',
        });
        const matrices = matricesOf(built, units);
        for (const number of [1, 2, 3]) {
          const trial = noiseTrial(timesteps, seed + number);
          const expected = rfloReference(matrices, trial, { tau: 2, h0: 0.1, rate: 0.5, ...how });
          expect(engine.trial(trial)).toBeCloseTo(expected, 11);
        }
        const { w, wIn, wOut } = matrices;
        const expected = {
          recurrent: Float64Array.from(w.flat()),
          input: Float64Array.from(wIn.flat()),
          readout: Float64Array.from(wOut.flat()),
        };
        expect(relativeDifference(engine.weights(), expected, 1)).toBeLessThan(1e-12);
      }),
      { numRuns: 150 },
    );
  });
});

describe('RFLO is the exact gradient', () => {
  it('at the readout, under the delta rule, whatever the feedback', () => {
    const built = build(threeMatrices(), 3);
    const { readout: exact } = changesOf(new Bptt(built, symmetric), noiseTrial());
    for (const feedback of ['random', 'symmetric'] as const) {
      const { readout } = changesOf(new ActorEngine(built, { schedule: 'trial', feedback }), noiseTrial());
      expect(relativeDifference({ readout }, { readout: exact }, 0)).toBeLessThan(1e-13);
    }
  });

  // Without recurrent synapses no weight onto one neuron moves another, so RTRL has nothing that RFLO drops.
  it.each([
    ['leaky tanh', leakyTanh(4, { tau: 3, initial: 0.2 })],
    ['leaky ReLU', leakyRelu(4, { tau: 3, below: 0.3 })],
    ['memoryless linear', linear(4)],
    ["the tests' own", gated(4)],
  ])('in a layer of %s neurons without recurrence, through symmetric feedback', (_, h) => {
    const layer = circuit({
      neurons: { x: input(2), h, y: linear(2) },
      synapses: {
        in: { from: 'x', to: 'h', weights: normal(), rule: rflo() },
        late: { from: 'x', to: 'h', weights: normal(), delay: 2, rule: rflo() },
        readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    });
    const built = build(layer, 5);
    const local = changesOf(new ActorEngine(built, symmetric), noiseTrial());
    for (const solver of [new Bptt(built, symmetric), new Rtrl(built, symmetric)]) {
      expect(relativeDifference(local, changesOf(solver, noiseTrial()), 0)).toBeLessThan(1e-12);
    }
    const random = changesOf(new ActorEngine(built, { ...symmetric, feedback: 'random' }), noiseTrial());
    expect(relativeDifference(random, local, 0)).toBeGreaterThan(0.1);
  });

  it('no longer when the layer is recurrent', () => {
    const built = build(threeMatrices(), 3);
    const local = changesOf(new ActorEngine(built, symmetric), noiseTrial());
    expect(relativeDifference(local, changesOf(new Rtrl(built, symmetric), noiseTrial()), 0)).toBeGreaterThan(0.01);
  });
});
