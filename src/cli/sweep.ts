import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { fromEvent, lastValueFrom, merge, take, takeUntil, tap } from 'rxjs';
import { InputError, show } from '../errors/index.ts';
import type { Precision } from '../kernels/index.ts';
import { loadScenario } from '../loading/index.ts';
import { latestSweepDirectory, readSweep, summarizeSweep, type SweepPlace } from '../recording/index.ts';
import { sweep, type SweepEvent } from '../sweep/index.ts';
import type { EngineName } from '../training/index.ts';
import {
  batchOption,
  carryOption,
  evaluationOption,
  feedbackOption,
  gridFrom,
  engineChoice,
  number,
  precisionOption,
  quickOption,
  scheduleOption,
  path,
  settingsFrom,
} from './options.ts';
import { sweepProgress } from './sweep-progress.ts';
import { sweepTable } from './sweep-table.ts';

interface SweepFlags {
  readonly grid?: readonly string[];
  readonly seeds?: number | readonly number[];
  readonly best?: string;
  readonly score?: string;
  readonly quick?: boolean;
  readonly workers?: number;
  readonly trials?: number;
  readonly targetLoss?: number;
  readonly patience?: number;
  readonly engine?: EngineName;
  readonly precision?: Precision;
  readonly schedule?: 'trial' | 'online';
  readonly evaluation?: 'history' | 'trace';
  readonly batch?: number;
  readonly carry?: boolean;
  readonly feedback?: 'random' | 'symmetric';
  readonly set?: readonly string[];
  readonly out?: string;
  readonly resume?: boolean;
  readonly json?: boolean;
}

/** `rxflo sweep SCENARIO`: runs a scenario over a grid of settings and several seeds, in parallel. */
export function sweepCommand(): Command {
  return new Command('sweep')
    .summary('run a scenario over a grid of settings and several seeds')
    .description(
      'Runs one realization for each cell of a grid and each seed, in parallel on worker threads, and writes a sweep directory with results.csv, figures and report.',
    )
    .argument('[scenario]', 'a scenario file, such as scenarios/periodic.ts')
    .usage('<scenario> [options]')
    .option(
      '--grid <name=a,b...>',
      "an axis of the grid and its values; the axis is an option of the scenario, or learner, feedback or schedule. Repeat for each axis (default: the scenario's own sweep)",
      (text: string, before: readonly string[] | undefined) => [...(before ?? []), text],
    )
    .addOption(seedsOption())
    .option(
      '--best <axis>',
      "an axis to tune, such as the learning rate: figures show each combination of the other axes at its best value (default: the scenario's own)",
    )
    .option(
      '--score <name>',
      "the score of the task's test by which results are shown and compared (default: the scenario's own, else the final loss)",
    )
    .addOption(quickOption())
    .addOption(
      number('--workers <n>', 'number of worker threads (default: what the machine can run in parallel)', 'count'),
    )
    .addOption(number('--trials <n>', 'number of trials for each realization', 'count'))
    .addOption(number('--target-loss <loss>', 'stop a realization once the loss of a trial is this low', 'positive'))
    .addOption(number('--patience <n>', 'stop a realization after n trials without a new lowest loss', 'count'))
    .addOption(engineChoice())
    .addOption(precisionOption())
    .addOption(scheduleOption())
    .addOption(evaluationOption())
    .addOption(batchOption())
    .addOption(carryOption())
    .addOption(feedbackOption())
    .option('--set <name=value...>', "set the scenario's options in all cells")
    .addOption(
      path('--out <dir>', 'the sweep directory (default: runs/NAME-sweep, where NAME is that of the scenario file)'),
    )
    .option('--resume', 'continue the sweep in the directory; finished realizations are not run again')
    .option('--json', 'print the summary as JSON')
    .addHelpText(
      'after',
      `
Examples:
  rxflo sweep scenarios/periodic.ts --grid period=50,100,200 --grid learner=rflo,bptt --seeds 9
  rxflo sweep scenarios/periodic.ts --grid learner=rflo,bptt --grid rate=0.01,0.03,0.1 --best rate
  rxflo sweep scenarios/murray2019-fig2.ts --quick
  rxflo sweep scenarios/periodic.ts --grid units=20,50 --seeds 3,5,8 --trials 500 --out runs/sizes
  rxflo sweep scenarios/periodic.ts --grid units=20,50 --seeds 3,5,8 --trials 500 --out runs/sizes --resume

Exit codes: 0 done (even if realizations diverged, which is a result), 1 a realization failed for another reason or the sweep was interrupted, 2 the input is wrong.`,
    )
    .action(run);
}

