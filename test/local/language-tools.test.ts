import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build as esbuild, transform as minified, type BuildOptions } from 'esbuild';
import { createInstrumenter } from 'istanbul-lib-instrument';
import ts from '@typescript/typescript6';
import { build as vite } from 'vite';
import { afterAll, describe, expect, it } from 'vitest';
import * as core from '../../src/core.ts';
import { digest } from './language-sample.ts';

// The text of a function is what the last tool made of it: each must be read as the same rule.

const SAMPLE = resolve('test/local/language-sample.ts');
const folder = mkdtempSync(join(tmpdir(), 'rxflo-tools-'));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a module that prints the digest. */
function printed(name: string, text: string, ...flags: string[]): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return execFileSync(process.execPath, [...flags, file], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: undefined },
  }).trim();
}

const ENTRY = `import { digest } from ${JSON.stringify(SAMPLE)};\nconsole.log(digest);\n`;

async function bundled(options: BuildOptions): Promise<string> {
  const { outputFiles = [] } = await esbuild({
    stdin: { contents: ENTRY, resolveDir: folder, loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    ...options,
  });
  return outputFiles[0].text;
}

/** The sample as CommonJS, run with rxflo at hand. */
function runCommonJs(text: string): unknown {
  const module: { exports: { digest?: unknown } } = { exports: {} };
  const known = (name: string) => (name.endsWith('core.ts') ? core : (createRequire(import.meta.url)(name) as unknown));
  // oxlint-disable-next-line typescript/no-implied-eval -- runs what a tool has made of the sample
  const run = new Function('require', 'exports', text) as (
    require: typeof known,
    exports: typeof module.exports,
  ) => void;
  run(known, module.exports);
  return module.exports.digest;
}

const commonJs = (text: string): string =>
  ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 } })
    .outputText;

describe('the texts of a rule and of a neuron model are read the same', () => {
  it('under vitest, where an import is __vi_import_0__.tanh', () => {
    const [rule, model] = digest.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rule['reads']).toEqual(
      expect.arrayContaining(['p: own state', 'pre.rate: presynaptic', 'post.signal: learning signal']),
    );
    expect(model['reads']).toEqual(['h: own state', 'theta: parameter', 'u: summed input']);
  });

  it('under tsx', () => {
    expect(printed('entry.ts', ENTRY, '--import', import.meta.resolve('tsx'))).toBe(digest);
  });

  it.each<[string, BuildOptions]>([
    ['bundled by esbuild', {}],
    ['bundled by esbuild, names kept', { keepNames: true }],
    ['bundled and minified by esbuild', { minify: true }],
    ['bundled by esbuild for an old target', { target: 'es2017', minifySyntax: true }],
  ])('%s', async (name, options) => {
    expect(printed(`${name.replaceAll(/\W/g, '-')}.mjs`, await bundled(options))).toBe(digest);
  });

  it('bundled by vite, that is by rollup, and minified after that', async () => {
    const entry = join(folder, 'vite-entry.ts');
    writeFileSync(entry, ENTRY);
    const outDir = join(folder, 'vite');
    const lib = { entry, formats: ['es' as const], fileName: () => 'entry.mjs' };
    await vite({ configFile: false, root: folder, logLevel: 'silent', build: { lib, outDir, minify: false } });
    const text = readFileSync(join(outDir, 'entry.mjs'), 'utf8');
    expect(printed('vite.mjs', text)).toBe(digest);
    const { code } = await minified(text, { minify: true });
    expect(code.length).toBeLessThan(0.7 * text.length);
    expect(printed('vite-minified.mjs', code)).toBe(digest);
  });

  it('as CommonJS, where an import is (0, core_ts_1.tanh)', () => {
    const text = commonJs(readFileSync(SAMPLE, 'utf8'));
    expect(text).toContain('_1.tanh)(');
    expect(runCommonJs(text)).toBe(digest);
  });

  it("with Istanbul's coverage counters in it", () => {
    const instrumenter = createInstrumenter({ esModules: false, compact: false });
    const text = instrumenter.instrumentSync(commonJs(readFileSync(SAMPLE, 'utf8')), SAMPLE);
    expect(text).toMatch(/cov_\w+\(\)\.b\[\d+\]\[\d+\]\+\+,/);
    expect(runCommonJs(text)).toBe(digest);
  });

  it("with V8's coverage, which leaves the text as it is", () => {
    const coverage = { ...process.env, NODE_OPTIONS: undefined, NODE_V8_COVERAGE: join(folder, 'coverage') };
    const entry = join(folder, 'covered.ts');
    writeFileSync(entry, ENTRY);
    const flags = ['--import', import.meta.resolve('tsx'), entry];
    expect(execFileSync(process.execPath, flags, { encoding: 'utf8', env: coverage }).trim()).toBe(digest);
  });
});
