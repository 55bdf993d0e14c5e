import { expect, it } from 'vitest';
import { unreadProbes } from '../../src/cli/unread-probes.ts';
import type { LearnerData, RunData } from '../../src/recording/index.ts';
import type { Probe } from '../../src/training/index.ts';

const nothing = new Float64Array(0);
const learner = (...read: readonly string[]): LearnerData => ({
  name: 'rflo',
  trials: { trial: Float64Array.of(1, 2, 3, 4), loss: nothing, alignment: nothing },
  read,
  probes: new Map(),
  weights: { before: new Map(), after: new Map() },
  shown: { before: new Map(), after: new Map() },
  activity: { before: new Map(), after: new Map() },
  scores: null,
  finished: null,
});
const run = (...learners: readonly LearnerData[]): RunData => ({
  ...{ directory: '', summary: null, torn: false, learners },
  header: { kind: 'header', format: 'rxflo-recording/1', title: '', seed: 1, learners: [] },
});
const probes: Readonly<Record<string, Probe>> = {
  late: { neurons: 'h', value: 'rate', everyTimesteps: 50 },
  rare: { gradient: 'alignment', everyTrials: 10 },
  end: { neurons: 'h', value: 'rate' },
};

it('a probe that no learner has read is named, with why', () => {
  const [late, rare, ...others] = unreadProbes({ probes }, run(learner(), learner('end')));
  expect(late).toContain("'late' has read nothing: everyTimesteps is 50");
  expect(rare).toContain("'rare' has read nothing: everyTrials is 10, but only 4 trials ran");
  expect(others).toEqual([]);
  expect(unreadProbes({ probes }, run(learner('late'), learner('rare', 'end')))).toEqual([]);
});
