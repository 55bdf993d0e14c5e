#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { InputError } from '../errors/index.ts';
import { version } from '../recording/index.ts';
import { auditCommand } from './audit.ts';
import { exportCommand } from './export.ts';
import { ledgerCommand } from './ledger.ts';
import { goWhereTyped } from './paths.ts';
import { reportCommand } from './report.ts';
import { ruleCommand } from './rule.ts';
import { runCommand } from './run.ts';
import { solveCommand } from './solve.ts';
import { sweepCommand } from './sweep.ts';

const program = new Command('rxflo')
  .description(
    'Event-driven simulator of local learning: every neuron and synapse an RxJS actor, beside exact BPTT and RTRL.',
  )
  .version(version())
  .addHelpText(
    'after',
    `
Examples:
  rxflo run scenarios/periodic.ts
  rxflo sweep scenarios/periodic.ts --grid period=50,100,200 --grid learner=rflo,bptt --seeds 9
  rxflo solve test/golden/rflo-trial.json
  rxflo export runs/periodic --format npz
  rxflo rule rflo
  rxflo audit scenarios/periodic.ts
  rxflo ledger --learner rflo,bptt
  rxflo run --help

Exit codes: 0 done, 1 the run failed or was interrupted, 2 the input is wrong.`,
  );
const made = [
  runCommand,
  sweepCommand,
  solveCommand,
  exportCommand,
  reportCommand,
  ruleCommand,
  auditCommand,
  ledgerCommand,
];
for (const make of made) program.addCommand(make());
// What commander finds wrong is said as everything else is: in one line.
for (const command of [program, ...program.commands]) {
  const help = `${command === program ? '' : 'rxflo '}${command.name()} --help`;
  command.exitOverride().configureOutput({
    outputError: (text, write) => {
      write(
        `rxflo: ${text
          .replace(/^error: /, '')
          .trim()
          .replaceAll('\n', ' ')} (see ${help})\n`,
      );
    },
  });
}

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough, such as `head`, is no failure: the run goes on, and its files are what counts.
    if (error.code !== 'EPIPE') process.exitCode = complain(`cannot print: ${error.message}`, 1);
  });
}

goWhereTyped();
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCode(error);
}

/** Says what is wrong, in one message without a stack, and how the process ends: 1 the run failed, 2 the input is wrong. */
function exitCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return complain(error instanceof Error ? error.message : String(error), error instanceof InputError ? 2 : 1);
}

function complain(message: string, code: number): number {
  process.stderr.write(`rxflo: ${message}\n`);
  return code;
}
