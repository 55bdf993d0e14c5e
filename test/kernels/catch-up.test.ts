import { beforeAll, describe, expect, it } from 'vitest';
import { local } from '../../src/algorithms/index.ts';
import { build, circuit, type LearningOptions } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { learnerOf } from '../../src/kernels/learners.ts';
import { alif, input, leakyReadout, lif } from '../../src/neurons/index.ts';
import { adam } from '../../src/optimisers/index.ts';
import { normal, stream } from '../../src/random/index.ts';
import { eprop, plasticityRule, rflo } from '../../src/rules/index.ts';
import { Pair } from '../support/agreement.ts';

beforeAll(loadKernels);

/** Falls by itself, whether or not something arrives. */
const decaying = plasticityRule({
  name: 'decaying',
  params: { eta: 0.1 },
  state: { p: 0 },
  trace: ({ p, pre }) => ({ p: 0.8 * p + pre.out }),
  change: ({ p, w, post, eta }) => eta * (post.signal * p - 0.3 * w),
});

const definition = (eta: number) =>
  circuit({
    neurons: {
      x: input(20),
      h: lif(21, { theta: 0.4, refractory: 2 }),
      a: alif(17, { theta: 0.3 }),
      y: leakyReadout(2),
    },
    synapses: {
      now: { from: 'x', to: 'h', weights: normal({ sd: 0.3 }), rule: eprop({ eta }) },
      late: {
        from: 'x',
        to: 'h',
        weights: normal({ sd: 0.2 }),
        delay: 3,
        rule: decaying(),
        gate: { from: 'h', neuron: 1 },
      },
      up: { from: 'h', to: 'a', weights: normal({ sd: 0.4 }), rule: eprop(), bounds: [-0.5, 0.5], plastic: 0.6 },
      loop: { from: 'a', to: 'h', weights: normal({ sd: 0.3 }), delay: 1, rule: eprop(), optimiser: adam() },
      side: { from: 'a', to: 'y', weights: normal({ sd: 0.3 }) },
      readout: { from: 'h', to: 'y', weights: normal({ sd: 0.3 }), rule: rflo() },
    },
    feedback: { h: { from: 'y', to: 'h', weights: normal() }, a: { from: 'y', to: 'a', weights: normal() } },
  });
const how: LearningOptions = { schedule: 'online', feedback: 'random' };

function trialOf(timesteps: number, activity: number) {
  const chance = stream(1, 'catching up', timesteps, activity);
  return {
    timesteps,
    input: Float64Array.from({ length: 20 * timesteps }, () => (chance() < activity ? 1 : 0)),
    target: Float64Array.from({ length: 2 * timesteps }, (_, k) => Math.cos(k)),
  };
}

describe('online, synapses that lag behind until their axon brings something', () => {
  const built = build(definition(1), 3);

  it.each([0, 0.03, 0.3, 1])('have every bit of those that do not, at an activity of %d', (activity) => {
    const pair = new Pair(built, how);
    for (const timesteps of [70, 1]) expect(pair.trial(trialOf(timesteps, activity))).toEqual(expect.any(Number));
    pair.watchedTrial(trialOf(5, activity));
  });

  it('are those of all groups whose axons may be silent, unless feedback follows their weights', () => {
    const lagging = (feedback: 'random' | 'symmetric') => {
      const { timestep, plasticity } = learnerOf(built, local(), { ...how, feedback });
      return timestep.steps.flatMap((step) => (step.do === 'learn' && plasticity(step)?.lags ? [step.group.name] : []));
    };
    expect(lagging('random').sort()).toEqual(['late', 'loop', 'now', 'readout', 'up']);
    expect(lagging('symmetric')).not.toContain('readout');
  });

  it('fail where and when those do that do not, and the trial before it is forgotten', () => {
    const pair = new Pair(build(definition(1e308), 3), how);
    const { target, ...trial } = trialOf(60, 0.1);
    const outcome = pair.trial({ ...trial, target: target.map((value) => 1e6 * value) });
    expect(outcome).toHaveProperty('actor', expect.stringMatching(/^synapse now/));
    const engine = new KernelEngine(built, { ...how, algorithm: local() });
    expect(engine.trial(trialOf(60, 0.1))).toBe(
      new KernelEngine(built, { ...how, algorithm: local() }).trial(trialOf(60, 0.1)),
    );
  });
});
