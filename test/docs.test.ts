import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonWith } from './recording/python.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Block {
  readonly page: string;
  /** The line of its fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
}

const python = pythonWith('msgpack', 'numpy');

const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
];
const blocks = pages.flatMap(blocksOf);

/** The fenced blocks of a page. */
function blocksOf(page: string): Block[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length,
    language: match[1],
    code: match[2],
  }));
}

const named = (language: string) =>
  blocks
    .filter((block) => block.language === language)
    .map((block) => ({ ...block, name: `${block.page}:${block.line}` }));

/** What links can name in a page: its headings, as they are turned into anchors. */
function anchorsOf(file: string): ReadonlySet<string> {
  const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map((match) => match[1].toLowerCase());
  return new Set(headings.map((heading) => heading.replace(/[^\w -]/g, '').replaceAll(' ', '-')));
}

/** A clone as a new user has it: what is tracked (or about to be), nothing installed, nothing built. */
let clone: string;

beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'rxflo-docs-'));
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' });
  for (const file of new Set(files.split('\0').filter(Boolean))) {
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    cpSync(join(root, file), join(clone, file));
  }
});

afterAll(() => {
  rmSync(clone, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Installs run no script of any package: what the pages show must do without. */
const NPM = { npm_config_prefer_offline: 'true', npm_config_ignore_scripts: 'true' };

async function runIn(directory: string, command: string, ...args: string[]): Promise<Outcome> {
  const child = spawn(command, args, { cwd: directory, env: { ...process.env, ...NPM } });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, ...output };
}

const MINUTES = 60_000;

test.each(pages)('%s links only to what is there', (page) => {
  const text = readFileSync(join(root, page), 'utf8');
  const targets = [...text.matchAll(/\]\(([^):]+)\)/g)].map((match) => match[1]);
  const isThere = (target: string): boolean => {
    const [name, ...anchors] = target.split('#');
    const file = name === '' ? join(root, page) : join(root, dirname(page), name);
    return existsSync(file) && anchors.every((anchor) => anchorsOf(file).has(anchor));
  };
  expect(targets.filter((target) => !isThere(target))).toEqual([]);
});

// In order: the README's first command installs what the other blocks run with.
describe('every block of the documentation runs', { concurrent: false }, () => {
  test('only languages that are run are used', () => {
    expect(blocks.filter(({ language }) => !['sh', 'ts', 'python', 'json'].includes(language))).toEqual([]);
  });

  test('the tests that the README tells users to run are what CI runs', () => {
    const [install, run] = named('sh')[1].code.trim().split(' && ');
    const ci = readFileSync(join(root, '.ci/run'), 'utf8');
    expect([install, run]).toEqual(['npm ci', 'npm test']);
    expect(ci).toMatch(new RegExp(`^${install}\\b`, 'm'));
    expect(ci).toMatch(new RegExp(`^${run}\\b`, 'm'));
  });

  const [mainJob, ownTests, ...commands] = named('sh');

  test(
    `${mainJob.name}: installs and runs the main job, and ends with table and report`,
    { timeout: 8 * MINUTES },
    async () => {
      const { code, stdout, stderr } = await runIn(clone, 'bash', '-ec', mainJob.code);
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      for (const learner of ['rflo', 'bptt', 'rtrl']) expect(stdout).toMatch(new RegExp(`│ ${learner} `));
      const report = /Report: (.*report\.html)\s*$/.exec(stdout)?.[1];
      expect(readFileSync(report ?? '', 'utf8')).toContain('<svg');
      const summary = JSON.parse(readFileSync(join(dirname(report ?? ''), 'summary.json'), 'utf8')) as {
        learners: { learner: string; firstLoss: number; meanFinalLoss: number }[];
      };
      for (const { learner, firstLoss, meanFinalLoss } of summary.learners) {
        expect(meanFinalLoss, learner).toBeLessThan(learner === 'rtrl' ? firstLoss : 0.03 * firstLoss);
      }
    },
  );

  test('the second command of the README is the tests, which are running now', () => {
    expect(ownTests.code).toBe('npm ci && npm test\n');
  });

  test('the TypeScript is free of type errors', { timeout: 3 * MINUTES }, async () => {
    mkdirSync(join(clone, 'blocks'));
    for (const { name, code } of named('ts')) writeFileSync(join(clone, 'blocks', fileOf(name)), code);
    const project = { extends: '../tsconfig.json', include: ['.'] };
    writeFileSync(join(clone, 'blocks', 'tsconfig.json'), JSON.stringify(project));
    expect(await runIn(clone, 'npx', 'tsc', '--noEmit', '-p', 'blocks')).toMatchObject({ code: 0, stdout: '' });
  });

  test.each(named('ts'))('$name runs', { timeout: 2 * MINUTES }, async ({ name, code }) => {
    const file = join('blocks', fileOf(name));
    const args = /^export default (scenario|variation)\(/m.test(code)
      ? ['src/cli/main.ts', 'run', file, '--trials', '10', '--out', `runs/${fileOf(name)}`]
      : [file];
    const outcome = await runIn(clone, process.execPath, '--import', 'tsx', ...args);
    expect({ ...outcome, stdout: '' }).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test.each(commands)('$name runs', { timeout: 3 * MINUTES }, async ({ code }) => {
    const { code: exit, stderr } = await runIn(clone, 'bash', '-ec', code);
    expect({ exit, stderr: exit === 0 ? '' : stderr }).toEqual({ exit: 0, stderr: '' });
  });

  test.each(named('json'))('$name is JSON', ({ code }) => {
    expect(() => JSON.parse(code) as unknown).not.toThrow();
  });

  // The guide's commands have left a run and its exports behind.
  test.skipIf(python === null).each(named('python'))('$name runs', async ({ code }) => {
    const directory = join(clone, 'runs/guide/export');
    const { code: exit, stderr } = await runIn(directory, python ?? '', '-c', code, '../recording.msgpack');
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  });
});

function fileOf(name: string): string {
  return `${name.replace(/\W+/g, '-')}.ts`;
}
