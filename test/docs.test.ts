import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host, ROOT as root, workplace } from './cli/command.ts';
import { pythonWith } from './recording/python.ts';

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

/** A clone as a new user has it: what is tracked (or about to be), nothing built; what `npm ci` installs is the project's own. */
const { directory: clone, remove } = workplace();
const { rxflo, end } = host();

beforeAll(() => {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' });
  for (const file of new Set(files.split('\0').filter(Boolean))) {
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    cpSync(join(root, file), join(clone, file));
  }
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
  mkdirSync(join(clone, 'blocks'));
  for (const { name, code } of named('ts')) writeFileSync(join(clone, 'blocks', fileOf(name)), code);
});

afterAll(() => {
  end();
  remove();
});

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function runIn(directory: string, command: string, ...args: string[]): Promise<Outcome> {
  const child = spawn(command, args, { cwd: directory });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, ...output };
}

/** Runs a command of rxflo in the clone. */
async function expectToRun(...words: readonly string[]): Promise<void> {
  const { status, stderr } = await rxflo(clone, ...words);
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
}

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

// In order: some blocks go on with what others have left.
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

  test(`${mainJob.name}: runs the main job, and ends with table and report`, async () => {
    const [install, run] = mainJob.code.split(' && ');
    expect(install).toBe('npm ci'); // as CI does, in a clone
    // A fifth of its trials are enough to see that it learns.
    const { code, stdout, stderr } = await runIn(clone, 'bash', '-ec', `${run.trim()} --trials 1000`);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    for (const learner of ['rflo', 'bptt', 'rtrl']) expect(stdout).toMatch(new RegExp(`│ ${learner} `));
    const report = /Report: (.*report\.html)\s*$/.exec(stdout)?.[1];
    expect(readFileSync(report ?? '', 'utf8')).toContain('<svg');
    const summary = JSON.parse(readFileSync(join(dirname(report ?? ''), 'summary.json'), 'utf8')) as {
      learners: { learner: string; firstLoss: number; finalLoss: number }[];
    };
    for (const { learner, firstLoss, finalLoss } of summary.learners) {
      expect(finalLoss, learner).toBeLessThan(learner === 'rtrl' ? firstLoss : 0.05 * firstLoss);
    }
  });

  test('the second command of the README is the tests, which are running now', () => {
    expect(ownTests.code).toBe('npm ci && npm test\n');
  });

  test('the TypeScript is free of type errors', async () => {
    const project = { extends: '../tsconfig.json', include: ['.'] };
    writeFileSync(join(clone, 'blocks', 'tsconfig.json'), JSON.stringify(project));
    expect(await runIn(clone, 'node', 'node_modules/typescript/bin/tsc', '--noEmit', '-p', 'blocks')).toMatchObject({
      code: 0,
      stdout: '',
    });
  });

  const isScenario = ({ code }: Block) => /^export default (scenario|variation)\(/m.test(code);

  test.each(named('ts').filter(isScenario))('$name runs', async ({ name }) => {
    await expectToRun('run', `blocks/${fileOf(name)}`, '--trials', '10', '--out', `runs/${fileOf(name)}`);
  });

  test('the TypeScript that is no scenario runs, all in one process', async () => {
    const others = named('ts').filter((block) => !isScenario(block));
    writeFileSync(join(clone, 'blocks', 'all.ts'), others.map(({ name }) => `import './${fileOf(name)}';\n`).join(''));
    const { code, stderr } = await runIn(clone, process.execPath, '--import', 'tsx', 'blocks/all.ts');
    // What they print goes there, too, once a block has loaded a scenario.
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  });

  test.each(commands)('$name runs', async ({ code }) => {
    for (const line of code.trim().split('\n')) {
      const [, words] = /^npm run -s rxflo -- (.+)$/.exec(line) ?? [];
      if (words) await expectToRun(...words.split(' '));
      else expect(await runIn(clone, 'bash', '-ec', line)).toMatchObject({ code: 0 });
    }
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
