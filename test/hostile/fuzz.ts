import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../src/errors/index.ts';
import { stream } from '../../src/random/index.ts';
import { Mutator } from './mutate.ts';
import { READERS } from './readers.ts';

/** What came of many wrong files. */
export interface Fuzzed {
  readonly cases: number;
  /** Refused with an InputError. */
  readonly refused: number;
  /** Reports and exports that were made of files that are wrong in no way that shows. */
  readonly used: number;
  /** The longest that one took, seconds of processor time. */
  readonly slowest: number;
  /** The most memory of the process, MB. */
  readonly memory: number;
  /** What must not be: each kind once, with the number of its first case. */
  readonly faults: readonly string[];
}

/** The longest message. */
const LONGEST = 2000;

/**
 * Has a reader read wrong files.
 *
 * @param useEvery Of those that it takes, every so many is made a report and exports of.
 */
export async function fuzz(
  name: string,
  directory: string,
  cases: number,
  { seed = 1, useEvery = 4 } = {},
): Promise<Fuzzed> {
  const [own, outside] = [join(directory, name), join(directory, `${name}-outside`)];
  for (const place of [own, outside]) mkdirSync(place);
  writeFileSync(join(outside, 'mine.txt'), 'mine');
  const before = contentOf(outside);
  const mutator = new Mutator(stream(seed, 'hostile', name));
  const reader = await READERS[name](own, outside);
  const faults = new Map<string, string>();
  let [refused, taken, used, slowest, memory] = [0, 0, 0, 0, 0];
  for (let n = 1; n <= cases; n++) {
    const fault = (what: string) => {
      if (!faults.has(what)) faults.set(what, `${name} ${n}: ${what}`);
    };
    const attempt = (action: () => unknown): boolean => {
      try {
        action();
        return true;
      } catch (error) {
        const problem = wrongWith(error);
        if (problem !== null) fault(problem);
        return false;
      }
    };
    // What is drawn is let go of only when the event loop has had its turn.
    if (n % 20 === 0) await new Promise(setImmediate);
    reader.make(mutator);
    const began = process.cpuUsage();
    if (!attempt(reader.read)) refused++;
    else if (reader.use && taken++ % useEvery === 0 && attempt(reader.use)) used++;
    const { user, system } = process.cpuUsage(began);
    slowest = Math.max(slowest, (user + system) / 1e6);
    memory = Math.max(memory, process.memoryUsage.rss() / 1e6);
    if (Object.keys(Object.prototype).length > 0) fault('a file has reached Object.prototype');
  }
  if (contentOf(outside) !== before) faults.set('outside', `${name}: something outside of the directory was touched`);
  rmSync(own, { recursive: true, force: true });
  return { cases, refused, used, slowest, memory: Math.round(memory), faults: [...faults.values()] };
}

/** What is wrong with how a file was refused: anything but one short line. */
function wrongWith(error: unknown): string | null {
  if (!(error instanceof InputError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(error.message))
    return `signs for a terminal in ${JSON.stringify(error.message)}`;
  return error.message.length > LONGEST ? `a message of ${error.message.length} signs` : null;
}

/** Every file in a directory, with what is in it and when it was written. */
function contentOf(directory: string): string {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  return JSON.stringify(
    names.map((name) => {
      const path = join(directory, name);
      return [name, statSync(path).mtimeMs, statSync(path).isFile() && readFileSync(path, 'utf8')];
    }),
  );
}
