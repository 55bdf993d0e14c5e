import { Console } from 'node:console';
import * as nodeModule from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Imports a file that is written like a scenario, in TypeScript or JavaScript; its 'rxflo' is this copy of rxflo. */
export async function importFile(url: string): Promise<Readonly<Record<string, unknown>>> {
  await prepare();
  return import(url) as Promise<Record<string, unknown>>;
}

let prepared = false;

/**
 * When run from source, tsx is loaded already; the built package loads it to read TypeScript. Then 'rxflo' is resolved to this copy of rxflo,
 * and scenarios and all TypeScript are read as ES modules: in a folder without a package.json they would be CommonJS.
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
    // Another copy of rxflo in this process has hooks of its own: these are for what this copy loads.
    const loaded = new Set([loader]);
    export const resolve = (specifier, context, next) => {
      if (!loaded.has(context.parentURL)) return next(specifier, context);
      const [, scenario] = /^rxflo\\/scenarios\\/(.+)$/.exec(specifier) ?? [];
      const url = scenario ? scenarios + scenario + '.ts' : Object.hasOwn(known, specifier) ? known[specifier] : null;
      if (url) {
        loaded.add(url);
        return { url, format: 'module', shortCircuit: true };
      }
      const asModule = (found) => {
        loaded.add(found.url);
        const ours = found.url.endsWith('.ts') || context.parentURL === loader;
        return found.url.startsWith('file:') && ours ? { ...found, format: 'module' } : found;
      };
      const found = next(specifier, context);
      return found instanceof Promise ? found.then(asModule) : asModule(found);
    };`)}`;
  // If Node has synchronous hooks, tsx uses them, and they run before all others: after `register`, a tsconfig.json could name another rxflo.
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
