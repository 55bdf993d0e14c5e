import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProblemFile } from '../../src/recording/problem-schema.ts';
import { nameOf, type Case } from './cases.ts';
import { KERNELS, PLAIN } from './contenders/index.ts';
import { withPeers, type Peer, type Prepared } from './peers.ts';
import { problemOf } from './problem.ts';
import type { Progress } from './progress.ts';
import { contenderResults, measured, type CaseResult } from './result.ts';
import { checkSame, difference } from './same-learning.ts';
import { takeTurns, type Measure } from './turns.ts';

/** Up to this N everyone is compared with the actors, or the plain solvers; beyond, with the kernels, which are faster. */
const PLAIN_UNITS = 200;

/** How many trials everyone learns to be compared, up to that N and beyond. */
const [CHECKED, CHECKED_BEYOND] = [5, 2];

/** What a case came to, and what its contenders said they calculate with. */
export interface CaseOutcome {
  readonly result: CaseResult;
  readonly versions: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/**
 * One case: all who take it start, are checked to learn the same, and then take turns.
 *
 * @param folder Where the problem file is written.
 * @throws Error if a contender fails, or learns something else.
 */
export async function runCase(
  problem: Case,
  everyone: readonly Prepared[],
  measure: Measure,
  folder: string,
  progress: Progress,
): Promise<CaseOutcome> {
  progress.case(nameOf(problem));
  progress.doing('starting');
  const content = problemOf(problem);
  const file = join(folder, 'problem.json');
  writeFileSync(file, JSON.stringify(content));
  const asked = everyone.map(({ contender }) => ({ name: contender.name, why: contender.leftOut(problem) }));
  const taking = everyone.filter(({ contender }) => contender.leftOut(problem) === null);

  return withPeers(taking, file, async (peers) => {
    progress.doing('checking that all learn the same');
    const checked = await check(peers, problem, content);

    progress.doing('warming up');
    const turns = await takeTurns(
      peers.map(({ process }) => process),
      measure,
      (round) => {
        progress.round(round, measure.rounds);
      },
    );
    const byName = new Map(peers.map(({ contender }, k) => [contender.name, turns[k]]));
    const baselines = [KERNELS, ...PLAIN].map(({ name }) => name);
    const result: CaseResult = {
      ...problem,
      timesteps: content.task.target.length,
      reference: checked.reference,
      checkedTrials: checked.trials,
      contenders: contenderResults(byName, checked.differences, baselines),
      build: Object.fromEntries(
        peers.flatMap(({ contender, build }) => (build ? [[contender.name, measured(build)]] : [])),
      ),
      leftOut: Object.fromEntries(asked.flatMap(({ name, why }) => (why === null ? [] : [[name, why]]))),
    };
    return { result, versions: new Map(peers.map(({ contender, versions }) => [contender.name, versions])) };
  });
}

/** Lets all learn, one after another. @throws Error naming the first that learned something else than the reference. */
async function check(
  peers: readonly Peer[],
  { units }: Case,
  content: ProblemFile,
): Promise<{ reference: string; trials: number; differences: ReadonlyMap<string, number> }> {
  const plain = units <= PLAIN_UNITS ? peers.find(({ contender }) => PLAIN.includes(contender)) : undefined;
  const reference = plain ?? peers.find(({ contender }) => contender === KERNELS);
  if (!reference) throw new Error('there is nobody to compare with');
  const { name } = reference.contender;
  const trials = units <= PLAIN_UNITS ? CHECKED : CHECKED_BEYOND;
  const expected = await reference.process.learn(trials);
  const differences = new Map<string, number>();
  for (const { contender, process } of peers) {
    const got = await process.learn(trials);
    checkSame(contender, got, expected, name, content);
    differences.set(contender.name, difference(got, expected, content));
  }
  return { reference: name, trials, differences };
}
