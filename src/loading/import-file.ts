import { Console } from 'node:console';
import * as nodeModule from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Imports a file that is written as scenarios are, TypeScript or JavaScript: its 'rxflo' is this very rxflo. */
export async function importFile(url: string): Promise<Readonly<Record<string, unknown>>> {
  await prepare();
  return import(url) as Promise<Record<string, unknown>>;
}

let prepared = false;

/**
 * From source, tsx is at work already; the built package calls it to read TypeScript. Then 'rxflo' is pointed to this rxflo,
 * and a scenario and all TypeScript are taken for ES modules: in a folder without a package.json they would else be CommonJS.
 */
async function prepare(): Promise<void> {
  if (prepared) return;
  prepared = true;
  const ending = extname(fileURLToPath(import.meta.url));
  if (ending !== '.ts') (await import('tsx/esm/api')).register();
  globalThis.console = new Console(process.stderr);
  const target = (name: string) => new URL(`../${name}${ending}`, import.meta.url).href;
  const known = JSON.stringify({ rxflo: target('index'), 'rxflo/core': target('core') });
  const scenarios = JSON.stringify(new URL('../../scenarios/', import.meta.url).href);
  const hooks = `data:text/javascript,${encodeURIComponent(`
    const known = ${known}, scenarios = ${scenarios}, loader = ${JSON.stringify(import.meta.url)};
    export const resolve = (specifier, context, next) => {
      const [, scenario] = /^rxflo\\/scenarios\\/(.+)$/.exec(specifier) ?? [];
      const url = scenario ? scenarios + scenario + '.ts' : Object.hasOwn(known, specifier) ? known[specifier] : null;
      if (url) return { url, format: 'module', shortCircuit: true };
      const asModule = (found) => {
        const ours = found.url.endsWith('.ts') || context.parentURL === loader;
        return found.url.startsWith('file:') && ours ? { ...found, format: 'module' } : found;
      };
      const found = next(specifier, context);
      return found instanceof Promise ? found.then(asModule) : asModule(found);
    };`)}`;
  // Where Node has hooks of the same thread, tsx takes those, and they come before all others: paths of a tsconfig.json would name another rxflo.
  const { registerHooks }: Hooking = nodeModule;
  if (registerHooks) registerHooks((await import(hooks)) as Hooks);
  else nodeModule.register(hooks);
}

interface Hooks {
  readonly resolve: unknown;
}

/** Of node:module; Node 20 has no `registerHooks`. */
interface Hooking {
  readonly register: unknown;
  readonly registerHooks?: (hooks: Hooks) => void;
}
