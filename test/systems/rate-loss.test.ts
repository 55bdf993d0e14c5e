import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { build, circuit } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { Bptt, Rtrl } from '../../src/solvers/index.ts';
import { rateLoss } from '../../scenarios/systems/rate-loss.ts';
import spiking from '../../scenarios/problems/rxflo-spiking.ts';
import { deviations, solved } from '../support/problems.ts';
import { changesOf, relativeDifference } from '../support/weights.ts';

const directory = mkdtempSync(join(tmpdir(), 'rxflo-rate-loss-'));
beforeAll(loadKernels);
afterAll(() => {
  rmSync(directory, { recursive: true });
});

interface Problem {
  readonly network: { readonly w_rec: number[][] };
  readonly learning: Readonly<Record<string, unknown>>;
}

interface Outcome {
  readonly loss: number[];
  readonly change: Readonly<Record<'w_in' | 'w_rec' | 'w_out', number[][]>>;
}

const { problem } = JSON.parse(readFileSync('test/golden/spiking/alif-symmetric-regularised.json', 'utf8')) as {
  readonly problem: Problem;
};

async function solve(learning: object, network: object = {}): Promise<Outcome> {
  const file = join(directory, 'problem.json');
  const changed = {
    ...problem,
    network: { ...problem.network, ...network },
    learning: { ...problem.learning, ...learning },
  };
  writeFileSync(file, JSON.stringify({ problem: changed }));
  return (await solved(spiking, { file, expected: {}, tolerance: 0 }, 'kernels')) as Outcome;
}

const detached = { algorithm: 'bptt', reset_gradient: 'detached' };

it('where no credit goes from neuron to neuron, the gradient of a loss on rates is what e-prop takes for it', async () => {
  const apart = { w_rec: problem.network.w_rec.map((row) => row.map(() => 0)) };
  const local = await solve({ trials: 1 }, apart);
  expect(
    deviations(await solve({ trials: 1, ...detached }, apart), { loss: local.loss, change: local.change }, 1e-12),
  ).toEqual([]);
});

it('BPTT = RTRL with a loss on rates, and it changes what is learned but not what is printed of the loss', async () => {
  const reset = { reset_gradient: 'differentiated' };
  const bptt = await solve({ ...reset, algorithm: 'bptt' });
  const { loss, change } = await solve({ ...reset, algorithm: 'rtrl' });
  expect(deviations(bptt, { loss, change }, 1e-10)).toEqual([]);
  const free = await solve({ ...reset, algorithm: 'bptt', regularisation: { c: 0, target: 0.02 } });
  expect(Math.abs(free.loss[0] - loss[0])).toBeLessThan(1e-12);
  expect(deviations(free.change.w_out, change.w_out, 1e-12)).toEqual([]);
  expect(deviations(free.change.w_rec, change.w_rec, 1e-3)).not.toEqual([]);
});

it.each([{ c: -1 }, { c: 1, feedback: 'random' }])(
  'a loss on rates that no gradient follows is refused: %o',
  async (given) => {
    const { c, ...learning } = given;
    await expect(solve({ ...detached, ...learning, regularisation: { c, target: 0.02 } })).rejects.toThrow(
      /problem\.learning\.regularisation\.c/,
    );
  },
);

it('on rate units, BPTT and RTRL follow it: by central differences', () => {
  const [units, timesteps, c, target] = [4, 12, 0.7, 0.3];
  const rates = rateLoss({ of: 'h', units, timesteps, c, target });
  const built = build(
    circuit<string, string, 'rflo' | 'delta'>({
      neurons: { x: input(2), h: leakyTanh(units, { tau: 3 }), y: linear(1), [rates.name]: rates.sums },
      synapses: {
        input: { from: 'x', to: 'h', weights: normal({ sd: 0.6 }), rule: rflo({ eta: 1 }) },
        recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.6 }), rule: rflo({ eta: 1 }) },
        readout: { from: 'h', to: 'y', weights: normal({ sd: 0.5 }), rule: delta({ eta: 1 }) },
        counting: rates.counting,
      },
      outputs: ['y', rates.name],
      feedback: { error: { from: 'y', to: 'h', weights: normal({ sd: 1 }) } },
    }),
    3,
  );
  const wave = Array.from({ length: timesteps }, (_, t) => t / timesteps);
  const trial = {
    timesteps,
    input: Float64Array.from(wave.flatMap((s) => [s, 1 - s * s])),
    target: Float64Array.from(rates.asked(wave.map((s) => [s - 0.5])).flat()),
  };
  const plain = {
    ...trial,
    target: Float64Array.from(rates.asked(wave.map((s) => [s - 0.5])).flatMap(([y]) => [y, NaN, NaN, NaN, NaN])),
  };
  const options = { schedule: 'trial', feedback: 'symmetric' } as const;
  // c/2 sum_i (f_i - f*)^2, from what the units send.
  const solver = new Bptt(built, options);
  const reader = solver.reader({ neurons: 'h', value: 'rate' });
  const f = new Float64Array(units);
  const both = solver.trial(trial, {
    learn: false,
    onTimestep: () => {
      const now = new Float64Array(units);
      reader.read(now, 0);
      now.forEach((rate, i) => (f[i] += rate / timesteps));
    },
  });
  const alone = new Bptt(built, options).trial(plain, { learn: false });
  expect(both - alone).toBeCloseTo((c / 2) * f.reduce((sum, rate) => sum + (rate - target) ** 2, 0), 12);

  const start = solver.weights();
  const slope = (group: string, k: number) => {
    const at = (away: number) => {
      solver.setWeights({ ...start, [group]: start[group].with(k, start[group][k] + away) });
      return solver.trial(trial, { learn: false });
    };
    return (at(1e-5) - at(-1e-5)) / 2e-5;
  };
  const measured = Object.fromEntries(
    ['input', 'recurrent', 'readout'].map((group) => [group, start[group].map((_, k) => -slope(group, k))]),
  );
  for (const algorithm of [Bptt, Rtrl]) {
    const { counting: _, ...changes } = changesOf(new algorithm(built, options), trial);
    expect(relativeDifference(changes, measured, 1e-3)).toBeLessThan(1e-7);
  }
});
