import { expect, it } from 'vitest';
import { workplace } from '../cli/command.ts';
import { contest } from './rivals.ts';

/** `npm run kills` has many more; see kills.ts. */
it('of two processes on one run directory the second is refused, whichever is killed and when, and nothing is lost', async () => {
  const { directory, remove } = workplace();
  try {
    const { refusals, sameBytes, left, right } = await contest(directory, 3);
    for (const refusal of refusals) expect(refusal).toMatch(/^2 rxflo: .*lock\.\d+: process \d+ is at work here/);
    expect(sameBytes).toBe(true);
    expect(left).toEqual(right);
  } finally {
    remove();
  }
});
