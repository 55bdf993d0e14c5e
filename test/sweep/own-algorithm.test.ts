import { fileURLToPath } from 'node:url';
import { lastValueFrom, toArray } from 'rxjs';
import { beforeAll, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/index.ts';
import { sessionOptions, type Settings } from '../../src/training/index.ts';
import { batch, sweep } from '../support/built.ts';
import perturbed, { perturbation } from '../support/perturbation.ts';
import { endOf, eventsOf } from '../support/sessions.ts';
import { bytes } from '../support/weights.ts';
import { scratch } from '../recording/sample.ts';

const SCENARIO = fileURLToPath(new URL('../support/perturbation.ts', import.meta.url));

beforeAll(loadKernels);

/** As a script without types may call it. */
const untyped = (value: unknown) => value as never;

it('a worker finds an algorithm of one’s own by its name, and gives the bits that it has alone', async () => {
  const [realization] = await lastValueFrom(
    batch({ scenario: SCENARIO, seeds: [3], learner: 'perturbation', trials: 4 }).pipe(toArray()),
  );
  const plan = perturbed.plan({ learners: ['perturbation'], seed: 3, trials: 4 });
  const alone = endOf(await eventsOf(sessionOptions(plan, plan.learners[0])));
  if (realization.reason === 'failed') throw new Error(realization.error);
  expect(realization.learner).toBe('perturbation');
  expect(bytes(realization.weights)).toBe(bytes(alone.state.weights));
});

it('a sweep ranges over it by name', async () => {
  const grid = { learner: ['rflo', 'perturbation'], size: [1e-4, 1e-3] };
  const { length, [length - 1]: last } = await lastValueFrom(
    sweep({ scenario: SCENARIO, grid, seeds: 1, trials: 2, directory: `${scratch()}/sweep` }).pipe(toArray()),
  );
  if (last.type !== 'done') throw new Error('the sweep did not end');
  expect(last.data.cells.map(({ learner, realizations }) => [learner, realizations[0]?.ended])).toEqual([
    ['rflo', 'trials'],
    ['rflo', 'trials'],
    ['perturbation', 'trials'],
    ['perturbation', 'trials'],
  ]);
});

it('the value itself is refused: no thread can be sent a function', async () => {
  const value = untyped(perturbation());
  expect(() => batch({ scenario: SCENARIO, seeds: [1], learner: value })).toThrow(
    /^learner: expected a name, got .*a learner cannot be sent to a thread; put it into the scenario's compare/,
  );
  const grid: Readonly<Record<string, Settings[string][]>> = { learner: [value] };
  await expect(
    lastValueFrom(sweep({ scenario: SCENARIO, grid, seeds: 1, directory: `${scratch()}/refused` })),
  ).rejects.toThrow(/^grid learner: expected text, got /);
});
