#!/usr/bin/env node
import { complain, runCommandLine } from './command-line.ts';
import { goWhereTyped } from './paths.ts';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough, such as `head`, is no failure: the run goes on, and its files are what counts.
    if (error.code !== 'EPIPE') process.exitCode = complain(`cannot print: ${error.message}`, 1);
  });
}

goWhereTyped();
await runCommandLine(process.argv.slice(2));
