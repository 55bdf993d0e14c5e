import { runCommandLine } from '../../src/cli/command-line.ts';
import { goWhereTyped } from '../../src/cli/paths.ts';

// A process that runs one command line after another, as each would run in a process of its own, and tells how each ended.
// Loading rxflo takes longer than most commands.

/** A command line, and the folder that it is typed in. */
export interface Typed {
  readonly cwd: string;
  readonly words: readonly string[];
}

/** How it ended. */
export interface Told {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What is written to a stream while `run` runs. */
async function caught(stream: NodeJS.WriteStream, run: () => Promise<unknown>): Promise<string> {
  const write = stream.write.bind(stream);
  let text = '';
  stream.write = (part: string | Uint8Array) => {
    text += typeof part === 'string' ? part : Buffer.from(part).toString('utf8');
    return true;
  };
  try {
    await run();
  } finally {
    stream.write = write;
  }
  return text;
}

/** What the command line has left. */
const exitCode = () => Number(process.exitCode);

async function told({ cwd, words }: Typed): Promise<Told> {
  process.env['INIT_CWD'] = cwd;
  process.exitCode = 0;
  goWhereTyped();
  let stderr = '';
  const stdout = await caught(process.stdout, async () => {
    stderr = await caught(process.stderr, () => runCommandLine(words));
  });
  return { status: exitCode(), stdout, stderr };
}

// One after the other: the working directory and the exit code are the process's.
let last = Promise.resolve();
process.on('message', (typed: Typed) => {
  last = last.then(async () => {
    process.send?.(await told(typed));
  });
});
