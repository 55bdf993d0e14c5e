import { resolve } from 'node:path';
import { Command } from 'commander';
import { lastValueFrom, tap } from 'rxjs';
import { builtInAlgorithms } from '../algorithms/index.ts';
import { InputError } from '../errors/index.ts';
import type { Precision } from '../kernels/index.ts';
import { loadScenario } from '../loading/index.ts';
import {
  isMeasure,
  latestDirectory,
  readRun,
  recordRun,
  whetherSame,
  type RecordedRun,
  type RunEvent,
  type Summary,
} from '../recording/index.ts';
import {
  lackOf,
  loadEngines,
  opaqueParts,
  whatFallsAway,
  quickOf,
  withoutKernels,
  type EngineName,
  type PlanOverrides,
  type Scenario,
} from '../training/index.ts';
import {
  enginesOption,
  feedbackOption,
  names,
  namesOf,
  number,
  precisionOption,
  quickOption,
  batchOption,
  carryOption,
  evaluationOption,
  scheduleOption,
  path,
  settingsFrom,
} from './options.ts';
import { progress } from './progress.ts';
import { unreadProbes } from './unread-probes.ts';
import { resultTable } from './result-table.ts';

interface RunFlags {
  readonly trials?: number;
  readonly seed?: number;
  readonly engine?: readonly EngineName[];
  readonly precision?: Precision;
  readonly learner?: readonly string[];
  readonly schedule?: 'trial' | 'online';
  readonly batch?: number;
  readonly evaluation?: 'history' | 'trace';
  readonly feedback?: 'random' | 'symmetric';
  readonly carry?: boolean;
  readonly targetLoss?: number;
  readonly patience?: number;
  readonly seconds?: number;
  readonly checkpointSeconds?: number;
  readonly set?: readonly string[];
  readonly quick?: boolean;
  readonly out?: string;
  readonly resume?: boolean;
  readonly json?: boolean;
}

/** `rxflo run SCENARIO`: runs a scenario into a run directory, with figures and a report. */
export function runCommand(): Command {
  return (
    new Command('run')
      .summary('run a scenario and write its report')
      .description(
        'Runs a scenario file (TypeScript, no build step) and writes a run directory with recording, figures and report.',
      )
      // Not <scenario>: if it is missing, the error below names the usual cause.
      .argument('[scenario]', 'a scenario file, such as scenarios/periodic.ts')
      .usage('<scenario> [options]')
      .addOption(
        number('--trials <n>', 'number of trials for each learner (a learner with its own limit keeps that)', 'count'),
      )
      .addOption(
        number(
          '--seed <s>',
          'the seed, a whole number; seed and scenario together fix every bit of the result',
          'whole',
        ),
      )
      .addOption(enginesOption())
      .addOption(precisionOption())
      .addOption(
        names(
          '--learner <names...>',
          `run only these learners: any that the scenario compares, rules of the circuit, or ${namesOf(builtInAlgorithms)}`,
        ),
      )
      .addOption(scheduleOption())
      .addOption(evaluationOption())
      .addOption(batchOption())
      .addOption(feedbackOption())
      .addOption(carryOption())
      .addOption(number('--target-loss <loss>', 'stop a learner once the loss of a trial is this low', 'positive'))
      .addOption(number('--patience <n>', 'stop a learner after n trials without a new lowest loss', 'count'))
      .addOption(number('--seconds <s>', 'stop a learner after this many seconds (not reproducible)', 'positive'))
      .option('--set <name=value...>', "set the scenario's options")
      .addOption(quickOption())
      .addOption(path('--out <dir>', 'the run directory (default: runs/NAME, where NAME is that of the scenario file)'))
      .option(
        '--resume',
        'continue the run in the directory; the result has the same bits as a run that never stopped; a larger --trials extends it',
      )
      .addOption(
        number(
          '--checkpoint-seconds <s>',
          'seconds between checkpoints; a crash loses at most that much work (default: 1)',
          'positive',
        ),
      )
      .option('--json', 'print the summary as JSON')
      .addHelpText(
        'after',
        `
Examples:
  rxflo run scenarios/periodic.ts
  rxflo run scenarios/periodic.ts --learner rflo bptt --trials 2000 --seed 7
  rxflo run scenarios/periodic.ts --engine actors kernels
  rxflo run scenarios/periodic.ts --set units=100 period=200 --out runs/large
  rxflo run scenarios/periodic.ts --out runs/large --resume

Exit codes: 0 done, 1 the run failed or was interrupted, 2 the input is wrong.`,
      )
      .action(run)
  );
}