/** The number of seeds, or a list of seeds. */
function seedsOption(): Option {
  const option = new Option('--seeds <n>', 'number of seeds (runs seeds 1 to n), or a list such as 3,5,8 (default: 5)');
  return option.argParser((text) => {
    const seeds = text
      .split(',')
      .filter((seed) => seed.trim() !== '')
      .map(Number);
    if (seeds.length === 0 || !seeds.every((seed) => Number.isSafeInteger(seed))) {
      throw new InputError(
        '--seeds',
        `expected the number of seeds, such as 9, or a list, such as 3,5,8, got ${show(text)}`,
      );
    }
    return text.includes(',') ? seeds : seeds[0];
  });
}

async function run(file: string | undefined, flags: SweepFlags): Promise<void> {
  if (file === undefined)
    throw new InputError('scenario', 'is missing; put it before the options, since --set takes every word after it');
  const { scenario, name } = await loadScenario(file);
  const { grid, set = [], out, resume, json, ...others } = flags;
  const events$ = sweep({
    scenario: file,
    ...others,
    settings: settingsFrom(scenario.options, set),
    ...(grid && { grid: gridFrom(scenario.options, grid) }),
    ...placeOf(name, out, resume ?? false),
  });
  const { directory, interrupted } = await follow(events$);
  if (directory === null) {
    process.stderr.write('Interrupted before the sweep began.\n');
    process.exitCode = 1;
    return;
  }
  const data = readSweep(directory);
  const { writeSweepReport } = await import('../report/index.ts'); // only here: loading the plotting would take a third of the start-up
  const [report, results] = writeSweepReport(data);
  const summary = summarizeSweep(data);
  process.stdout.write(
    json
      ? `${JSON.stringify({ directory, report, results, ...summary }, null, 2)}\n`
      : `${sweepTable(data)}\nResults: ${results}\nReport: ${report}\n`,
  );
  if (interrupted) {
    process.stderr.write(
      'Interrupted; finished realizations are saved. To continue, repeat the command with --resume.\n',
    );
  }
  if (summary.state !== 'finished') process.exitCode = 1;
}

function placeOf(name: string, out: string | undefined, resume: boolean): SweepPlace {
  const base = resolve('runs', `${name}-sweep`);
  if (out !== undefined) return { directory: resolve(out), resume };
  if (!resume) return { directory: base, numbered: true };
  const directory = latestSweepDirectory(base);
  if (directory !== null) return { directory, resume };
  throw new InputError(
    '--resume',
    `there is no sweep in ${base}; name its directory with --out, or run without --resume`,
  );
}

/** Runs to the end and shows the progress. An interruption ends the threads at once: finished realizations are already on the disk. */
async function follow(events$: ReturnType<typeof sweep>): Promise<{ directory: string | null; interrupted: boolean }> {
  const shown = sweepProgress();
  let directory: string | null = null;
  let interrupted = false;
  const show = (event: SweepEvent) => {
    if (event.type === 'begun') {
      ({ directory } = event);
      shown.begin(event.done, event.total);
    } else if (event.type === 'progress') {
      shown.reached(event.done);
    } else if (event.type === 'realization' && event.realization.reason === 'failed') {
      const { cell, realization } = event;
      const how = realization.diverged ? 'diverged' : 'failed';
      const where = [...Object.entries(cell.values), ['seed', realization.seed]].map(
        ([axis, value]) => `${axis}=${String(value)}`,
      );
      shown.say(`${where.join(' ')} ${how}: ${realization.error}`);
    }
  };
  const signals$ = merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM')).pipe(
    take(1),
    tap(() => (interrupted = true)),
  );
  try {
    await lastValueFrom(events$.pipe(tap(show), takeUntil(signals$)), { defaultValue: null });
  } finally {
    shown.end();
  }
  return { directory, interrupted };
}
