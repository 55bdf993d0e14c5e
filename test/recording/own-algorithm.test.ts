import { join } from 'node:path';
import { lastValueFrom, takeWhile } from 'rxjs';
import { beforeAll, expect, it } from 'vitest';
import { readRun, readSummary, recordRun } from '../../src/recording/index.ts';
import { renderReport } from '../../src/report/index.ts';
import { loadEngines, type PlanOverrides } from '../../src/training/index.ts';
import perturbed from '../support/perturbation.ts';
import { bytesOf, complaint, scratch } from './sample.ts';

const plan = (overrides: PlanOverrides = {}) => perturbed.plan({ usualEngine: 'kernels', ...overrides });
const scenario = 'perturbation.ts';

beforeAll(() => loadEngines([{ engine: 'kernels' }]));

it('an algorithm of one’s own is in the summary, in the certificates and in the report', async () => {
  const directory = join(scratch(), 'run');
  await lastValueFrom(recordRun(plan({ engine: 'kernels' }), { directory, scenario }).events$);
  const { learners, certificates } = readSummary(join(directory, 'summary.json'));
  expect(learners.map(({ learner, engine }) => [learner, engine])).toEqual([
    ['rflo', 'kernels'],
    ['bptt', 'kernels'],
    ['perturbation', 'perturbation'],
    ['rtrl-online', 'kernels'],
  ]);
  expect(learners[2]).toMatchObject({
    ...{ algorithm: 'perturbation', title: 'weight perturbation', settings: { size: 1e-4 } },
    ...{ exact: false, kernels: false, trials: 10, error: null },
  });
  expect(learners[2].lastLoss).toBe(readRun(directory).learners[2].trials.loss.at(-1));
  expect(certificates.map((each) => each.class)).toMatchObject({ 1: 'acausal', 2: 'not certified' });
  const { html } = renderReport(readRun(directory));
  expect(html).toContain('<p>perturbation: weight perturbation has no kernels and runs in the plain solver.</p>');
  expect(html).toContain('<th scope="row">perturbation</th><td>not certified</td>');
});

it('its run is resumed to the same bytes, and not with other settings', async () => {
  const [whole, stopped] = ['whole', 'stopped'].map((name) => join(scratch(), name));
  await lastValueFrom(recordRun(plan(), { directory: whole, scenario }).events$);
  const run = recordRun(plan(), { directory: stopped, scenario });
  const middle = (event: object) =>
    'learner' in event &&
    (event.learner as { name: string }).name === 'perturbation' &&
    'event' in event &&
    (event.event as { trial?: number }).trial === 4;
  await lastValueFrom(run.events$.pipe(takeWhile((event) => !middle(event), true)));
  const again = { directory: stopped, scenario, resume: true };
  const { learners } = plan({ settings: { size: 2e-4 } });
  expect(complaint(() => recordRun({ ...plan(), learners }, again))).toMatch(
    /: learner perturbation: .*resume with the same/,
  );
  await lastValueFrom(recordRun(plan(), again).events$);
  const recording = (directory: string) => bytesOf(join(directory, 'recording.msgpack'));
  expect(recording(stopped).equals(recording(whole))).toBe(true);
});
