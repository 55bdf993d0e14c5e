import { join } from 'node:path';
import { lastValueFrom, takeWhile } from 'rxjs';
import { beforeAll, expect, it } from 'vitest';
import { withRules } from '../../src/circuit/index.ts';
import { readRun, readSummary, recordRun } from '../../src/recording/index.ts';
import { renderReport } from '../../src/report/index.ts';
import { overTrials, plasticityRule, rflo } from '../../src/rules/index.ts';
import { loadEngines, scenario, type PlanOverrides } from '../../src/training/index.ts';
import { noise, threeMatrices } from '../support/networks.ts';
import { bytesOf, complaint, scratch } from './sample.ts';

const hebb = plasticityRule({
  name: 'hebb',
  params: { eta: 0.2 },
  change: ({ pre, post, eta }) => eta * post.signal * pre.rate,
});

const twoRules = (rate = 0.2) =>
  scenario({
    title: 'Two rules',
    circuit: () => threeMatrices(),
    task: () => noise(4),
    trials: 6,
    compare: ['rflo', { rules: { recurrent: hebb({ eta: rate }) } }],
  });
const plan = (overrides: PlanOverrides = {}) => twoRules().plan(overrides);
const both = { engine: ['actors', 'kernels'] } as const;

beforeAll(() => loadEngines([{ engine: 'kernels' }]));

it('a run of two rules says which learner has which, on each engine with the same bits', async () => {
  const directory = join(scratch(), 'run');
  await lastValueFrom(recordRun(plan(both), { directory, scenario: 'two.ts' }).events$);
  const summary = readSummary(join(directory, 'summary.json'));
  const rules = { recurrent: { rule: 'hebb', params: { eta: 0.2 } } };
  expect(summary.learners.map(({ learner, rules: own }) => [learner, own])).toEqual([
    ['rflo', undefined],
    ['rflo-kernels', undefined],
    ['hebb', rules],
    ['hebb-kernels', rules],
  ]);
  expect(summary.comparisons.map(({ learners, same }) => [...learners, same])).toEqual([
    ['rflo', 'rflo-kernels', true],
    ['hebb', 'hebb-kernels', true],
  ]);
  expect(summary.circuit.local.map(({ name }) => name)).toContain('hebb');
  const { html: page } = renderReport(readRun(directory));
  expect(page).toContain('recurrent = hebb');
  expect(page).toContain('recurrent of learner hebb: eta = 0.2');
});

it('a probe that one of several learners has not is refused with its name', () => {
  const probed = scenario({ ...twoRules().definition, probes: { p: { synapses: 'recurrent', value: 'p' } } }).plan();
  expect(complaint(() => recordRun(probed, { directory: join(scratch(), 'run'), scenario: 'two.ts' }))).toContain(
    "learner 'hebb': probes.p: synapses 'recurrent': do not publish 'p'",
  );
});

it('a learning rate that changes over the trials is shown as a formula, and makes two learners', async () => {
  const directory = join(scratch(), 'run');
  const falling = [200, 100].map((trials) => ({
    name: `falling in ${trials}`,
    rules: {
      recurrent: rflo({
        eta:
          trials === 200
            ? overTrials(0.5, ({ start, trial }) => start / (1 + trial / 200))
            : overTrials(0.5, ({ start, trial }) => start / (1 + trial / 100)),
      }),
    },
  }));
  const circuit = withRules(threeMatrices(), {
    readout: rflo({ eta: overTrials(0.1, ({ start, trial }) => (trial <= 3 ? start : 0)) }),
  });
  const definition = { title: 'Falling', circuit: () => circuit, task: () => noise(4), trials: 6 };
  const changing = scenario({ ...definition, compare: falling }).plan();
  await lastValueFrom(recordRun(changing, { directory, scenario: 'falling.ts' }).events$);
  const summary = readSummary(join(directory, 'summary.json'));
  const [first] = summary.learners;
  expect(first.rules).toEqual({
    recurrent: { rule: 'rflo', params: { eta: 'start / (1 + trial / 200), start = 0.5' } },
  });
  expect(summary.circuit.synapses.find(({ name }) => name === 'readout')?.params).toEqual({
    eta: 'start if trial <= 3, else 0, start = 0.1',
  });
  const { html: page } = renderReport(readRun(directory));
  expect(page).toContain('eta = start / (1 + trial / 200), start = 0.5');
});

it('a run of two rules is resumed to the same bytes, and not with another rule', async () => {
  const [whole, stopped] = ['whole', 'stopped'].map((name) => join(scratch(), name));
  await lastValueFrom(recordRun(plan(), { directory: whole, scenario: 'two.ts' }).events$);
  const run = recordRun(plan(), { directory: stopped, scenario: 'two.ts' });
  const second = (event: object) => 'learner' in event && (event.learner as { name: string }).name === 'hebb';
  await lastValueFrom(run.events$.pipe(takeWhile((event) => event.type === 'learner' || !second(event), true)));
  const again = { directory: stopped, scenario: 'two.ts', resume: true };
  expect(complaint(() => recordRun(twoRules(0.3).plan(), again))).toMatch(/: learner hebb: .*resume with the same/);
  await lastValueFrom(recordRun(plan(), again).events$);
  const recording = (directory: string) => bytesOf(join(directory, 'recording.msgpack'));
  expect(recording(stopped).equals(recording(whole))).toBe(true);
});

it('learners that learn different groups have no common gradient alignment', () => {
  const probes = { exact: { gradient: 'alignment' } } as const;
  const wrong = scenario({
    title: 'Different groups',
    circuit: () => withRules(threeMatrices(), { input: rflo({ eta: 0 }) }),
    task: () => noise(4),
    compare: ['rflo', { rules: { input: hebb() } }],
    probes,
  }).plan();
  expect(complaint(() => recordRun(wrong, { directory: join(scratch(), 'run'), scenario: 'x.ts' }))).toMatch(
    /^probes\.exact: 'rflo' and 'hebb' learn different synapse groups/,
  );
});
