import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { circuit } from '../../src/circuit/index.ts';
import { alif, input, leakyReadout } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { exportRun, isMeasure, readRun, recordRun } from '../../src/recording/index.ts';
import { renderReport } from '../../src/report/index.ts';
import { eprop, overTrials, rflo } from '../../src/rules/index.ts';
import { loadEngines, openSession, scenario, type Probe, type SessionOptions } from '../../src/training/index.ts';
import { complaint, scratch } from '../recording/sample.ts';
import { eventsOf, endOf, ofType } from '../support/sessions.ts';
import { bytes } from '../support/weights.ts';
import { malformation } from '../report/well-formed.ts';

beforeAll(() => loadEngines([{ engine: 'kernels' }]));

const T = 30;
/** It has no number in a trial 0. */
const falling = overTrials(0.5, ({ start, trial }) => start / trial);

const network = () =>
  circuit({
    neurons: { x: input(3), h: alif(5, { theta: 0.4, beta: 0.1 }), y: leakyReadout(1) },
    synapses: {
      input: { from: 'x', to: 'h', weights: normal({ sd: 0.8 }), rule: eprop({ eta: 0.5 }) },
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.5 }), rule: eprop({ eta: 0.5 }) },
      readout: { from: 'h', to: 'y', weights: normal(), rule: rflo({ eta: 0.5 }) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });

const task: SessionOptions['task'] = {
  ...{ name: 'spikes', inputs: 3, outputs: 1, settings: {} },
  trial: (_, random) => ({
    ...{ timesteps: T, input: Float64Array.from({ length: 3 * T }, () => (random() < 0.3 ? 1 : 0)) },
    target: Float64Array.from({ length: T }, () => random() - 0.5),
  }),
};

const probes = {
  'voltage: v': { neurons: 'h', value: 'v', only: [4], shown: true },
  'voltage: threshold': { neurons: 'h', value: 'threshold', only: [4], shown: true },
  signal: { neurons: 'h', value: 'signal', shown: true },
  eligibility: { synapses: 'recurrent', value: 'm', shown: true },
} as const satisfies Readonly<Record<string, Probe>>;

const options: SessionOptions = { circuit: network(), task, trials: 3 };

