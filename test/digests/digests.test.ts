import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/index.ts';
import { drawnIn, onKernels, runsOf, type Case, type Recorded } from './cases.ts';
import { differences, QUANTITIES } from './digest.ts';
import { everyCase, readRecording } from './recording.ts';

beforeAll(loadKernels);

const recording = readRecording();

it('every scenario that is shipped is recorded', () => {
  const shipped = readdirSync('scenarios').flatMap((file) => (file.endsWith('.ts') ? [file.slice(0, -3)] : []));
  expect(Object.keys(recording.scenarios).sort()).toEqual(shipped.sort());
});

it('200 random circuits are recorded', () => {
  expect(Object.values(recording.circuits).flatMap((cases) => Object.keys(cases))).toHaveLength(200);
});

it('what is recorded is what is compared', () => {
  const names = (groups: object) =>
    Object.entries(groups).map(([group, cases]: [string, object]) => [group, Object.keys(cases)]);
  expect(recording.quantities).toEqual(QUANTITIES);
  expect(names(recording.scenarios)).toEqual(names(everyCase.scenarios));
  expect(names(recording.circuits)).toEqual(names(everyCase.circuits));
});

describe.each(['scenarios', 'circuits'] as const)('not a bit has changed of the recorded %s:', (kind) => {
  describe.each(Object.entries(everyCase[kind]))('%s', (group, cases) => {
    // On random circuits kernels run now and then: that they have the actors' bits on any circuit is seen elsewhere.
    const numbered = Object.entries(cases).map(([name, one], k) => ({
      name,
      one,
      both: kind === 'scenarios' || k % 4 === 0,
    }));
    it.each(numbered)('$name', async ({ name, one, both }) => {
      const changes = await changesOf(one, recording[kind][group][name], both);
      if (changes.length > 0) expect.fail(changes.join('\n'));
    });
  });
});

/** What is not as it was recorded, as `learner on engine: quantity ...`. */
async function changesOf(one: Case, recorded: Recorded, both: boolean): Promise<readonly string[]> {
  const drawn = drawnIn(one);
  // Where something else is drawn, all else differs by that alone.
  if (drawn !== recorded['drawn']) return [`what is drawn is ${drawn}; recorded was ${recorded['drawn']}`];
  const runs = await runsOf(one, both ? 'every engine' : 'one engine');
  const known = new Set(['drawn', ...runs.flatMap(({ learner }) => [learner, onKernels(learner)])]);
  const gone = Object.keys(recorded).filter((learner) => !known.has(learner));
  return [
    ...gone.map((learner) => `${learner} is recorded, and runs no more`),
    ...runs.flatMap(({ learner, engine, outcome }) => {
      const own = engine === 'kernels' && Object.hasOwn(recorded, onKernels(learner)) ? onKernels(learner) : learner;
      if (!Object.hasOwn(recorded, own)) return [`${learner} on ${engine} is not recorded`];
      return differences(outcome, recorded[own]).map((difference) => `${learner} on ${engine}: ${difference}`);
    }),
  ];
}
