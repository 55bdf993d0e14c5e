import { resolve } from 'node:path';
import Table from 'cli-table3';
import { Command } from 'commander';
import { builtInSolvers, local, referenceNames } from '../algorithms/index.ts';
import { InputError, joined } from '../errors/index.ts';
import { loadScenario } from '../loading/index.ts';
import {
  LEDGER_TIMESTEPS,
  LEDGER_UNITS,
  ledger,
  perSynapse,
  QUANTITIES,
  type Fit,
  type Ledger,
  type LedgerOptions,
} from '../locality/index.ts';
import { makeDirectory } from '../recording/index.ts';
import { counts, names, namesOf, number, path } from './options.ts';

interface LedgerFlags {
  readonly learner?: readonly string[];
  readonly units?: readonly number[];
  readonly timesteps?: readonly number[];
  readonly most?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** `rxflo ledger [SCENARIO]`: counts what learning costs while the engines run. */
export function ledgerCommand(): Command {
  return new Command('ledger')
    .summary('count what learning sends, reads, computes and stores')
    .description(
      'Counts, while the engines run one trial, what each learner sends, reads, computes and stores per synapse. Repeats this for several numbers of units N and of timesteps T, and fits the exponents of N and T.',
    )
    .argument('[scenario]', "a scenario with the options 'units' and 'period' (default: the paper's example)")
    .addOption(
      names(
        '--learner <names>',
        `rules of the circuit, ${namesOf(builtInSolvers)}; add -weight-transport or -random to a name for other feedback`,
      ),
    )
    .addOption(counts('--units <numbers>', 'values of N, each counted at the first T (default: 8,16,32,64,128)'))
    .addOption(
      counts('--timesteps <numbers>', 'values of T, each counted at the first N (default: 10,30,100,300,1000)'),
    )
    .addOption(
      number(
        '--most <count>',
        'stop counting the reads and writes of a solver above this number (default: 33554432)',
        'positive',
      ),
    )
    .addOption(number('--seed <n>', 'the seed, which fixes every count (default: 1)', 'whole'))
    .addOption(path('--out <dir>', 'directory for report.html, ledger.svg, ledger.json and ledger.csv'))
    .option('--json', 'print the ledger as JSON')
    .addHelpText(
      'after',
      `
Examples:
  rxflo ledger
  rxflo ledger --learner rflo,rtrl --units 8,16,32 --timesteps 10 --out ledger
  rxflo ledger scenarios/periodic.ts --json

Exit codes: 0 done, 1 a trial failed, 2 the input is wrong.`,
    )
    .action(run);
}

async function run(file: string | undefined, { learner, out, json = false, ...sizes }: LedgerFlags): Promise<void> {
  // A directory that cannot be made is reported now, and not after the work.
  if (out !== undefined) makeDirectory(resolve(out))();
  const counted = ledger({
    ...(learner && { learners: learner }),
    ...(file !== undefined && (await ofScenario(file, sizes, learner))),
    ...sizes,
    onCount: (what) => {
      if (process.stderr.isTTY) process.stderr.write(`Counting the ${what}\n`);
    },
  });
  const files = out === undefined ? [] : await written(counted, out);
  if (json) process.stdout.write(`${JSON.stringify(counted, null, 2)}\n`);
  else process.stdout.write(`${tables(counted)}\n${files.length > 0 ? `Report: ${files[0]}\n` : ''}`);
}

async function written(counted: Ledger, out: string): Promise<string[]> {
  const { writeLedger } = await import('../report/index.ts'); // loaded only when needed: it is slow to load
  return writeLedger(counted, resolve(out));
}

/**
 * The circuits and tasks of a scenario, with its options `units` and `period` set to each size, all made before anything is counted.
 * A name means the learner of that name that the scenario compares, if there is one.
 */
async function ofScenario(
  file: string,
  { units = LEDGER_UNITS, timesteps = LEDGER_TIMESTEPS }: Pick<LedgerFlags, 'units' | 'timesteps'>,
  names: readonly string[] = [local().name, ...referenceNames],
): Promise<LedgerOptions> {
  const { scenario, within } = await loadScenario(file);
  const missing = ['units', 'period'].filter((option) => !Object.hasOwn(scenario.options, option));
  if (missing.length > 0) {
    const problem = `has no option ${joined(missing.map((option) => `'${option}'`))}`;
    throw new InputError(
      file,
      `${problem}, and the ledger varies N = units and T = period; add ${missing.length > 1 ? 'them' : 'it'}, or leave the scenario out`,
    );
  }
  const [circuits, tasks, compared] = await within(
    () =>
      [
        new Map(units.map((count) => [count, scenario.plan({ settings: { units: count } }).circuit])),
        new Map(timesteps.map((period) => [period, scenario.plan({ settings: { period } }).task])),
        scenario.plan().learners,
      ] as const,
  );
  return {
    learners: names.map((name) => compared.find((learner) => learner.name === name) ?? name),
    circuit: (count) => made(circuits, count),
    task: (period) => made(tasks, period),
  };
}

function made<T>(things: ReadonlyMap<number, T>, size: number): T {
  const thing = things.get(size);
  if (thing === undefined) throw new Error(`nothing of size ${size} was made`);
  return thing;
}

/** What was counted, and below it the fitted exponents. */
function tables({ rows, fits }: Ledger): string {
  const numbers = (count: number) => Array.from({ length: count }, () => 'right' as const);
  const style = { head: [], border: [] };
  const laws = new Table({
    head: ['learner', 'for one synapse', 'over N', 'tail', 'residual', 'over T', 'tail', 'residual'],
    style,
    colAligns: ['left', 'left', ...numbers(6)],
  });
  for (const learner of new Set(fits.map((fit) => fit.learner))) {
    for (const quantity of QUANTITIES) {
      const own = fits.filter((fit) => fit.learner === learner && fit.quantity === quantity);
      if (own.length > 0) laws.push([learner, quantity, ...lawIn(own, 'units'), ...lawIn(own, 'timesteps')]);
    }
  }
  const counted = new Table({
    head: ['learner', 'N', 'T', ...QUANTITIES],
    style,
    colAligns: ['left', ...numbers(2 + QUANTITIES.length)],
  });
  for (const row of rows) {
    const values = QUANTITIES.map((quantity) => perSynapse(row, quantity)?.toPrecision(4) ?? '-');
    counted.push([row.learner, row.units, row.timesteps, ...values]);
  }
  const notes = [
    'Events, reads and operations: for one update of one synapse. Bytes: kept for one synapse in order to learn.',
    'Tail: the exponent between the two largest sizes. Solvers send no events: they read what they need directly.',
    ...(rows.some(({ reads }) => reads === null)
      ? ['-: not counted, because there are more reads and writes than --most.']
      : []),
  ];
  return `${counted.toString()}\n\nFitted exponents\n${laws.toString()}\n${notes.join('\n')}`;
}

function lawIn(fits: readonly Fit[], by: Fit['by']): readonly string[] {
  const fit = fits.find((one) => one.by === by);
  return fit
    ? [fit.exponent, fit.tail, fit.residual].map((value) => (Number(value.toFixed(3)) + 0).toFixed(3))
    : ['-', '-', '-'];
}
