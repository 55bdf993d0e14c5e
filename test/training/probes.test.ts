import { describe, expect, it } from 'vitest';
import { build, circuit, mask } from '../../src/circuit/index.ts';
import { linear } from '../../src/neurons/index.ts';
import { constant } from '../../src/random/index.ts';
import { delta, kolenPollackFeedback } from '../../src/rules/index.ts';
import { observe, openSession, type Probe, type SessionOptions } from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { noise, threeMatrices } from '../support/networks.ts';
import { endOf, eventsOf, ofType, trialsOf } from '../support/sessions.ts';
import { bytes } from '../support/weights.ts';

const options: SessionOptions = { circuit: threeMatrices(), task: noise(6), trials: 4 };

/** The readings of one probe: 'trial timestep', and what was read. */
async function readings(probe: Probe, more: Partial<SessionOptions> = {}) {
  const events = ofType(await eventsOf({ ...options, ...more, probes: { it: probe } }), 'probe');
  return events.map(({ trial, timestep, values }) => ({ when: `${trial} ${timestep ?? 'end'}`, values: [...values] }));
}
const whens = async (probe: Probe) => (await readings(probe)).map(({ when }) => when);

describe('a probe reads', () => {
  it('once a trial, at its end', async () => {
    expect(await whens({ neurons: 'h', value: 'rate' })).toEqual(['1 end', '2 end', '3 end', '4 end']);
  });

  it('and nothing calls at the timesteps of a trial in which none reads', async () => {
    const session = openSession({
      ...options,
      probes: {
        some: { neurons: 'h', value: 'rate', everyTimesteps: 3, everyTrials: 2 },
        late: { neurons: 'h', value: 'rate', everyTimesteps: 7 },
        end: { neurons: 'h', value: 'rate' },
      },
    });
    const { engine } = session;
    const trial = engine.trial.bind(engine);
    const watched: boolean[] = [];
    engine.trial = (played, how) => {
      watched.push(how?.onTimestep !== undefined);
      return trial(played, how);
    };
    const events = await eventsOf(session);
    expect(watched).toEqual([false, true, false, true]);
    expect(ofType(events, 'probe').filter(({ probe }) => probe === 'some')).toHaveLength(4);
  });

  it('every so many timesteps, in every so many trials', async () => {
    const probe = { neurons: 'h', value: 'rate' } as const;
    expect(await whens({ ...probe, everyTimesteps: 4 })).toEqual(['1 4', '2 4', '3 4', '4 4']);
    expect(await whens({ ...probe, everyTimesteps: 2, everyTrials: 2 })).toEqual([
      '2 2',
      '2 4',
      '2 6',
      '4 2',
      '4 4',
      '4 6',
    ]);
    expect(await whens({ ...probe, everyTrials: 3 })).toEqual(['3 end']);
    expect(await whens({ ...probe, everyTimesteps: 7 })).toEqual([]);
  });

  it.each(['rflo', 'bptt', 'rtrl'] as const)(
    'the rates and errors that there were, with learner %s',
    async (learner) => {
      const session = openSession(options);
      const rates = observe(session.engine, session.trialOf(1));
      const read = await readings({ neurons: 'h', value: 'rate', everyTimesteps: 1 }, { learner, trials: 1 });
      expect(read.flatMap(({ values }) => values)).toEqual([...(rates.get('h') ?? [])]);
      const errors = await readings({ error: 'y', everyTimesteps: 1 }, { learner, trials: 1 });
      const { target } = session.trialOf(1);
      expect(errors.flatMap(({ values }) => values)).toEqual([...(rates.get('y') ?? [])].map((y, k) => target[k] - y));
    },
  );

  it('the weights at the end of a trial, its changes applied, with every learner', async () => {
    for (const learner of ['rflo', 'bptt', 'rtrl'] as const) {
      const probes = { w: { synapses: 'readout', value: 'weight' } } as const;
      const events = await eventsOf({ ...options, learner, probes });
      const weights = ofType(events, 'probe').map(({ values }) => values);
      expect(weights.at(-1)).toEqual(endOf(events).state.weights['readout']);
      expect(new Set(weights.map((each) => each.join())).size).toBe(4);
    }
  });

  it("a rule's own state, and what only actors publish", async () => {
    const read = (probe: Probe) => readings(probe, { trials: 1 });
    const traces = await read({ synapses: 'recurrent', value: 'p', everyTimesteps: 1 });
    const session = openSession({ ...options, trials: 1 });
    const tapped: (readonly number[])[] = [[], []];
    const [p, l] = tapped.map((list) => list as number[]);
    session.synapse('recurrent', 1, 2).trace$.subscribe((trace) => p.push(trace['p']));
    session.neuron('h', 3).signal$.subscribe((signal) => l.push(signal));
    await eventsOf(session);
    expect(traces.map(({ values }) => values[1 * 4 + 2])).toEqual(p);
    const signals = await read({ neurons: 'h', value: 'signal', everyTimesteps: 1 });
    expect(signals.map(({ values }) => values[3])).toEqual(l);
  });

  it('only the neurons and synapses it is told to, in the order it is told', async () => {
    const all = await readings({ neurons: 'h', value: 'rate' });
    const some = await readings({ neurons: 'h', value: 'rate', only: [3, 0] });
    expect(some.map(({ values }) => values)).toEqual(all.map(({ values }) => [values[3], values[0]]));

    const weights = await readings({ synapses: 'input', value: 'weight' });
    const two = await readings({
      ...{ synapses: 'input', value: 'weight' },
      only: [
        [2, 1],
        [0, 0],
      ],
    });
    expect(two.map(({ values }) => values)).toEqual(weights.map(({ values }) => [values[2 * 2 + 1], values[0]]));
  });

  it('without changing a bit of the result', async () => {
    const probes = {
      a: { synapses: 'recurrent', value: 'p', everyTimesteps: 1 },
      b: { neurons: 'h', value: 'potential', everyTimesteps: 2 },
      c: { error: 'y' },
    } as const;
    const [plain, probed] = await Promise.all([eventsOf(options), eventsOf({ ...options, probes })]);
    expect(trialsOf(probed)).toEqual(trialsOf(plain));
    expect(bytes(endOf(probed).state.weights)).toBe(bytes(endOf(plain).state.weights));
  });
});

