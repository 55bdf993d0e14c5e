import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createContext, Script } from 'node:vm';
import { build, type Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// What a person gets who installs rxflo: the package as it is packed, in a folder of their own.

const TYPESCRIPT = resolve('node_modules/typescript/bin/tsc');
const TSX = import.meta.resolve('tsx');
const home = mkdtempSync(join(tmpdir(), 'rxflo-package-'));
const BIN = join(home, 'node_modules', '.bin', 'rxflo');

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

const npm = (folder: string, ...words: string[]): string =>
  execFileSync('npm', words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Runs Node in the consumer's folder, without what the test run put into its environment. */
const node = (...words: string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, words, {
    cwd: home,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: undefined, NODE_PATH: undefined },
  });

const write = (name: string, text: string): void => {
  writeFileSync(join(home, name), text);
};

beforeAll(() => {
  npm('.', 'pack', '--pack-destination', home); // builds it first
  const [tarball] = readdirSync(home).filter((name) => name.endsWith('.tgz'));
  write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  npm(home, 'install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', join(home, tarball));
});

/** A person's own rule, neuron model, circuit and training, in TypeScript. */
const LEARNING = `
  const decay = plasticityRule({
    name: 'decay',
    params: { eta: 0.01 },
    change: ({ w, post, pre, eta }) => eta * (post.signal * pre.rate - 0.1 * w),
  });
  const leakySquare = neuronModel({
    name: 'leaky-square',
    params: { tau: 10 },
    rate: ({ h, u, tau }) => h + (u * u - h) / tau,
    slope: ({ u, tau }) => (2 * u) / tau,
    retention: ({ tau }) => 1 - 1 / tau,
  });
  const network = circuit({
    neurons: { h: leakyTanh(8, { tau: 4, initial: 0.1 }), s: leakySquare(2), y: linear(1) },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.5 }), rule: rflo() },
      side: { from: 'h', to: 's', weights: uniform(-0.1, 0.1), rule: decay() },
      readout: { from: 'h', to: 'y', weights: uniform(-0.1, 0.1), rule: delta() },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });
  const losses: number[] = [];
  const done = new Promise<string>((resolve, reject) => {
    train({ circuit: network, task: periodic({ period: 20 }), learner: 'local', trials: 50, seed: 1 }).subscribe({
      next: (event) => {
        if (event.type === 'trial') losses.push(event.loss);
      },
      error: reject,
      complete: () => {
        resolve(JSON.stringify([losses, typeof openSession, typeof input]));
      },
    });
  });
`;

/** What LEARNING says when it is done. */
function expectLearned(said: string): void {
  const [losses, ...types] = JSON.parse(said) as [number[], string, string];
  expect(losses).toHaveLength(50);
  expect(losses.every((loss) => loss > 0 && loss < 10)).toBe(true);
  expect(types).toEqual(['function', 'function']);
}

/** What the kernels are compiled with: a bundler leaves it apart, and it is fetched when the first kernels are loaded. */
const GENERATOR = ['wabt'];

const NAMES =
  'circuit, leakyTanh, linear, input, rflo, delta, normal, uniform, periodic, plasticityRule, neuronModel, train, openSession';

describe('the package', () => {
  it('holds what is built and what is to be read, and nothing else', () => {
    const installed = join(home, 'node_modules', 'rxflo');
    for (const file of [
      'dist/index.js',
      'dist/index.d.ts',
      'dist/core.js',
      'dist/cli/main.js',
      'LICENSE',
      'README.md',
    ]) {
      expect(existsSync(join(installed, file)), file).toBe(true);
    }
    for (const name of ['src', 'test', 'node_modules']) expect(existsSync(join(installed, name)), name).toBe(false);
    const built = readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' });
    expect(built.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))).toEqual([]);
  });

  it("is imported as 'rxflo' and 'rxflo/core' in strict TypeScript, checked and run, and has types that say no", () => {
    const entries = ['rxflo', 'rxflo/core'];
    const nameOf = (entry: string) => entry.replace('/', '-');
    for (const entry of entries) {
      write(`${nameOf(entry)}.ts`, `import { ${NAMES} } from '${entry}';\n${LEARNING}\nconsole.log(await done);`);
    }
    write('wrong.ts', `import { rflo } from 'rxflo';\nexport const rule = rflo({ rtae: 0.1 });\n`);
    write(
      'tsconfig.json',
      JSON.stringify({
        compilerOptions: {
          target: 'ES2023',
          module: 'NodeNext',
          lib: ['ES2023', 'DOM'],
          types: [],
          strict: true,
          exactOptionalPropertyTypes: true,
          skipLibCheck: false,
          outDir: 'out',
        },
        files: [...entries.map((entry) => `${nameOf(entry)}.ts`), 'wrong.ts'],
      }),
    );
    const checked = node(TYPESCRIPT, '-p', '.');
    expect(checked.stdout).toMatch(/^wrong\.ts.*'rtae' does not exist[^\n]*\n$/);
    expect(checked.status).not.toBe(0);
    for (const entry of entries) {
      const { stdout, stderr, status } = node(`out/${nameOf(entry)}.js`);
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
      expectLearned(stdout);
    }
  });

  it('reads recordings without native code, also where the native part of msgpackr is installed', () => {
    write(
      'native.mjs',
      `import 'rxflo';
       console.log(process.report.getReport().sharedObjects.filter((file) => file.includes('node_modules')).join());`,
    );
    expect(existsSync(join(home, 'node_modules', 'msgpackr-extract'))).toBe(true);
    expect(node('native.mjs')).toEqual(expect.objectContaining({ stdout: '\n', status: 0 }));
  });

  it('has a command, rxflo', () => {
    const { stdout, status } = spawnSync(BIN, ['--help'], {
      encoding: 'utf8',
      cwd: home,
    });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Usage: rxflo /);
    for (const command of ['run', 'solve', 'export']) expect(stdout).toContain(command);
  });
});

