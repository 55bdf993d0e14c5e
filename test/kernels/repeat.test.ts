import { beforeAll, describe, expect, it } from 'vitest';
import { local } from '../../src/algorithms/index.ts';
import { build } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { expectBits, Pair } from '../support/agreement.ts';
import { heartCircuit } from '../support/heart.ts';

beforeAll(loadKernels);

/** Circuit k on both engines; every second one runs until it has settled. Whether it has learned. */
function run(k: number, algorithm: 'local' | 'bptt' | 'rtrl', schedule: 'trial' | 'online'): boolean {
  const [repeats, all] = [k % 2 === 0 ? ('until' as const) : ('times' as const), algorithm === 'local'];
  const { built, trial } = heartCircuit(k, {
    ...{ repeats, spikes: true, pools: all, shared: all, atOnce: all && repeats === 'times' },
  });
  const pair = new Pair(built, { schedule, feedback: all ? 'random' : 'symmetric' }, algorithm);
  const [first, second] = [pair.watchedTrial(trial), pair.trial(trial)].map(Number);
  return first !== second;
}

/** A trial twice over. */
function twice(trial: Trial): Trial {
  const doubled = (values: Float64Array) => Float64Array.from([...values, ...values]);
  return { timesteps: 2 * trial.timesteps, input: doubled(trial.input), target: doubled(trial.target) };
}

/** What the first hidden population sends at last. */
function rateOf({ circuit, engines: [engine] }: Pair): Float64Array {
  const { name, size, model } = circuit.order[0];
  const values = new Float64Array(size);
  engine.reader({ neurons: name, value: Object.values(model?.messages ?? {})[0] }).read(values, 0);
  return values;
}

describe('where circuits repeat, kernels have every bit of', () => {
  it('the actors', () => {
    let learned = 0;
    for (let k = 1; k <= 30; k++) if (run(k, 'local', k % 4 < 2 ? 'online' : 'trial')) learned++;
    expect(learned).toBeGreaterThan(20);
  });

  it('the actors, where trials carry on and changes wait for a batch', () => {
    let compared = 0;
    for (let k = 31; k <= 38; k++) {
      const { circuit, trial } = heartCircuit(k, { repeats: k % 2 === 0 ? 'until' : 'times' });
      const options = { schedule: 'trial', feedback: 'random', batch: 2 } as const;
      const [whole, parts] = [false, true].map((carry) => new Pair(build(circuit, k, { carry }), options));
      whole.trial(twice(trial), { number: 2 });
      parts.trial(trial, { number: 1 });
      parts.trial(trial, { number: 2 });
      // Chance tells the trials apart.
      if (Object.values(circuit.neurons).some(({ model }) => model?.name === 'noisy')) continue;
      expectBits(`circuit ${k}`, rateOf(parts), rateOf(whole));
      compared++;
    }
    expect(compared).toBeGreaterThan(2);
  });

  it('the actors, in single precision nearly', () => {
    const { built, trial } = heartCircuit(40, { repeats: 'times' });
    const options = { algorithm: local(), schedule: 'online', feedback: 'random' } as const;
    const [single, double] = (['f32', 'f64'] as const).map(
      (precision) => new KernelEngine(built, { ...options, precision }),
    );
    const [got, expected] = [single.trial(trial), double.trial(trial)];
    expect(got).not.toBe(expected);
    expect(Math.abs(got / expected - 1)).toBeLessThan(1e-4);
  });

  it('the plain BPTT and RTRL', () => {
    for (let k = 1; k <= 4; k++) run(k, 'bptt', 'trial');
    for (let k = 5; k <= 8; k++) run(k, 'rtrl', k % 4 < 2 ? 'online' : 'trial');
  });
});
