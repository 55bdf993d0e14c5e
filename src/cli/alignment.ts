import { resolve } from 'node:path';
import Table from 'cli-table3';
import { Command } from 'commander';
import { fromEvent, lastValueFrom, merge, take, takeUntil, tap } from 'rxjs';
import { InputError } from '../errors/index.ts';
import { loadScenario } from '../loading/index.ts';
import { learnerQuartiles, makeDirectory, pairQuartiles, type Alignment } from '../recording/index.ts';
import { alignment } from '../sweep/index.ts';
import { names, number, path, quickOption, settingsFrom } from './options.ts';
import { sweepProgress, type SweepProgress } from './sweep-progress.ts';

interface AlignmentFlags {
  readonly seeds?: number;
  readonly trials?: number;
  readonly repeats?: number;
  readonly workers?: number;
  readonly learner?: readonly string[];
  readonly quick?: boolean;
  readonly set?: readonly string[];
  readonly out?: string;
  readonly json?: boolean;
}

/** `rxflo alignment SCENARIO`: compares the gradients that a scenario's learners estimate on the same activity. */
export function alignmentCommand(): Command {
  return new Command('alignment')
    .summary('compare the gradients that learners estimate on the same activity')
    .description(
      'The first learner of a scenario changes the weights. All others run on the same activity and only estimate the gradient. Prints the cosines, bias and noise of each learner, the loss that it reaches when it trains alone, its cost and its locality class.',
    )
    .argument('[scenario]', 'a scenario file that compares several learners')
    .addOption(number('--seeds <n>', 'number of seeds: runs seeds 1 to n (default: 5)', 'count'))
    .addOption(number('--trials <n>', 'number of trials for each seed', 'count'))
    .addOption(
      number(
        '--repeats <n>',
        'how often each learner estimates the gradient of one trial, to separate bias from noise (default: 100)',
        'count',
      ),
    )
    .addOption(
      number('--workers <n>', 'number of worker threads (default: what the machine can run in parallel)', 'count'),
    )
    .addOption(names('--learner <names>', 'use only these of the compared learners; the first one changes the weights'))
    .addOption(quickOption())
    .option('--set <name=value...>', "set the scenario's options")
    .addOption(path('--out <dir>', 'directory for report.html, figures, alignment.json and alignment.csv'))
    .option('--json', 'print the alignment as JSON')
    .addHelpText(
      'after',
      `
Examples:
  rxflo alignment scenarios/marschall2020-alignment.ts --quick
  rxflo alignment scenarios/marschall2020-alignment.ts --seeds 9 --out runs/alignment
  rxflo alignment scenarios/periodic.ts --learner bptt,rflo --trials 100

Exit codes: 0 done, 1 a learner failed, 2 the input is wrong.`,
    )
    .action(run);
}

async function run(file: string | undefined, flags: AlignmentFlags): Promise<void> {
  if (file === undefined)
    throw new InputError('scenario', 'is missing; put it before the options, since --set takes every word after it');
  // A directory that cannot be made is reported now, and not after hours of work.
  if (flags.out !== undefined) makeDirectory(resolve(flags.out))();
  const found = await aligned(file, flags);
  if (found === null) {
    process.stderr.write('Interrupted; nothing was saved.\n');
    process.exitCode = 1;
    return;
  }
  const files = flags.out === undefined ? [] : await written(found, flags.out);
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(found, null, 2)}\n`
      : `${tables(found)}\n${files.length > 0 ? `Report: ${files[0]}\n` : ''}`,
  );
}

async function written(alignment: Alignment, out: string): Promise<string[]> {
  const { writeAlignment } = await import('../report/index.ts'); // loaded only when needed: it is slow to load
  return writeAlignment(alignment, resolve(out));
}

/** Runs all seeds and shows the progress. An interruption ends the threads at once. */
async function aligned(
  file: string,
  { set = [], learner, seeds, trials, repeats, workers, quick }: AlignmentFlags,
): Promise<Alignment | null> {
  const { scenario } = await loadScenario(file);
  let shown: SweepProgress | undefined;
  const begin = (...[total, name, units]: readonly [number, string, string]) => {
    shown?.end();
    shown = sweepProgress(name, units);
    shown.begin(0, total);
  };
  const interrupted$ = merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM')).pipe(take(1));
  let result: Alignment | null = null;
  const events$ = alignment({
    ...{ scenario: file, settings: settingsFrom(scenario.options, set), quick: quick ?? false },
    ...(learner && { learners: learner }),
    ...(seeds !== undefined && { seeds }),
    ...(trials !== undefined && { trials }),
    ...(repeats !== undefined && { repeats }),
    ...(workers !== undefined && { workers }),
  });
  try {
    await lastValueFrom(
      events$.pipe(
        tap((event) => {
          if (event.type === 'counted' && event.done === 0) begin(event.total, 'counting costs', 'learners');
          else if (event.type === 'begun') begin(event.total, 'alignment', 'seeds');
          else if (event.type === 'done') ({ alignment: result } = event);
          else shown?.reached(event.done);
        }),
        takeUntil(interrupted$),
      ),
      { defaultValue: null },
    );
  } finally {
    shown?.end();
  }
  return result;
}

/** A table with a row for each learner, and the matrix of cosines of timesteps. */
function tables(alignment: Alignment): string {
  const { learners, seeds, title } = alignment;
  const style = { head: [], border: [] };
  const short = (value: number) => (Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '-');
  const spread = ({ low, median, high }: ReturnType<typeof pairQuartiles>) =>
    `${short(median)} [${short(low)}, ${short(high)}]`;
  const each = new Table({
    head: ['learner', 'cosine, timesteps', 'cosine, trials', 'bias', 'noise', 'final loss', 'operations', 'class'],
    style,
  });
  learners.forEach(({ name, class: found, operations }, i) => {
    const { bias, noise, loss } = learnerQuartiles(alignment, i);
    const cosines = (['timesteps', 'trials'] as const).map((what) => spread(pairQuartiles(alignment, what, 0, i)));
    each.push([
      name,
      ...cosines,
      spread(bias),
      spread(noise),
      spread(loss),
      operations === null ? '-' : short(operations),
      found,
    ]);
  });
  const matrix = new Table({ head: ['', ...learners.map(({ name }) => name)], style });
  learners.forEach(({ name }, i) => {
    matrix.push([name, ...learners.map((_, j) => pairQuartiles(alignment, 'timesteps', i, j).median.toFixed(2))]);
  });
  const over = seeds.length === 1 ? '1 seed' : `${seeds.length} seeds: median, and quartiles in brackets`;
  return `${title}, ${over}\n${each.toString()}\nMean cosine of timesteps\n${matrix.toString()}`;
}
