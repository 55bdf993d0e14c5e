import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  build,
  circuit,
  probability,
  type Circuit,
  type Evaluation,
  type LearningOptions,
} from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { alif, input, leakyReadout, leakyTanh, lif } from '../../src/neurons/index.ts';
import { integers, normal, stream } from '../../src/random/index.ts';
import { eprop, rflo } from '../../src/rules/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { Pair } from '../support/agreement.ts';

beforeAll(loadKernels);

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
/** Enough axons for kernels to look for those that are silent; not always whole vectors of them. */
const size = fc.integer({ min: 16, max: 19 });
const group = fc.record({
  density: maybe(fc.constantFrom(0.3, 0.9)),
  delay: fc.constantFrom(1, 2, 'own' as const),
  plastic: maybe(fc.constant(0.5)),
  gated: fc.boolean(),
});

/** A spiking circuit: two groups end on its first population, one of them of spikes that a task plays and one of rates that are sent when they have changed. */
const recipes = fc.record({
  ...{ seed: fc.nat(1000), x: size, r: size, h: size, a: size },
  ...{ played: group, loop: group, back: group, held: group },
  threshold: fc.constantFrom(0.02, 0.2, Infinity),
});
type Recipe = typeof recipes extends fc.Arbitrary<infer T> ? T : never;

function cook({ x, r, h, a, threshold, played, loop, back, held }: Recipe): Circuit {
  const made = ({ density, delay, plastic, gated }: Recipe['loop']) => ({
    weights: normal({ sd: 0.3 }),
    delay: delay === 'own' ? integers(1, 4) : delay,
    ...(density !== undefined && { connect: probability(density) }),
    ...(plastic !== undefined && { plastic }),
    ...(gated && { gate: { from: 'h' as const, neuron: 1 } }),
  });
  return circuit({
    neurons: {
      x: input(x),
      r: leakyTanh(r, { tau: 3 }),
      h: lif(h, { theta: 0.4, refractory: 2 }),
      a: alif(a, { theta: 0.3 }),
      y: leakyReadout(2),
    },
    synapses: {
      played: { from: 'x', to: 'h', rule: eprop({ eta: 0.5 }), ...made({ ...played, gated: false }) },
      slow: { from: 'x', to: 'r', weights: normal({ sd: 0.5 }), rule: rflo({ eta: 0.5 }) },
      held: { from: 'r', to: 'h', rule: eprop({ eta: 0.5 }), ...made({ ...held, gated: false }) },
      up: { from: 'h', to: 'a', weights: normal({ sd: 0.5 }), rule: eprop({ eta: 0.5 }) },
      loop: { from: 'a', to: 'a', rule: eprop({ eta: 0.5 }), ...made({ ...loop, gated: false }) },
      back: {
        from: 'a',
        to: 'h',
        rule: eprop({ eta: 0.5 }),
        ...made({ ...back, ...(back.delay === 'own' && { gated: false }) }),
      },
      readout: { from: 'a', to: 'y', weights: normal({ sd: 0.3 }), rule: rflo({ eta: 0.5 }) },
    },
    axons: { r: { threshold } },
    feedback: {
      h: { from: 'y', to: 'h', weights: normal() },
      a: { from: 'y', to: 'a', weights: normal() },
      r: { from: 'y', to: 'r', weights: normal() },
    },
  });
}

/** What the task plays: nothing, one spike at either end of the trial, few or many, or nothing but spikes. */
const activities = fc.constantFrom('none', 'first', 'last', 0.01, 0.3, 1);
type Activity = typeof activities extends fc.Arbitrary<infer T> ? T : never;

function trialOf(activity: Activity, { seed, x }: Recipe, timesteps: number): Trial {
  const chance = stream(seed, 'spikes', timesteps);
  const isSpike = (t: number, j: number) => {
    if (activity === 'none') return false;
    if (typeof activity === 'number') return chance() < activity;
    return j === seed % x && t === (activity === 'first' ? 0 : timesteps - 1);
  };
  return {
    timesteps,
    // No spike is 0, of either sign.
    input: Float64Array.from({ length: timesteps * x }, (_, k) =>
      isSpike(Math.floor(k / x), k % x) ? 1 : k % 3 === 0 ? -0 : 0,
    ),
    target: Float64Array.from({ length: 2 * timesteps }, (_, k) => Math.cos(k)),
  };
}

describe('spiking circuits have the same bits by actors, which go by events, and by kernels, which do where there are few', () => {
  const runs: readonly (readonly [name: string, how: LearningOptions, evaluation: Evaluation | undefined])[] = [
    ['under schedule trial', { schedule: 'trial', feedback: 'random' }, undefined],
    ['under schedule trial, the axons with a threshold by history, too', { schedule: 'trial', feedback: 'random' }, 'history'], // prettier-ignore
    ['online', { schedule: 'online', feedback: 'random' }, undefined],
  ];

  it.each(runs)('%s', (_name, how, evaluation) => {
    fc.assert(
      fc.property(recipes, activities, fc.integer({ min: 1, max: 40 }), (recipe, activity, timesteps) => {
        const pair = new Pair(build(cook(recipe), recipe.seed, evaluation === undefined ? {} : { evaluation }), how);
        for (const n of [0, 1]) {
          expect(pair.trial(trialOf(activity, recipe, timesteps + n))).toEqual(expect.any(Number));
        }
      }),
      { numRuns: 15 },
    );
  });
});
