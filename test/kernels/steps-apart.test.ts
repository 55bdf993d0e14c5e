import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { build, circuit, type BuiltCircuit } from '../../src/circuit/index.ts';
import { RunError } from '../../src/errors/index.ts';
import { kernelArithmetic, loadKernels } from '../../src/kernels/index.ts';
import { input, leakyTanh, linear, neuron } from '../../src/neurons/index.ts';
import { constant, normal } from '../../src/random/index.ts';
import { ForwardPass } from '../../src/solvers/forward.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { heartCircuit } from '../support/heart.ts';

// Steps that run as one kernel have the bits of loops, whatever the circuit; where they cannot, the loops run.

const heard = { feedback: [], signalled: () => false, derivatives: true };

/** A pass by loops, and one by kernels; and how often some steps ran as one. */
function passes(built: BuiltCircuit) {
  const arithmetic = kernelArithmetic(2 ** 17);
  if (!arithmetic) throw new Error('the kernels are not loaded');
  let ran = 0;
  const firstOf = arithmetic.firstOf.bind(arithmetic);
  vi.spyOn(arithmetic, 'firstOf').mockImplementation((steps, held) => {
    const part = firstOf(steps, held);
    const run = (t: number, score: number) => {
      const scored = part?.run(t, score) ?? NaN;
      if (Number.isFinite(scored)) ran++;
      return scored;
    };
    return part && { ...part, run };
  });
  const memory = (length: number) => arithmetic.array(length);
  const plain = new ForwardPass(built, heard);
  const fast = new ForwardPass(built, heard, memory, arithmetic);
  return { plain, fast, memory, ran: () => ran };
}

/** All that a pass has in each timestep of a trial. */
function played(pass: ForwardPass, trial: Trial): number[] {
  const all: number[] = [];
  pass.begin(trial, {});
  while (!pass.sweeps.isOver(trial.timesteps)) {
    pass.step();
    pass.broadcast();
    for (const row of pass.timestep.rows) {
      if (pass.timestep.constants.has(row) || row.kind === 'signal') continue;
      const { size } = row.population;
      all.push(...pass.of(row).subarray(pass.now * size, (pass.now + 1) * size));
    }
    all.push(pass.score);
  }
  return all;
}

const trialOf = (timesteps: number, inputs: number): Trial => ({
  timesteps,
  input: Float64Array.from({ length: inputs * timesteps }, (_, t) => Math.sin(2 * t + 1)),
  target: Float64Array.from({ length: 3 * timesteps }, (_, t) => Math.cos(t)),
});

const noisy = neuron({
  name: 'noisy',
  params: { sd: 0.2 },
  ports: { u: null },
  state: { h: 0.1 },
  noise: ['xi'],
  step: ({ h, u, xi, sd }) => ({ h: 0.5 * h + 0.5 * (u + sd * xi) }),
  sends: ({ h }) => ({ out: h }),
});

const built = (units: number, inputs: number, delay: number) => {
  const sds = Array.from({ length: units }, (_, i) => 0.1 * i);
  return build(
    circuit({
      neurons: {
        x: input(inputs),
        h: leakyTanh(units, { tau: 2, initial: 0.1 }),
        n: noisy(units, { sd: sds }),
        y: linear(3),
      },
      synapses: {
        recurrent: { from: 'h', to: 'h', delay, weights: normal({ sd: 0.3 }) },
        input: { from: 'x', to: 'h', weights: normal() },
        noise: { from: 'h', to: 'n', weights: normal() },
        readout: { from: 'n', to: 'y', weights: normal({ sd: 0.3 }) },
      },
    }),
    units,
    { carry: delay === 2 },
  );
};

describe('steps as one kernel', () => {
  beforeAll(loadKernels);

  it('have the bits of loops, on matrices of all sizes, disturbed or not', () => {
    const sizes = fc.tuple(...[21, 5, 3].map((max) => fc.integer({ min: 1, max })));
    fc.assert(
      fc.property(sizes, fc.boolean(), ([units, inputs, delay], isDisturbed) => {
        const { plain, fast, memory, ran } = passes(built(units, inputs, delay));
        if (isDisturbed) {
          for (const pass of [plain, fast]) {
            const port = pass.timestep.row(pass.circuit.order[1], 'u');
            pass.disturbances.set(port, memory(units).fill(-0.25));
          }
        }
        for (const length of [4, 3, 7]) {
          const trial = trialOf(length, inputs);
          expect(played(fast, trial)).toEqual(played(plain, trial));
        }
        expect(ran()).toBeGreaterThan(0);
      }),
      { numRuns: 40 },
    );
  });

  it('have the bits of loops on circuits over the whole language', () => {
    let all = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const repeats = seed % 5 === 0 ? ({ repeats: seed % 10 === 0 ? 'times' : 'until' } as const) : {};
      const { built: some, trial } = heartCircuit(seed, { pools: true, shared: true, ...repeats });
      const { plain, fast, ran } = passes(some);
      for (let k = 0; k < 2; k++) expect(played(fast, trial)).toEqual(played(plain, trial));
      all += ran();
    }
    expect(all).toBeGreaterThan(1000);
  });

  it('see a trial that is changed while it runs', () => {
    const { plain, fast } = passes(built(5, 2, 1));
    const seen = [plain, fast].map((pass) => {
      const trial = trialOf(4, 2);
      pass.begin(trial, {});
      for (let t = 1; t <= 4; t++) {
        pass.step();
        pass.trial.input.fill(t);
        pass.trial.target.fill(-t);
      }
      return pass.score;
    });
    expect(seen[1]).toBe(seen[0]);
  });

  it.each(['h', 'x'] as const)('that stop being finite say who did, as loops do, where outputs hear %s', (from) => {
    const growing = build(
      circuit({
        neurons: { x: input(1), h: linear(3), y: linear(3) },
        synapses: {
          input: { from: 'x', to: 'h', weights: constant(1) },
          recurrent: { from: 'h', to: 'h', weights: constant(1e100) },
          readout: { from, to: 'y', weights: constant(1) },
        },
      }),
      1,
    );
    const { plain, fast, ran } = passes(growing);
    const [said, wanted] = [fast, plain].map((pass) => {
      try {
        return played(pass, trialOf(9, 1));
      } catch (error) {
        if (error instanceof RunError) return error.message;
        throw error;
      }
    });
    expect(said).toBe(wanted);
    expect(said).toContain('timestep');
    expect(ran()).toBeGreaterThan(0);
  });
});
