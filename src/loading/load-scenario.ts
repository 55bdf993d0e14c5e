import { existsSync, statSync } from 'node:fs';
import { basename, extname, isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InputError, oneOf, RunError, show } from '../errors/index.ts';
import type { Scenario } from '../training/index.ts';
import { importFile } from './import-file.ts';

/** A scenario, with what is known from its file. */
export interface LoadedScenario {
  readonly scenario: Scenario;
  /** The file's name without its ending: run directories are named after it. */
  readonly name: string;
  /** Runs code of the scenario; what it throws becomes an InputError that names the file, and the line if it is known. */
  readonly within: <T>(run: () => T) => Promise<T>;
}

/** What to check if a name is read before its declaration has run. */
const CIRCLE = 'declare it above its first use; if two files import each other, move what both need to a third file';

const ENDINGS = ['.ts', '.mts', '.js', '.mjs'];

/**
 * Loads a scenario file, TypeScript or JavaScript.
 * Its `import ... from 'rxflo'` means this copy of rxflo, wherever the file is and whether or not rxflo is installed next to it; so does
 * 'rxflo/scenarios/periodic', a scenario that comes with rxflo.
 * What it prints goes to standard error: standard output holds only the result.
 *
 * @param directory What the file's path is relative to; by default the working directory.
 * @throws InputError naming the file, and line and column if they are known.
 */
export async function loadScenario(file: string, directory = '.'): Promise<LoadedScenario> {
  if (file.trim() === '') throw new InputError('scenario', 'expected the name of a file, got an empty text');
  const path = resolve(directory, file);
  if (!existsSync(path))
    throw new InputError(file, 'there is no such file; give a scenario, such as scenarios/periodic.ts');
  if (!statSync(path).isFile())
    throw new InputError(file, 'is a directory or a device; give a scenario file, such as scenarios/periodic.ts');
  if (!ENDINGS.includes(extname(path))) {
    throw new InputError(file, `is not TypeScript or JavaScript; give a file that ends in ${oneOf(ENDINGS)}`);
  }
  const within = <T>(run: () => T | Promise<T>): Promise<T> => inScenario(file, path, run);
  const module = await within(() => whole(importFile(pathToFileURL(path).href)));
  const scenario = module['default'];
  if (!isScenario(scenario)) {
    throw new InputError(file, 'has no scenario as its default export; write: export default scenario({ ... })');
  }
  return { scenario, name: basename(path, extname(path)), within };
}

/** A module, when it has loaded. @throws InputError if it never will, because nothing is left that it could wait for. */
function whole<T>(module: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const idle = () => {
      reject(new InputError('await', 'at the top of the file waits for something that never happens; remove it'));
    };
    process.once('beforeExit', idle);
    module.then(resolve, reject).finally(() => process.off('beforeExit', idle));
  });
}

async function inScenario<T>(file: string, path: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof RunError) throw error;
    if (!(error instanceof Error)) throw new InputError(file, `threw ${show(error)}`);
    const line = placeIn(error, path);
    // An error at an absolute path is in a file of the run, not in the scenario.
    if (error instanceof InputError) throw isAbsolute(error.place) ? error : error.within(`${file}${line}`);
    if ('code' in error && 'path' in error) {
      const asked = show(error.path);
      if (error.code === 'ENOENT') throw new InputError(`${file}${line}`, `there is no file ${asked}; check the name`);
      if (error.code === 'EACCES') {
        throw new InputError(`${file}${line}`, `${asked} cannot be opened (permission denied); change its permissions`);
      }
    }
    if ('code' in error && error.code === 'ERR_REQUIRE_CYCLE_MODULE') {
      throw new InputError(`${file}${line}`, 'two files import each other; move what both need to a third file');
    }
    if (error instanceof RangeError && /array|allocation/i.test(error.message)) {
      const asked = `requests an array that is too large (${error.message})`;
      throw new InputError(`${file}${line}`, `${asked}; give a smaller size`);
    }
    const [message] = error.message.replace(/^Transform failed with \d+ errors?:\n/, '').split('\n');
    const problem = message.replaceAll(`${path}:`, '').replace(/^\d+:\d+: (ERROR: )?/, '');
    throw new InputError(
      `${file}${line}`,
      problem.endsWith('before initialization') ? `${problem}; ${CIRCLE}` : problem,
    );
  }
}

/** `:12:5`, where in the file an error arose; empty if the error does not say. */
function placeIn(error: Error, path: string): string {
  const text = `${error.message}\n${error.stack ?? ''}`;
  for (const name of [path, pathToFileURL(path).href]) {
    const at = text.indexOf(`${name}:`);
    const place = at < 0 ? null : /^:\d+(:\d+)?/.exec(text.slice(at + name.length));
    if (place) return place[0];
  }
  return '';
}

function isScenario(value: unknown): value is Scenario {
  return typeof value === 'object' && value !== null && 'plan' in value && typeof value.plan === 'function';
}
