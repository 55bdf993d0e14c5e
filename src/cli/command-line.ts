import { Command, CommanderError } from 'commander';
import { InputError, oneLine } from '../errors/index.ts';
import { version } from '../recording/index.ts';
import { alignmentCommand } from './alignment.ts';
import { auditCommand } from './audit.ts';
import { exportCommand } from './export.ts';
import { ledgerCommand } from './ledger.ts';
import { neurobenchCommand } from './neurobench.ts';
import { nirCommand } from './nir.ts';
import { reportCommand } from './report.ts';
import { ruleCommand } from './rule.ts';
import { runCommand } from './run.ts';
import { solveCommand } from './solve.ts';
import { sweepCommand } from './sweep.ts';

const EXAMPLES = `
Examples:
  rxflo run scenarios/periodic.ts
  rxflo sweep scenarios/periodic.ts --grid period=50,100,200 --grid learner=rflo,bptt --seeds 9
  rxflo solve test/golden/rflo-trial.json
  rxflo export runs/periodic --format npz
  rxflo rule rflo
  rxflo audit scenarios/periodic.ts
  rxflo ledger --learner rflo,bptt
  rxflo nir import network.nir
  rxflo neurobench scenarios/mackey-glass.ts --quick
  rxflo alignment scenarios/marschall2020-alignment.ts --quick
  rxflo run --help

Exit codes: 0 done, 1 the run failed or was interrupted, 2 the input is wrong.`;

const COMMANDS = [
  runCommand,
  sweepCommand,
  solveCommand,
  exportCommand,
  reportCommand,
  ruleCommand,
  auditCommand,
  ledgerCommand,
  nirCommand,
  neurobenchCommand,
  alignmentCommand,
];

/**
 * Runs one command line, the words typed after `rxflo`. If it does not succeed, `process.exitCode` is set:
 * 1 the run failed or was interrupted, 2 the input is wrong.
 */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  process.on('exit', ended);
  try {
    await program().parseAsync(words, { from: 'user' });
  } catch (error) {
    process.exitCode = exitCode(error);
  }
  process.off('exit', ended);
}

/** A scenario that calls process.exit(0) must not look like a run that is done. */
function ended(code: number): void {
  if (code !== 0) return;
  process.stderr.write('rxflo: the scenario called process.exit before the command was done; remove the call\n');
  process.exitCode = 1;
}

function program(): Command {
  const rxflo = new Command('rxflo')
    .description(
      'Event-driven simulator of local learning: every neuron and synapse is an RxJS actor. Exact BPTT and RTRL are included as references.',
    )
    .version(version())
    .addHelpText('after', EXAMPLES);
  for (const make of COMMANDS) rxflo.addCommand(make());
  // Commander's own errors are printed like all others: on one line.
  for (const command of [rxflo, ...rxflo.commands.flatMap((each) => [each, ...each.commands])]) {
    const help = `${[...parentsOf(command), command].map((each) => each.name()).join(' ')} --help`;
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
  return rxflo;
}

/** The commands that contain a command, the outermost first. */
function parentsOf({ parent }: Command): readonly Command[] {
  return parent ? [...parentsOf(parent), parent] : [];
}

/** The longest message of an error that is not an InputError, characters. */
export const LONGEST = 2000;

/** Prints what is wrong, in one message without a stack, and returns the exit code: 1 the run failed, 2 the input is wrong. */
function exitCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`rxflo: ${error instanceof InputError ? message : oneLine(message, LONGEST)}\n`);
  return error instanceof InputError ? 2 : 1;
}
