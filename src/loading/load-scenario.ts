import { existsSync, statSync } from 'node:fs';
import { basename, extname, isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InputError, oneOf, RunError, show } from '../errors/index.ts';
import type { Scenario } from '../training/index.ts';
import { importFile } from './import-file.ts';

/** A scenario, and what comes of the file it is in. */
export interface LoadedScenario {
  readonly scenario: Scenario;
  /** The file's name without its ending: what run directories are named after. */
  readonly name: string;
  /** Runs code of the scenario; what it throws becomes an InputError that names the file, and the line where it is known. */
  readonly within: <T>(run: () => T) => Promise<T>;
}

const ENDINGS = ['.ts', '.mts', '.js', '.mjs'];

/**
 * Loads a scenario file, TypeScript or JavaScript, as it is.
 * Its `import ... from 'rxflo'` means this very rxflo, wherever the file lies and whether or not rxflo is installed beside it; so does
 * 'rxflo/scenarios/periodic', a scenario that comes with rxflo.
 * What it prints goes to standard error: standard output holds the result and nothing else.
 *
 * @param directory What the file's path is relative to; by default the working directory.
 * @throws InputError naming the file, and line and column where there is one.
 */
export async function loadScenario(file: string, directory = '.'): Promise<LoadedScenario> {
  const path = resolve(directory, file);
  if (!existsSync(path))
    throw new InputError(file, 'there is no such file; give a scenario, such as scenarios/periodic.ts');
  if (!statSync(path).isFile())
    throw new InputError(file, 'is a directory or a device; give a scenario file, such as scenarios/periodic.ts');
  if (!ENDINGS.includes(extname(path))) {
    throw new InputError(file, `is no TypeScript or JavaScript; give a file that ends in ${oneOf(ENDINGS)}`);
  }
  const within = <T>(run: () => T | Promise<T>): Promise<T> => inScenario(file, path, run);
  const module = await within(() => whole(importFile(pathToFileURL(path).href)));
  const scenario = module['default'];
  if (!isScenario(scenario)) {
    throw new InputError(file, 'exports no scenario; write: export default scenario({ ... })');
  }
  return { scenario, name: basename(path, extname(path)), within };
}

/** A module, when it has loaded. @throws InputError if it never will, as nothing is left that it could wait for. */
function whole<T>(module: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const idle = () => {
      reject(new InputError('await', 'at the top of the file waits for something that never comes; take it out'));
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
    // A file of the run that is wrong is not the scenario's fault.
    if (error instanceof InputError) throw isAbsolute(error.place) ? error : error.within(`${file}${line}`);
    if ('code' in error && 'path' in error) {
      const asked = show(error.path);
      if (error.code === 'ENOENT') throw new InputError(`${file}${line}`, `there is no file ${asked}; check the name`);
      if (error.code === 'EACCES') {
        throw new InputError(
          `${file}${line}`,
          `${asked} may not be opened (permission denied); change its permissions`,
        );
      }
    }
    if (error instanceof RangeError && /array|allocation/i.test(error.message)) {
      const asked = `asks for an array that is too large (${error.message})`;
      throw new InputError(`${file}${line}`, `${asked}; give a smaller size`);
    }
    const [message] = error.message.replace(/^Transform failed with \d+ errors?:\n/, '').split('\n');
    throw new InputError(`${file}${line}`, message.replaceAll(`${path}:`, '').replace(/^\d+:\d+: /, ''));
  }
}

/** `:12:5`, where in the file an error arose; empty if it does not say. */
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
