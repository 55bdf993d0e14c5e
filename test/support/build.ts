import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { TestProject } from 'vitest/node';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

declare module 'vitest' {
  export interface ProvidedContext {
    /** A folder like the project's, in which src/ is built: `src/cli/main.js` is the command. */
    readonly built: string;
  }
}

/**
 * Builds rxflo once for all tests that run it in processes or threads of their own, without checking types: `npm run types` does that.
 * Built, it starts in half the processor time that its TypeScript takes. Each test run has its own copy, which ends with it.
 */
export default async function setup(project: TestProject): Promise<() => void> {
  const cache = join(ROOT, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const home = mkdtempSync(join(cache, 'rxflo-'));
  for (const beside of ['package.json', 'scenarios']) symlinkSync(join(ROOT, beside), join(home, beside));
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/**/*.ts', 'test/cli/host.ts'],
    outbase: ROOT,
    outdir: home,
    target: 'node20',
    format: 'esm',
    bundle: true,
    plugins: [
      {
        name: 'one module a file',
        setup: (plugin) => {
          plugin.onResolve({ filter: /^/ }, ({ path, kind }) =>
            kind === 'entry-point' ? null : { path: path.replace(/^(\..*)\.ts$/, '$1.js'), external: true },
          );
        },
      },
    ],
  });
  project.provide('built', home);
  return () => {
    rmSync(home, { recursive: true, force: true });
  };
}
