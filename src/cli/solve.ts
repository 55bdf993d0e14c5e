import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Evaluation } from '../circuit/index.ts';
import { show } from '../errors/index.ts';
import { loadShipped, shippedIn } from '../loading/index.ts';
import type { Precision } from '../kernels/index.ts';
import {
  fileOfFormat,
  isProblemFormat,
  openProblem,
  problemFields,
  problemRunner,
  readProblem,
  type OpenedProblem,
  type Problem,
  type ProblemFormat,
  type ProblemOutcome,
  type RunProblem,
} from '../recording/index.ts';
import type { EngineName } from '../training/index.ts';
import { engineOption, evaluationOption, precisionOption } from './options.ts';
import { progress } from './progress.ts';

/** `rxflo solve PROBLEM.json`: runs a problem file and prints the result. */
export function solveCommand(): Command {
  return new Command('solve')
    .summary('run a problem file and print losses and weights')
    .description(
      'Runs a problem file and prints the result as JSON, with floats in full precision. For the format rxflo-problem/1 these are { loss, alignment, w_in, w_rec, w_out }, or with axons firstTrialEvents in place of alignment. For the other formats (scenarios/problems) they are the fields of the reference vectors.',
    )
    .argument('<problem>', 'a problem file, such as test/golden/rflo-trial.json')
    .addOption(engineOption())
    .addOption(precisionOption())
    .addOption(evaluationOption())
    .option('--json', 'print the JSON on one line')
    .addHelpText(
      'after',
      `
Examples:
  rxflo solve test/golden/rflo-trial.json
  rxflo solve test/golden/bptt-trial.json --json
  rxflo solve test/golden/rflo-trial.json --engine actors

Exit codes: 0 done, 1 the run failed, 2 the input is wrong.`,
    )
    .action((file: string, flags: SolveFlags, command: Command) => {
      const named = command.getOptionValueSource('engine') === 'cli';
      return solve(file, { ...flags, named });
    });
}

interface SolveFlags {
  readonly engine: EngineName;
  readonly precision?: Precision;
  readonly evaluation?: Evaluation;
  readonly json?: boolean;
}

/** The formats that are read here; the others are in scenarios/problems. */
const OWN_FORMAT = 'rxflo-problem/1';
const WITH_AXONS = `${OWN_FORMAT} with axons`;

async function solve(file: string, flags: SolveFlags & { readonly named: boolean }): Promise<void> {
  const path = resolve(file);
  const opened = openProblem(path);
  const { format } = opened;
  const run = runnerOf(flags);
  const result =
    format === WITH_AXONS || (format !== null && fileOfFormat(format) === fileOfFormat(OWN_FORMAT))
      ? await solveOwn(path, run)
      : await solveOther(path, opened, await formatOf(path, opened), run);
  process.stdout.write(`${JSON.stringify(result, null, flags.json === true ? 0 : 2)}\n`);
}

/** Runs sessions and shows their progress. */
function runnerOf({ engine, named, precision = 'f64', evaluation }: SolveFlags & { readonly named: boolean }) {
  const shown = progress();
  return problemRunner(
    { precision, ...(named && { engine }), ...(evaluation && { evaluation }) },
    (name, trials) => {
      shown.begin(name, 0, trials);
    },
    (event) => {
      if (event.type === 'trial') shown.trial(event.trial, event.loss);
      if (event.type === 'finished' || event.type === 'failed') shown.end();
    },
  );
}

/** The format that a problem file names. @throws InputError if no format has that name. */
async function formatOf(path: string, opened: OpenedProblem): Promise<ProblemFormat> {
  const { format } = opened;
  const name = format === null ? null : fileOfFormat(format);
  const known = shippedIn('problems');
  const found = name !== null && known.includes(name) ? await loadShipped('problems', name) : undefined;
  if (isProblemFormat(found) && found.format === format) return found;
  const right = isProblemFormat(found) ? found.format : `${OWN_FORMAT}, or one of ${known.join(', ')}`;
  const problem = problemFields(path, opened);
  if (format === null) problem.word('format', right);
  return problem.refuse('format', `unknown problem format ${show(format)}; expected ${right}`);
}

async function solveOther(
  path: string,
  opened: OpenedProblem,
  { read }: ProblemFormat,
  run: RunProblem,
): Promise<unknown> {
  const problem = problemFields(path, opened);
  problem.choice('format', [opened.format ?? '']);
  const solved = read(problem);
  problem.end();
  return solved(run);
}

async function solveOwn(path: string, run: RunProblem): Promise<unknown> {
  const problem = readProblem(path);
  const { circuit, task, trials, sends } = problem;
  const { algorithm, ...how } = problem.learner;
  const alignment: (number | null)[] = [];
  const sent: Float64Array[] = [];
  const { session, loss, matrix } = await run({
    ...{ circuit, task, trials, learner: { learner: algorithm, ...how } },
    ...(sends && { probes: { sent: { neurons: 'h', value: sends, everyTimesteps: 1, everyTrials: 1 } } }),
    watch: (event) => {
      if (event.type === 'trial') alignment.push(event.alignment);
      if (event.type === 'probe' && event.trial === 1) sent.push(Float64Array.from(event.values));
    },
  });
  const weights = matrices(problem, matrix);
  if (sends === null) return { loss, alignment, ...weights };
  const initial = session.engine.circuit.populations.find(({ name }) => name === 'h')?.initial ?? new Float64Array(0);
  return { loss, firstTrialEvents: eventsOf([initial, ...sent]), ...weights };
}

/** Where the values that neurons sent differ from the previous row: [timestep, neuron]. */
function eventsOf(rows: readonly Float64Array[]): readonly (readonly [timestep: number, neuron: number])[] {
  return rows
    .slice(1)
    .flatMap((row, t) => [...row.keys()].filter((i) => row[i] !== rows[t][i]).map((i) => [t + 1, i] as const));
}

/** The weights in the layout of the problem file: row = postsynaptic unit, column = presynaptic unit. */
function matrices({ groups, shape }: Problem, matrix: ProblemOutcome['matrix']) {
  return {
    w_in: groups.w_in === null ? Array.from({ length: shape.n_rec }, () => []) : matrix(groups.w_in),
    w_rec: matrix(groups.w_rec),
    w_out: matrix(groups.w_out),
  };
}