async function run(file: string | undefined, flags: RunFlags): Promise<void> {
  if (file === undefined) {
    throw new InputError(
      'scenario',
      'is missing; put it before the options, since --set, --learner and --engine take every word after them',
    );
  }
  const { scenario, name, within } = await loadScenario(file);
  const overrides = overridesOf(scenario, flags);
  const plan = await within(() => scenario.plan(overrides));
  await loadEngines(plan.learners);
  const { resume = false } = flags;
  const base = resolve('runs', name);
  const directory =
    flags.out !== undefined ? resolve(flags.out) : resume ? (latestDirectory(base) ?? noRun(base)) : base;
  const numbered = flags.out === undefined && !resume;
  const recorded = await within(() => recordRun(plan, { directory, numbered, scenario: file, resume }));
  for (const part of opaqueParts(plan.circuit, plan.learners)) process.stderr.write(`${whatFallsAway(part)}\n`);
  const named = plan.learners.map((learner) => {
    const { name, algorithm } = learner;
    return { name, title: algorithm.title, lack: lackOf(learner, plan) };
  });
  for (const plain of withoutKernels(named)) process.stderr.write(`${plain}\n`);
  if (recorded.trialsBefore !== null) {
    process.stderr.write(`The run had ${recorded.trialsBefore} trials; it continues to ${plan.trials}.\n`);
  }
  const summary = await follow(recorded);
  const { writeReport } = await import('../report/index.ts'); // only here: loading the plotting would take a third of the start-up
  const data = readRun(recorded.directory, isMeasure);
  const [report] = writeReport(data);
  process.stdout.write(
    flags.json
      ? `${JSON.stringify({ directory: recorded.directory, report, ...summary }, null, 2)}\n`
      : `${resultTable(summary)}\nReport: ${report}\n`,
  );
  if (summary.state === 'finished') {
    for (const line of unreadProbes(plan, data)) process.stderr.write(`${line}\n`);
  }
  for (const comparison of summary.comparisons) {
    const { sentence, alarming } = whetherSame(comparison, summary.learners);
    if (alarming) process.stderr.write(`${sentence}\n`);
  }
  if (summary.state === 'interrupted') {
    process.stderr.write('Interrupted; everything is saved. To continue, repeat the command with --resume.\n');
  }
  if (summary.state !== 'finished') process.exitCode = 1;
}

/** Runs to the end and shows the progress. An interruption stops the run after the current trial. */
async function follow(recorded: RecordedRun): Promise<Summary> {
  const shown = progress();
  const stop = () => {
    shown.end();
    process.stderr.write('Stopping after this trial; interrupt again to quit at once.\n');
    recorded.stop();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, stop);
  const show = (event: RunEvent) => {
    if (event.type === 'learner') shown.begin(event.learner.name, event.from, event.learner.trials);
    if (event.type !== 'session') return;
    if (event.event.type === 'trial') shown.trial(event.event.trial, event.event.loss);
    if (event.event.type === 'finished' || event.event.type === 'failed') shown.end();
    if (event.event.type === 'failed')
      process.stderr.write(`${event.learner.name} failed: ${event.event.error.message}\n`);
  };
  try {
    const last = await lastValueFrom(recorded.events$.pipe(tap(show)));
    if (last.type !== 'done') throw new Error('a run ended without a summary');
    return last.summary;
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

function overridesOf(scenario: Scenario, flags: RunFlags): PlanOverrides {
  const { learner, engine, precision, set, trials, seed, schedule, feedback, targetLoss, patience, seconds } = flags;
  const { checkpointSeconds, carry, batch, evaluation } = flags;
  const quick = flags.quick ? quickOf(scenario) : null;
  return {
    ...(quick?.trials !== undefined && { trials: quick.trials }),
    settings: { ...quick?.settings, ...settingsFrom(scenario.options, set ?? []) },
    usualEngine: 'kernels',
    ...(engine && { engine }),
    ...(precision && { precision }),
    ...(learner && { learners: learner }),
    ...(trials !== undefined && { trials }),
    ...(seed !== undefined && { seed }),
    ...(schedule && { schedule }),
    ...(batch !== undefined && { batch }),
    ...(evaluation && { evaluation }),
    ...(feedback && { feedback }),
    ...(carry && { carry }),
    ...(targetLoss !== undefined && { targetLoss }),
    ...(patience !== undefined && { patience }),
    ...(seconds !== undefined && { seconds }),
    ...(checkpointSeconds !== undefined && { checkpointSeconds }),
  };
}

function noRun(base: string): never {
  throw new InputError(
    '--resume',
    `there is no run in ${base}; name its directory with --out, or run without --resume`,
  );
}
