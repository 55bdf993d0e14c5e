import { beforeAll, describe, expect, it } from 'vitest';
import { gradientAlignment } from '../../src/analysis/index.ts';
import { build, circuit } from '../../src/circuit/index.ts';
import { loadEngines, openSession, type LearnerOptions, type Probe } from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { noise, threeMatrices } from '../support/networks.ts';
import { endOf, eventsOf, ofType, statesOf, trialsOf } from '../support/sessions.ts';
import { bytes } from '../support/weights.ts';

const options = { circuit: threeMatrices(), task: noise(6), trials: 5, checkpointSeconds: 1e-9 } as const;
const probes = { toGradient: { gradient: 'alignment', everyTrials: 2 } } as const;

describe('a probe of gradient alignment', () => {
  beforeAll(() => loadEngines([{ engine: 'kernels' }]));

  const learners: readonly LearnerOptions[] = [
    { learner: 'rflo' },
    { learner: 'rflo', schedule: 'online' },
    { learner: 'rflo', engine: 'kernels' },
    { learner: 'rtrl', schedule: 'online', feedback: 'random' },
    { learner: 'bptt' },
    { learner: 'snap-1' },
  ];

  it.each(learners)('measures what the trial did to the weights, and changes no bit: %o', async (learner) => {
    const plain = await eventsOf({ ...options, learner });
    const probed = await eventsOf({ ...options, learner, probes });
    expect(trialsOf(probed)).toEqual(trialsOf(plain));
    expect(bytes(endOf(probed).state.weights)).toBe(bytes(endOf(plain).state.weights));

    const readings = ofType(probed, 'probe');
    expect(readings.map(({ trial, timestep }) => [trial, timestep])).toEqual([
      [2, null],
      [4, null],
    ]);
    const states = statesOf(probed);
    const session = openSession(options);
    for (const { trial, values } of readings) {
      const [before, after] = [states[trial - 2].weights, states[trial - 1].weights];
      const { all, groups } = gradientAlignment(build(options.circuit, 1), {
        trial: session.trialOf(trial),
        before,
        after,
      });
      expect([...values]).toEqual([all, ...Object.values(groups)]);
      if (learner.learner === 'bptt') expect(Math.min(...values)).toBeGreaterThan(1 - 1e-9);
      else expect(values[0]).toBeLessThan(1 - 1e-6);
    }
  });

  it('reads the same in a session that goes on', async () => {
    const whole = await eventsOf({ ...options, probes });
    const resumed = await eventsOf({ ...options, probes, resume: statesOf(whole)[2] });
    expect(ofType(resumed, 'probe')).toEqual(ofType(whole, 'probe').slice(1));
  });

  it('stands beside other probes', async () => {
    const rates = { neurons: 'h', value: 'rate', everyTimesteps: 3, everyTrials: 2 } as const;
    const both = ofType(await eventsOf({ ...options, probes: { ...probes, rates } }), 'probe');
    const alone = ofType(await eventsOf({ ...options, probes }), 'probe');
    expect(both.filter(({ probe }) => probe === 'toGradient')).toEqual(alone);
    expect(both).toHaveLength(alone.length + 4);
  });

  it('is refused where what axons send has no derivative', () => {
    const { neurons, synapses, feedback } = threeMatrices();
    const coarse = circuit<string, string, string>({ neurons, synapses, feedback, axons: { h: { bits: 4 } } });
    expect(refusal(() => openSession({ ...options, circuit: coarse, probes }))).toContain('axons.h.bits: ');
  });

  it.each<[string, string]>([
    ['{ "gradient": "alignement" }', "probes.it.gradient: expected 'alignment', got 'alignement'"],
    [
      '{ "gradient": "alignment", "everyTimesteps": 2 }',
      'probes.it.everyTimesteps: unknown field; expected one of gradient, everyTrials',
    ],
    ['{ "gradient": "alignment", "everyTrials": 0 }', 'probes.it.everyTrials: 0 is not a whole number, 1 or more'],
    ['{ "gradient": "alignment", "neurons": "h" }', 'probes.it.neurons: unknown field'],
    ['null', 'probes.it: expected { neurons, synapses, error, global, value, only, everyTimesteps,'],
  ])('is refused: %s', (text, message) => {
    expect(refusal(() => openSession({ ...options, probes: { it: JSON.parse(text) as Probe } }))).toContain(message);
  });
});
