import { fork, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import type { Told, Typed } from './host.ts';

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** How a command ended, and what it printed. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  /** Without the lines of `progress`, which come only where a run takes its time. */
  readonly stderr: string;
  readonly progress: string;
}

/** A command that is running. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

const PROGRESS = /^(?:\S+: trial \d+ of \d+, loss \d\S*, \d+ s left|sweep: \d+ of \d+ realizations.*)\n/gm;

function withoutProgress(printed: string): Pick<Ended, 'stderr' | 'progress'> {
  return { stderr: printed.replaceAll(PROGRESS, ''), progress: (printed.match(PROGRESS) ?? []).join('') };
}

/** Starts the command line as `npm run -s rxflo --` does, typed in `cwd`, but what is built: see ../support/build.ts. */
export function start(cwd: string, ...args: readonly string[]): Started {
  const child = spawn(process.execPath, [join(inject('built'), 'src/cli/main.js'), ...args], {
    cwd: ROOT,
    env: { ...process.env, npm_lifecycle_event: 'rxflo', INIT_CWD: cwd },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (part: Buffer) => out.push(part));
  child.stderr.on('data', (part: Buffer) => err.push(part));
  const text = (parts: readonly Buffer[]) => Buffer.concat(parts).toString('utf8');
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      resolve({ status, signal, stdout: text(out), ...withoutProgress(text(err)) });
    });
  });
  return { child, ended };
}

/** How many commands `rxflo` runs side by side; more would only wait for each other. */
const TOGETHER = 2;
let running = 0;
const waiting: (() => void)[] = [];

/** Runs the command line, typed in `cwd`, to its end. */
export async function rxflo(cwd: string, ...args: readonly string[]): Promise<Ended> {
  while (running >= TOGETHER) await new Promise<void>((go) => waiting.push(go));
  running++;
  try {
    return await start(cwd, ...args).ended;
  } finally {
    running--;
    waiting.shift()?.();
  }
}

/** A process in which many command lines run. */
export interface Host {
  /** Runs a command line, typed in `cwd`, to its end, after those before it. */
  readonly rxflo: (cwd: string, ...args: readonly string[]) => Promise<Ended>;
  readonly end: () => void;
}

/**
 * Starts a process for many command lines: for tests of what commands do and say, not of how processes begin and end.
 * A scenario file is loaded once in it: what it holds must not change.
 */
export function host(): Host {
  const child = fork(join(inject('built'), 'test/cli/host.js'), {
    cwd: ROOT,
    env: { ...process.env, npm_lifecycle_event: 'rxflo' },
    execArgv: [],
    silent: true,
  });
  const unanswered: { readonly answer: (told: Told) => void; readonly fail: (error: Error) => void }[] = [];
  child.on('message', (told: Told) => unanswered.shift()?.answer(told));
  child.on('close', (status) => {
    for (const { fail } of unanswered) fail(new Error(`the process of the commands ended with ${status}`));
  });
  return {
    rxflo: async (cwd, ...words) => {
      const { status, stdout, stderr } = await new Promise<Told>((answer, fail) => {
        unanswered.push({ answer, fail });
        child.send({ cwd, words } satisfies Typed, (error) => {
          if (error) fail(error);
        });
      });
      return { status, signal: null, stdout, ...withoutProgress(stderr) };
    },
    end: () => {
      child.kill();
    },
  };
}

/** A directory of its own for the tests of one file, and how to take it away. */
export function workplace(): { readonly directory: string; readonly remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'rxflo-cli-'));
  return {
    directory,
    remove: () => {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Every file and directory under `directory`, a file with a digest of what is in it. */
export function contentsOf(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .map((path) => {
      const name = relative(directory, path);
      return statSync(path).isDirectory() ? `${name}/` : `${name} ${digestOf(path)}`;
    })
    .sort();
}

function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