describe('a probe that cannot read', () => {
  const sparse = circuit({
    neurons: { h: linear(2), y: linear(2) },
    synapses: {
      out: {
        from: 'h',
        to: 'y',
        weights: constant(1),
        rule: delta(),
        connect: mask([
          [1, 0],
          [0, 1],
        ]),
      },
    },
  });
  const silent = {
    ...noise(),
    trial: () => ({ timesteps: 1, input: new Float64Array(0), target: new Float64Array(2) }),
  };
  expect(build(sparse, 1).groups[0].pre).toHaveLength(2);

  it.each<[Probe, string]>([
    [{ neurons: 'z', value: 'rate' }, "probes.it: neurons: unknown population 'z'; expected 'h' or 'y'"],
    [{ neurons: 'h', value: 'mood' }, "probes.it: neurons 'h': do not publish 'mood'"],
    [{ synapses: 'none', value: 'weight' }, "probes.it: synapses: unknown group 'none'"],
    [{ synapses: 'out', value: 'p' }, "probes.it: synapses 'out': do not publish 'p'"],
    [{ error: 'h' }, "probes.it: error: unknown output 'h'"],
    [{ neurons: 'h', value: 'rate', only: [0, 2] }, 'probes.it.only[1]: expected a neuron, numbered 0 to 1, got 2'],
    [{ neurons: 'h', value: 'rate', only: [-1] }, 'probes.it.only[0]: expected a neuron, numbered 0 to 1, got -1'],
    [
      {
        synapses: 'out',
        value: 'weight',
        only: [
          [0, 0],
          [0, 1],
        ],
      },
      'probes.it.only[1]: there is no synapse onto neuron 0 from neuron 1',
    ],
    [{ synapses: 'out', value: 'weight', only: [[-2, 0]] }, 'there is no synapse onto neuron -2 from neuron 0'],
    [{ synapses: 'out', value: 'weight', only: [[7, 0]] }, 'there is no synapse onto neuron 7 from neuron 0'],
    ...[[3], ['01'], [null], [[0]], [[0, 0, 0]], [[0, 0.5]], [['0', '0']], [{}]].map((only): [Probe, string] => [
      { synapses: 'out', value: 'weight', only: only as never },
      'probes.it.only[0]: expected a pair [post, pre], got ',
    ]),
    ...['1:3', 3, null, {}, true].map((only): [Probe, string] => [
      { neurons: 'h', value: 'rate', only: only as never },
      `probes.it.only: `,
    ]),
    [
      { neurons: 'h', value: 'rate', only: ['0'] as never },
      "probes.it.only[0]: expected a neuron, numbered 0 to 1, got '0'",
    ],
    ...[null, 3, '1:3', [3]].map((probe): [Probe, string] => [probe as never, 'probes.it']),
    [
      { neurons: 'h', value: 'rate', everyTimesteps: 0 },
      'probes.it.everyTimesteps: 0 is not a whole number, 1 or more',
    ],
    [{ neurons: 'h', value: 'rate', everyTrials: 1.5 }, 'probes.it.everyTrials: 1.5 is not a whole number, 1 or more'],
  ])('is refused: %o', (it, message) => {
    expect(refusal(() => openSession({ circuit: sparse, task: silent, probes: { it } }))).toContain(message);
  });

  it.each([null, 3, 'h', [{ neurons: 'h', value: 'rate' }]])('is refused where probes are %o', (probes) => {
    expect(refusal(() => openSession({ ...options, probes: probes as never }))).toMatch(/^probes: /);
  });

  it('may be of some synapses that relearn feedback', async () => {
    const learned = circuit({
      neurons: { h: linear(2), y: linear(2) },
      synapses: { out: { from: 'h', to: 'y', weights: constant(1), rule: delta() } },
      feedback: { e: { from: 'y', to: 'h', weights: [[1, 2], [3, 4]], rule: kolenPollackFeedback() } }, // prettier-ignore
    });
    const session = openSession({
      ...{ circuit: learned, task: silent, trials: 1 },
      probes: { it: { synapses: 'feedback.e', value: 'weight', only: [[1, 0]] } },
    });
    expect(ofType(await eventsOf(session), 'probe')[0].values.length).toBe(1);
  });

  it('is refused for a solver, which has no such thing', () => {
    const probes = { it: { neurons: 'h', value: 'signal' } } as const;
    expect(refusal(() => openSession({ ...options, learner: 'rtrl', probes }))).toContain(
      "probes.it: neurons 'h': do not publish 'signal' under a solver; expected 'rate', 'slope', 'retention' or 'potential'",
    );
  });
});
