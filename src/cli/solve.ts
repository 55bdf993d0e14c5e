import { resolve } from 'node:path';
import { Command } from 'commander';
import { lastValueFrom, tap } from 'rxjs';
import type { Precision } from '../kernels/index.ts';
import { readProblem, type Problem } from '../recording/index.ts';
import { loadEngines, openSession, train, type EngineName, type SessionEvent } from '../training/index.ts';
import { engineOption, precisionOption } from './options.ts';
import { progress } from './progress.ts';

/** `rxflo solve PROBLEM.json`: runs a problem file and prints what came out. */
export function solveCommand(): Command {
  return new Command('solve')
    .summary('run a problem file and print losses and weights')
    .description(
      'Runs a problem file (format rxflo-problem/1) and prints { loss, alignment, w_in, w_rec, w_out } as JSON, floats in full precision.',
    )
    .argument('<problem>', 'a problem file, such as test/golden/rflo-trial.json')
    .addOption(engineOption())
    .addOption(precisionOption())
    .option('--json', 'JSON on one line')
    .addHelpText(
      'after',
      `
Examples:
  rxflo solve test/golden/rflo-trial.json
  rxflo solve test/golden/bptt-trial.json --json
  rxflo solve test/golden/rflo-trial.json --engine actors

Exit codes: 0 done, 1 the run failed, 2 the input is wrong.`,
    )
    .action(solve);
}

interface SolveFlags {
  readonly engine: EngineName;
  readonly precision?: Precision;
  readonly json?: boolean;
}

async function solve(file: string, { json = false, engine, precision = 'f64' }: SolveFlags): Promise<void> {
  const problem = readProblem(resolve(file));
  const { circuit, task, trials, learner } = problem;
  const { algorithm, ...how } = learner;
  await loadEngines([{ engine }]);
  const session = openSession({ circuit, task, trials, learner: { learner: algorithm, ...how, engine, precision } });
  const [loss, alignment]: [number[], (number | null)[]] = [[], []];
  const shown = progress();
  shown.begin(algorithm, 0, trials);
  const last = await lastValueFrom<SessionEvent>(
    train(session).pipe(
      tap((event) => {
        if (event.type !== 'trial') return;
        loss.push(event.loss);
        alignment.push(event.alignment);
        shown.trial(event.trial, event.loss);
      }),
    ),
  );
  shown.end();
  if (last.type === 'failed') throw last.error;
  const result = { loss, alignment, ...matrices(problem, session.engine.weights()) };
  process.stdout.write(`${JSON.stringify(result, null, json ? 0 : 2)}\n`);
}

/** The weights as the problem file has them: row = postsynaptic unit, column = presynaptic unit. */
function matrices({ groups, shape }: Problem, weights: Readonly<Record<string, Float64Array>>) {
  const rows = (group: string | null, count: number, width: number) =>
    Array.from({ length: count }, (_, i) =>
      group === null ? [] : [...weights[group].subarray(i * width, (i + 1) * width)],
    );
  const { n_in, n_rec, n_out } = shape;
  return {
    w_in: rows(groups.w_in, n_rec, n_in),
    w_rec: rows(groups.w_rec, n_rec, n_rec),
    w_out: rows(groups.w_out, n_out, n_rec),
  };
}
