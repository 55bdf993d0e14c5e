import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { workplace } from '../cli/command.ts';
import { casesOf, KIND_NAMES, nameOf } from './cases.ts';
import { PEERS, type Command } from './contenders/index.ts';
import { engineLearner } from './peers/engines.ts';
import { learn, type Learned } from './peers/serve.ts';
import { withPeers } from './peers.ts';
import { problemOf } from './problem.ts';
import { checkSame } from './same-learning.ts';

const [UNITS, TIMESTEPS, TRIALS] = [8, 12, 3];
const { directory, remove } = workplace();
afterAll(remove);

/** The same small problem for every algorithm, as a file, and what rxflo learns in it. */
const problems = await Promise.all(
  casesOf(KIND_NAMES, [UNITS]).map(async (problem) => {
    const content = problemOf(problem, TIMESTEPS);
    const file = join(directory, `${nameOf(problem)}.json`);
    writeFileSync(file, JSON.stringify(content));
    const { learner } = await engineLearner(problem.algorithm === 'rflo' ? 'actors' : 'solvers', file);
    const { loss } = learn(learner, TRIALS);
    const expected: Learned = { loss: [...loss], ...learner.weights() };
    return { problem, content, file, expected };
  }),
);

describe.concurrent.each(PEERS.map((peer) => ({ ...peer, command: peer.prepare(directory), peer })))(
  '$name',
  ({ peer, command }) => {
    const absent = typeof command === 'string';
    if (absent) console.warn(`skipped: ${peer.name}: ${command}`);
    const taken = problems.filter(({ problem }) => peer.leftOut(problem) === null);

    it.skipIf(absent).each(taken.map((one) => ({ ...one, name: nameOf(one.problem) })))(
      '$name: learns what rxflo learns, each time from the beginning',
      async ({ content, file, expected }) => {
        if (absent) return;
        await withPeers([{ contender: peer, command }], file, async ([{ process }]) => {
          expect(await process.run(2)).toBeGreaterThan(0);
          checkSame(peer, await process.learn(TRIALS), expected, 'rxflo', content);
        });
      },
    );
  },
);

describe('a peer that fails', () => {
  const [{ file }] = problems;
  const start = (program: string, ...args: readonly string[]): Promise<number> => {
    const command: Command = { program, args };
    return withPeers([{ contender: PEERS[0], command }], file, ([{ process }]) => process.run(1));
  };
  const node = (script: string): Promise<number> => start(process.execPath, '-e', script);

  it('tells with its own words why, if it does not start', async () => {
    await expect(node('console.error("no such luck"); process.exit(3)')).rejects.toThrow(
      'cpp ended (exit code 3): no such luck',
    );
    await expect(start('no-such-program')).rejects.toThrow('spawn no-such-program ENOENT');
  });

  it('tells it too if it ends at work, or says what is no answer', async () => {
    const ready = `console.log('{"versions":{}}');`;
    const dies = 'process.stdin.once("data", () => process.exit(1))';
    await expect(node(ready + dies)).rejects.toThrow('cpp ended (exit code 1)');
    const talks = 'process.stdin.once("data", () => console.log("soon"))';
    await expect(node(ready + talks)).rejects.toThrow('cpp gave an answer that is none: soon');
  });
});
