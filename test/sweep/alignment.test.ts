import { lastValueFrom, tap, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { alignment } from '../../src/sweep/index.ts';

const SCENARIO = new URL('../../scenarios/marschall2020-alignment.ts', import.meta.url);
const small = { scenario: SCENARIO, settings: { units: 3 }, trials: 1, seeds: 1, repeats: 2, workers: 1 };

it('counts what learners cost, one by one, before any seed begins: what is left is then that of the seeds alone', async () => {
  const events = await lastValueFrom(alignment({ ...small, learners: ['RTRL', 'UORO', 'RFLO'] }).pipe(toArray()));
  const counted = events.flatMap((event) => (event.type === 'counted' ? [event] : []));
  expect(counted).toEqual([0, 1, 2, 3].map((done) => ({ type: 'counted', done, total: 3 })));
  const [begun, ...after] = events.slice(counted.length);
  expect(begun).toEqual({ type: 'begun', total: 1 });
  const last = after.at(-1);
  expect(after.slice(0, -1).every(({ type }) => type === 'progress')).toBe(true);
  expect(last?.type === 'done' && last.alignment.learners.map(({ name, operations }) => [name, operations !== null])).toEqual([
    ['RTRL', true],
    ['UORO', true],
    ['RFLO', true],
  ]); // prettier-ignore
});

it('says that learners cannot run side by side before it counts anything', async () => {
  const seen: string[] = [];
  const events$ = alignment({ ...small, learners: ['RTRL', 'bptt'] }).pipe(tap(({ type }) => seen.push(type)));
  await expect(lastValueFrom(events$)).rejects.toThrow(/estimates nothing before the end of a trial/);
  expect(seen).toEqual([]);
});
