import { expect, it } from 'vitest';
import { workplace } from '../cli/command.ts';
import { contest } from './rivals.ts';

/** `KILLS=20 npx vitest run test/hostile/rivals.test.ts` has more. */
const KILLS = Number(process.env['KILLS'] ?? 3);

it('of two processes on one run directory the second is refused, whichever is killed and when, and nothing is lost', async () => {
  const { directory, remove } = workplace();
  try {
    const { refusals, killed, sameBytes, left, right } = await contest(directory, KILLS, {
      trials: KILLS > 3 ? 300_000 : 2000,
    });
    process.stderr.write(`${JSON.stringify({ killed, refused: refusals.length })}\n`);
    for (const refusal of refusals) expect(refusal).toMatch(/^2 rxflo: .*lock\.\d+: process \d+ is at work here/);
    expect(sameBytes).toBe(true);
    expect(left).toEqual(right);
  } finally {
    remove();
  }
});
