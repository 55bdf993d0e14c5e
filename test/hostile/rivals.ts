import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stream } from '../../src/random/index.ts';
import { rxflo, start, type Ended, type Started } from '../cli/command.ts';
import { noisyScenario } from '../cli/noisy-scenario.ts';

/** What came of a run directory that two processes wanted. */
export interface Contested {
  /** How every process ended that was not killed and did not work to the end: what it said. */
  readonly refusals: readonly string[];
  /** How many of the kills hit the process that was at work, and how many the one that came second. */
  readonly killed: { readonly first: number; readonly second: number };
  /** Whether the run, resumed to its end, has the bytes of one that nothing disturbed. */
  readonly sameBytes: boolean;
  /** What the directory holds in the end, and what the undisturbed one holds. */
  readonly left: readonly string[];
  readonly right: readonly string[];
}

/**
 * Has two processes work on one run directory again and again, and kills one or the other of them each time, at a moment left to chance.
 *
 * @param directory Where the runs go.
 */
export async function contest(directory: string, kills: number, { trials = 2000, seed = 1 } = {}): Promise<Contested> {
  writeFileSync(join(directory, 'noise.ts'), noisyScenario);
  const flags = ['--trials', String(trials), '--learner', 'rflo', '--checkpoint-seconds', '0.05'];
  const command = (out: string, ...more: readonly string[]) => ['run', 'noise.ts', '--out', out, ...flags, ...more];
  await rxflo(directory, ...command('whole'));
  const random = stream(seed, 'kills');
  const run = join(directory, 'run');
  const killed = { first: 0, second: 0 };
  const refusals: string[] = [];
  const note = ({ status, stderr }: Ended) => {
    if (status !== null && status !== 0) refusals.push(`${status} ${stderr}`);
  };
  let first: Started | null = null;
  /** How long a process takes until it is at work, ms. */
  let startUp = 0;
  for (let i = 0; i < kills; i++) {
    first ??= start(directory, ...command('run', ...(existsSync(run) ? ['--resume'] : [])));
    const { child } = first;
    const began = performance.now();
    while (child.exitCode === null && !existsSync(join(run, 'recording.msgpack'))) await pause(10);
    if (startUp === 0) startUp = performance.now() - began;
    const second = start(directory, ...command('run', '--resume'));
    const which = random() < 0.5 ? 'first' : 'second';
    await Promise.race([second.ended, momentOf(random() * 3, run, second, startUp)]);
    (which === 'first' ? child : second.child).kill('SIGKILL');
    const [loser, other]: readonly [Started, Started] = which === 'first' ? [first, second] : [second, first];
    const end = await loser.ended;
    if (end.signal === 'SIGKILL') killed[which]++;
    note(end);
    // The other one is at work, or has been refused; one that is refused does not live long.
    const rest: Ended | null = await Promise.race([other.ended, pause(random() * startUp).then(() => null)]);
    if (rest !== null) note(rest);
    first = rest === null ? other : null;
  }
  if (first !== null) note(await first.ended);
  await rxflo(directory, ...command('run', '--resume'));
  const bytesOf = (out: string) => readFileSync(join(directory, out, 'recording.msgpack'));
  return {
    ...{ refusals, killed, sameBytes: bytesOf('run').equals(bytesOf('whole')) },
    ...{ left: readdirSync(run).sort(), right: readdirSync(join(directory, 'whole')).sort() },
  };
}

/** The moment of a kill: while the second process starts, as it lays down its lock, or when it has been refused. */
async function momentOf(chance: number, run: string, second: Started, startUp: number): Promise<void> {
  if (chance < 1) return pause(chance * startUp);
  const lock = join(run, `lock.${second.child.pid}`);
  while (second.child.exitCode === null && !(chance < 2 && existsSync(lock))) await pause(1);
}

const pause = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms));
