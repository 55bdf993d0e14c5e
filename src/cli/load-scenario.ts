import { existsSync, statSync } from 'node:fs';
import { register } from 'node:module';
import { basename, extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { InputError, show } from '../errors/index.ts';
import type { Scenario } from '../training/index.ts';
import { typedPath } from './paths.ts';

/** A scenario and the file it came from. */
export interface LoadedScenario {
  readonly scenario: Scenario;
  /** As it was typed. */
  readonly file: string;
  /** The file's name without its ending: what run directories are named after. */
  readonly name: string;
}

/**
 * Loads a scenario file, TypeScript or JavaScript, as it is.
 * Its `import ... from 'rxflo'` means this very rxflo, wherever the file lies and whether or not rxflo is installed beside it.
 *
 * @throws InputError naming the file, and line and column where there is one.
 */
export async function loadScenario(file: string): Promise<LoadedScenario> {
  const path = typedPath(file);
  if (!existsSync(path))
    throw new InputError(file, 'there is no such file; give a scenario, such as scenarios/periodic.ts');
  if (!statSync(path).isFile())
    throw new InputError(file, 'is no file; give a scenario, such as scenarios/periodic.ts');
  if (!['.ts', '.mts', '.js', '.mjs'].includes(extname(path))) {
    throw new InputError(
      file,
      `ends in ${show(extname(path))}; a scenario is a TypeScript or JavaScript file (.ts, .js)`,
    );
  }
  await prepareImports();
  const module = await inScenario(
    file,
    path,
    () => import(pathToFileURL(path).href) as Promise<Record<string, unknown>>,
  );
  const scenario = module['default'];
  if (!isScenario(scenario)) {
    throw new InputError(file, 'exports no scenario; write: export default scenario({ ... })');
  }
  return { scenario, file, name: basename(path, extname(path)) };
}

/** Runs code of a scenario file; what it throws becomes an InputError that names the file, and the line where it is known. */
export async function inScenario<T>(file: string, path: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof InputError) throw error.within(file);
    if (!(error instanceof Error)) throw new InputError(file, `threw ${show(error)}`);
    const line = placeIn(error, path);
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

let prepared = false;

/** From source, tsx is at work already; the built package calls it to read TypeScript. Then 'rxflo' is pointed to this rxflo. */
async function prepareImports(): Promise<void> {
  if (prepared) return;
  prepared = true;
  const ending = extname(fileURLToPath(import.meta.url));
  if (ending !== '.ts') (await import('tsx/esm/api')).register();
  const target = (name: string) => new URL(`../${name}${ending}`, import.meta.url).href;
  const known = JSON.stringify({ rxflo: target('index'), 'rxflo/core': target('core') });
  const hooks = `
    const known = ${known};
    export const resolve = (specifier, context, next) =>
      Object.hasOwn(known, specifier) ? { url: known[specifier], format: 'module', shortCircuit: true } : next(specifier, context);`;
  register(`data:text/javascript,${encodeURIComponent(hooks)}`);
}

function isScenario(value: unknown): value is Scenario {
  return typeof value === 'object' && value !== null && 'plan' in value && typeof value.plan === 'function';
}
