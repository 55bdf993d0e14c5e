import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { getFileInfo } from 'prettier';
import ts from '@typescript/typescript6';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// What an editor's language server says of a file that a user has just saved in a fresh clone, where nothing is built.

const clone = realpathSync(mkdtempSync(join(tmpdir(), 'rxflo-editor-')));
const [first = ''] = /(?<=^```ts\n).*?(?=^```$)/ms.exec(readFileSync('README.md', 'utf8')) ?? [];
const nothing = (): undefined => undefined;
const watcher = () => ({ close: nothing });

const service = new ts.server.ProjectService({
  host: {
    ...ts.sys,
    ...{ setTimeout, clearTimeout, setImmediate, clearImmediate },
    ...{ watchFile: watcher, watchDirectory: watcher },
  },
  logger: {
    ...{ close: nothing, hasLevel: () => false, loggingEnabled: () => false, perftrc: nothing, info: nothing },
    ...{ startGroup: nothing, endGroup: nothing, msg: nothing, getLogFileName: nothing },
  },
  cancellationToken: ts.server.nullCancellationToken,
  ...{ useSingleInferredProject: false, useInferredProjectPerProjectRoot: false },
  typingsInstaller: ts.server.nullTypingsInstaller,
  session: undefined,
});

/** Saves a file, opens it, and asks: its project, what is red, and what is offered where the text has a bar. */
function opened(name: string, marked: string) {
  const [file, at] = [join(clone, name), marked.indexOf('|')];
  const text = marked.replace('|', '');
  writeFileSync(file, text);
  service.openClientFile(file, text);
  const project = service.getDefaultProjectForFile(ts.server.toNormalizedPath(file), true);
  const server = project?.getLanguageService();
  return {
    project: basename(project?.getProjectName() ?? ''),
    red: [...(server?.getSyntacticDiagnostics(file) ?? []), ...(server?.getSemanticDiagnostics(file) ?? [])].map(
      ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'),
    ),
    offered: server?.getCompletionsAtPosition(file, at, undefined)?.entries.map((entry) => entry.name) ?? [],
  };
}

beforeAll(() => {
  for (const name of ['src', 'node_modules']) symlinkSync(resolve(name), join(clone, name));
  for (const name of ['tsconfig.json', 'package.json', '.oxlintrc.json']) cpSync(name, join(clone, name));
  for (const name of ['my', 'test']) mkdirSync(join(clone, name));
});

afterAll(() => {
  rmSync(clone, { recursive: true, force: true });
});

describe("README's first.ts in the editor", () => {
  it.each(['first.ts', 'my/first.ts'])('has types, saved as %s', (name) => {
    const { project, red, offered } = opened(name, first.replace("'bptt'", "'|bptt'"));
    expect({ project, red }).toEqual({ project: 'tsconfig.json', red: [] });
    expect(offered).toEqual(expect.arrayContaining(['rflo', 'delta', 'bptt', 'rtrl']));
  });

  it('is red where it is wrong', () => {
    const { red } = opened('wrong.ts', first.replace("from: 'h', to: 'y'", "from: 'hh', to: 'y'"));
    expect(red).toEqual([expect.stringContaining(`"hh"' is not assignable`)]);
  });
});

it.each(['first.ts', 'my/first.ts'])("%s is no part of the project's own checks", async (name) => {
  const { config } = ts.parseConfigFileTextToJson('', readFileSync('tsconfig.types.json', 'utf8')) as {
    config: { include: string[] };
  };
  expect(config.include.filter((pattern) => ['*.ts', 'my'].includes(pattern))).toEqual([]);
  for (const file of [name, 'test/ours.ts']) writeFileSync(join(clone, file), 'debugger;');
  const { stdout } = spawnSync('node_modules/.bin/oxlint', ['--format', 'unix', name, 'test'], {
    cwd: clone,
    encoding: 'utf8',
  });
  expect([...stdout.matchAll(/^.*\.ts(?=:)/gm)].join()).toBe('test/ours.ts');
  expect((await getFileInfo(name, { ignorePath: '.prettierignore' })).ignored).toBe(true);
});
