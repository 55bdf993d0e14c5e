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

/** What is started, or imported by its own name. */
const ENTRIES = ['cli/main', 'sweep/worker', 'sweep/alignment-worker', 'sweep/workers', 'index', 'core'].map(
  (name) => `src/${name}.ts`,
);

/** Packages that a command imports only where it needs them, or that find files beside their own. */
const LOADED_WHEN_NEEDED = ['tsx', 'wabt', 'piscina'];

/**
 * Builds rxflo once for all tests that run it in processes or threads of their own, without checking types: `npm run types` does that.
 * Built, its packages in it, it starts in a quarter of the processor time that its TypeScript takes. Each test run has its own copy, which ends with it.
 */
export default async function setup(project: TestProject): Promise<() => void> {
  const cache = join(ROOT, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const home = mkdtempSync(join(cache, 'rxflo-'));
  for (const beside of ['package.json', 'scenarios']) symlinkSync(join(ROOT, beside), join(home, beside));
  await build({
    absWorkingDir: ROOT,
    entryPoints: [...ENTRIES, 'test/cli/host.ts'],
    outbase: ROOT,
    outdir: home,
    // As deep as the folders of src/, so that what a module names relative to itself is where it was.
    chunkNames: 'src/shared/[hash]',
    target: 'node20',
    platform: 'node',
    format: 'esm',
    bundle: true,
    splitting: true,
    external: [...LOADED_WHEN_NEEDED],
    // Packages that are no ES modules require others.
    banner: {
      js: "import { createRequire as requireIn } from 'node:module'; const require = requireIn(import.meta.url);",
    },
  });
  project.provide('built', home);
  return () => {
    rmSync(home, { recursive: true, force: true });
  };
}