describe('probes that are shown', () => {
  it.each(['actors', 'kernels'] as const)('read one trial, by traces, and change nothing: %s', async (engine) => {
    const learner = { engine, evaluation: 'history' } as const;
    const [plain, looked] = [{}, probes].map((given) => openSession({ ...options, learner, probes: given }));
    const trial = looked.trialOf(1);
    const before = looked.shown?.read(trial);
    const shapes = [...(before ?? [])].map(([name, { shape }]) => [name, shape]);
    expect(shapes).toEqual([
      ['voltage: v', [T, 1]],
      ['voltage: threshold', [T, 1]],
      ['signal', [T, 5]],
      ['eligibility', [T, 25]],
    ]);
    // The same numbers as a session by traces reads while it learns from its first trial.
    const traced = await eventsOf({
      ...options,
      ...{ trials: 1, learner: { engine, evaluation: 'trace' } },
      probes: { e: { synapses: 'recurrent', value: 'm', everyTimesteps: 1 } },
    });
    expect(ofType(traced, 'probe').flatMap(({ values }) => [...values])).toEqual([
      ...(before?.get('eligibility')?.values ?? []),
    ]);
    expect(before?.get('eligibility')?.values.some((value) => value !== 0)).toBe(true);
    expect(looked.shown?.read(trial)).toEqual(before);
    const [one, other] = [await eventsOf(plain), await eventsOf(looked)];
    expect(bytes(endOf(other).state.weights)).toBe(bytes(endOf(one).state.weights));
    expect(ofType(other, 'probe')).toEqual([]);
    expect(looked.shown?.read(trial)).not.toEqual(before);
  });

  it('are refused where they ask for what is not there, and a solver passes over what it does not have', () => {
    const open = (probe: object, learner = 'local') =>
      openSession({ ...options, learner, probes: { it: probe } as Readonly<Record<string, Probe>> });
    const right = { neurons: 'h', value: 'signal', shown: true };
    expect(complaint(() => open({ ...right, value: 'signall' }))).toMatch(/^probes\.it: .*'signall'/);
    expect(complaint(() => open({ ...right, shown: 'yes' }))).toMatch(/^probes\.it\.shown: expected true, got 'yes'/);
    expect(complaint(() => open({ ...right, everyTimesteps: 2 }))).toMatch(/^probes\.it\.everyTimesteps: /);
    const solver = open(right, 'bptt');
    expect(solver.shown?.read(solver.trialOf(1)).size).toBe(0);
    // But what no learner has is refused, as by the circuit's own rules.
    for (const wrong of [{ neurons: 'hh' }, { value: 'signall' }, { only: [5] }]) {
      const [own, other] = ['local', 'bptt'].map((learner) => complaint(() => open({ ...right, ...wrong }, learner)));
      expect(own).toMatch(/^probes\.it/);
      expect(other).toBe(own);
    }
    const state = { synapses: 'recurrent', value: 'of the rule of another learner', shown: true };
    expect(open(state, 'bptt').shown).not.toBeNull();
    expect(complaint(() => open({ ...state, synapses: 'recurent' }, 'bptt'))).toMatch(
      /^probes\.it: .*unknown group 'recurent'/,
    );
  });

  it.each([
    ['actors', 'local'],
    ['kernels', 'local'],
    ['kernels', 'bptt'],
  ] as const)(
    'show tunable parameters as they are now, and follow no trial of the session: %s, %s',
    (engine, learner) => {
      const { neurons, ...rest } = network();
      const tuned = circuit<string, string, string>({
        ...{
          feedback: rest.feedback,
          neurons: { ...neurons, h: alif(5, { theta: 0.4, beta: 0.1, tunable: ['theta'] }) },
        },
        synapses: { ...rest.synapses, readout: { ...rest.synapses['readout'], rule: rflo({ eta: falling }) } },
      });
      const voltage = { neurons: 'h', value: 'threshold', shown: true } as const;
      const session = openSession({ ...options, circuit: tuned, learner: { learner, engine }, probes: { voltage } });
      const read = () => session.shown?.read(session.trialOf(1)).get('voltage')?.values[0];
      expect(read()).toBeCloseTo(0.4, 1);
      session.tune('neurons.h', { theta: 5 });
      expect(read()).toBeCloseTo(5, 1);
    },
  );

  it('and spikes are recorded, exported and drawn', async () => {
    const plan = scenario({
      ...{ title: 'Spikes', circuit: network, task: () => task, trials: 3, probes },
      compare: [{ name: 'e-prop', learner: 'local', evaluation: 'history' }, 'bptt'],
    }).plan({ engine: 'kernels' });
    const directory = join(scratch(), 'run');
    await lastValueFrom(recordRun(plan, { directory, scenario: 'spikes.ts' }).events$);
    const run = readRun(directory, isMeasure);
    expect(run.learners.map(({ shown }) => [shown.before.size, shown.after.size])).toEqual([
      [4, 4],
      [2, 2],
    ]);
    const { html, figures } = renderReport(run);
    const drawn = ['spikes', 'shown-voltage', 'shown-signal', 'shown-eligibility'];
    for (const name of drawn) expect(malformation(figures[name]), name).toBeNull();
    expect(Object.keys(figures).filter((name) => ['rates', 'activity'].includes(name))).toEqual([]);
    // A stroke for every spike: the inputs are drawn once, h before learning and after each learner.
    const spikesOf = (learner: number, when: 'before' | 'after', name: string) =>
      run.learners[learner].activity[when].get(name)?.rates.reduce((sum, spike) => sum + spike, 0) ?? NaN;
    const spikes =
      spikesOf(0, 'before', 'x') + spikesOf(0, 'before', 'h') + spikesOf(0, 'after', 'h') + spikesOf(1, 'after', 'h');
    expect(figures['spikes'].match(/M[\d.]+ [\d.]+v/g)).toHaveLength(spikes);
    expect(figures['shown-voltage']).toContain('threshold of neuron 4');
    expect(html).toContain('‘m’ of the synapses recurrent');

    const summary = run.summary && {
      ...run.summary,
      circuit: {
        ...run.summary.circuit,
        populations: run.summary.circuit.populations.filter(({ name }) => name !== 'h'),
      },
    };
    expect(Object.keys(renderReport({ ...run, summary }).figures), 'pulses given to rate units').not.toContain(
      'spikes',
    );
    const files = exportRun(directory, 'csv', join(scratch(), 'csv'));
    expect(readFileSync(files.find((file) => file.endsWith('shown.csv')) ?? '', 'utf8').split('\n')[0]).toBe(
      'learner,when,probe,timestep,column,value',
    );
  });
});