describe('its command', () => {
  it("runs a person's own scenario, TypeScript as it is, with a rule of its own", () => {
    write(
      'mine.ts',
      `import { circuit, delta, leakyTanh, linear, normal, periodic, plasticityRule, scenario } from 'rxflo';
       const hebb = plasticityRule({
         name: 'hebb',
         params: { eta: 0.01 },
         change: ({ pre, post, eta }) => eta * post.signal * pre.rate,
       });
       export default scenario({
         title: 'Mine',
         circuit: () =>
           circuit({
             neurons: { h: leakyTanh(5), y: linear(1) },
             synapses: {
               recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.5 }), rule: hebb() },
               readout: { from: 'h', to: 'y', weights: normal({ sd: 0.1 }), rule: delta() },
             },
             feedback: { error: { from: 'y', to: 'h', weights: normal() } },
           }),
         task: () => periodic({ period: 20 }),
         trials: 3,
         compare: ['hebb'],
       });`,
    );
    const { stdout, status } = spawnSync(BIN, ['run', 'mine.ts', '--out', 'mine', '--json'], {
      encoding: 'utf8',
      cwd: home,
    });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toBeTypeOf('object');
    for (const file of ['summary.json', 'report.html']) expect(existsSync(join(home, 'mine', file)), file).toBe(true);
  });
});

describe('its scenarios', () => {
  it("can be varied in a person's own, and swept on worker threads", () => {
    write(
      'varied.ts',
      `import { variation } from 'rxflo';
       import fig2 from 'rxflo/scenarios/murray2019-fig2';
       export default variation(fig2, { title: 'Smaller', options: { units: 4 }, compare: ['rflo'] });`,
    );
    const sizes = ['--grid', 'period=20', '--seeds', '2', '--trials', '2', '--workers', '1', '--out', 'varied'];
    const { stderr, status } = node(BIN, 'sweep', 'varied.ts', ...sizes);
    expect({ stderr: stderr.replace(/^sweep: .*\n/gm, ''), status }).toEqual({ stderr: '', status: 0 });
    expect(
      readFileSync(join(home, 'varied', 'results.csv'), 'utf8')
        .trim()
        .split('\n'),
    ).toHaveLength(3);
  });
});

describe('its worker threads', () => {
  it("run a person's own scenario, TypeScript as it is", () => {
    write(
      'many.mjs',
      `import { batch } from 'rxflo';
       import { lastValueFrom, toArray } from 'rxjs';
       const many = await lastValueFrom(batch({ scenario: 'mine.ts', seeds: [1, 2, 3], workers: 2 }).pipe(toArray()));
       console.log(JSON.stringify(many.map(({ seed, learner, losses }) => [seed, learner, losses.length]).sort()));`,
    );
    const { stdout, stderr, status } = node('many.mjs');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual([1, 2, 3].map((seed) => [seed, 'hebb', 3]));
  });
});

describe('the core, bundled for a browser', () => {
  let text = '';
  let inputs: Metafile['inputs'] = {};

  beforeAll(async () => {
    write('page.ts', `import { ${NAMES} } from 'rxflo/core';\n${LEARNING}\nexport { done };`);
    // Fails by itself where a Node module is imported: there is none to resolve.
    const { outputFiles, metafile } = await build({
      entryPoints: [join(home, 'page.ts')],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'browser',
      format: 'iife',
      globalName: 'page',
      external: GENERATOR,
      minify: true,
      logLevel: 'silent',
    });
    text = outputFiles[0].text;
    ({ inputs } = metafile);
  });

  it('is made of the core alone', () => {
    const own = Object.keys(inputs).filter((file) => file.includes('node_modules/rxflo/dist/'));
    expect(own.some((file) => file.endsWith('dist/actors/index.js'))).toBe(true);
    expect(own.filter((file) => /dist\/(recording|loading|report|sweep|cli)\//.test(file))).toEqual([]);
    expect(Object.keys(inputs).filter((file) => /browser-external|\bnode:|\bwabt\b/.test(file))).toEqual([]);
  });

  it('learns where there is neither process nor require, and to the same bits as under Node', async () => {
    const context = createContext({ setTimeout, clearTimeout, setInterval, clearInterval, performance });
    const page = new Script(
      `${text}\nif (typeof process + typeof require !== 'undefinedundefined') throw new Error(); page.done`,
    );
    const learned = String(await page.runInContext(context));
    expectLearned(learned);
    write('node.ts', `import { ${NAMES} } from 'rxflo/core';\n${LEARNING}\nconsole.log(await done);`);
    expect(node('--import', TSX, 'node.ts').stdout.trim()).toBe(learned);
  });

  it("is what a bundler takes for 'rxflo' itself", async () => {
    write('whole.ts', `import { circuit } from 'rxflo';\nconsole.log(circuit);`);
    const { metafile } = await build({
      entryPoints: [join(home, 'whole.ts')],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'browser',
      external: GENERATOR,
      logLevel: 'silent',
    });
    expect(Object.keys(metafile.inputs).some((file) => file.endsWith('rxflo/dist/core.js'))).toBe(true);
    expect(Object.keys(metafile.inputs).some((file) => file.endsWith('rxflo/dist/index.js'))).toBe(false);
  });

  it('is small', () => {
    expect(text.length).toBeLessThan(640_000); // what a page loads, not yet compressed
  });
});
