import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { names, number } from '../../src/cli/options.ts';
import { InputError, show } from '../../src/errors/index.ts';
import { casesOf, KIND_NAMES, type Case } from './cases.ts';
import { CONTENDERS, contendersOf, type Contender } from './contenders/index.ts';
import type { Measure } from './turns.ts';

/** What is to be run. */
export interface BenchOptions extends Measure {
  readonly cases: readonly Case[];
  readonly contenders: readonly Contender[];
  /** Where the whole result goes as JSON. */
  readonly json?: string;
}

/** What is run unless said otherwise, and with `--quick`. */
const USUAL = { rounds: 9, turn: 0.3, units: ['50', '200', '400', '1000'] };
const QUICK = { rounds: 3, turn: 0.05, units: ['50', '200'] };

/** The options as they were given. */
interface Given {
  readonly rounds?: number;
  readonly turn?: number;
  readonly units?: readonly string[];
  readonly cases?: readonly string[];
  readonly contenders?: readonly string[];
  readonly quick?: boolean;
  readonly json?: string;
}

/**
 * Reads the command line; `--help` prints and returns null.
 *
 * @throws InputError naming the option that is wrong.
 */
export function readOptions(words: readonly string[]): BenchOptions | null {
  const command = new Command('npm run bench --')
    .description('rxflo beside its peers: the same learning in the same run, in turns, as ratios with their spread.')
    .addOption(number('--rounds <n>', `turns of each contender; usually ${USUAL.rounds}`, 'count'))
    .addOption(number('--turn <seconds>', `how long a turn takes, about; usually ${USUAL.turn}`, 'positive'))
    .addOption(names('--units <n,...>', `sizes of the network; usually ${USUAL.units.join(',')}`))
    .addOption(names('--cases <name,...>', `which of ${KIND_NAMES.join(', ')}; usually all`))
    .addOption(
      names(
        '--contenders <name,...>',
        `which of ${CONTENDERS.map(({ name }) => name).join(', ')}; usually all; kernels-f64 takes part always`,
      ),
    )
    .option('--quick', `a look, not a measurement: ${QUICK.rounds} short rounds, N = ${QUICK.units.join(' and ')}`)
    .option('--json <file>', 'write everything, every round too, to a file')
    .addHelpText('after', '\nExit codes: 0 done, 1 a contender failed or learned something else, 2 the input is wrong.')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  try {
    command.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    throw new InputError('command line', `${error.message.replace(/^error: /, '').replaceAll('\n', ' ')} (see --help)`);
  }
  return complete(command.opts<Given>());
}

function complete({ quick = false, json, ...given }: Given): BenchOptions {
  const usual = quick ? QUICK : USUAL;
  const file = json === undefined ? undefined : resolve(process.env['INIT_CWD'] ?? '.', json);
  if (file !== undefined && !existsSync(dirname(file))) {
    throw new InputError('--json', `there is no folder for ${show(json)}`);
  }
  return {
    rounds: given.rounds ?? usual.rounds,
    seconds: given.turn ?? usual.turn,
    cases: casesOf(given.cases ?? KIND_NAMES, (given.units ?? usual.units).map(unitsOf)),
    contenders: contendersOf(given.contenders ?? CONTENDERS.map(({ name }) => name)),
    ...(file !== undefined && { json: file }),
  };
}

function unitsOf(text: string): number {
  const units = Number(text);
  if (Number.isInteger(units) && units >= 1) return units;
  throw new InputError('--units', `${show(text)} is not a whole number, 1 or more`);
}
