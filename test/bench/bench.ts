/**
 * rxflo beside its peers, each in its own idiom: the same problem, the same learning, in turns within one run.
 *
 *     npm run bench [-- --quick --units 50,400 --cases rflo-trial,bptt --contenders cpp,numpy --rounds 9 --json FILE]
 *
 * Prints a table for each case: milliseconds a trial, and what that is of the kernels and of the actors.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../src/errors/index.ts';
import type { Contender } from './contenders/index.ts';
import { thisMachine } from './machine.ts';
import { readOptions, type BenchOptions } from './options.ts';
import type { Prepared } from './peers.ts';
import { progress } from './progress.ts';
import type { Attendance, BenchResult, CaseResult } from './result.ts';
import { runCase } from './run-case.ts';
import { attendanceList, buildTable, caseTable, heading } from './table.ts';

const folder = mkdtempSync(join(tmpdir(), 'rxflo-bench-'));
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});
process.on('SIGINT', () => process.exit(130));

try {
  const options = readOptions(process.argv.slice(2));
  if (options) await bench(options);
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof InputError ? 2 : 1;
}

async function bench({ cases, contenders, json, ...measure }: BenchOptions): Promise<void> {
  const machine = thisMachine();
  const settings = { rounds: measure.rounds, secondsPerTurn: measure.seconds, threads: 1 } as const;
  console.log(heading(machine, settings));

  const asked = contenders.map((contender) => ({ contender, command: contender.prepare(folder) }));
  const prepared = asked.flatMap(({ contender, command }): Prepared[] =>
    typeof command === 'string' ? [] : [{ contender, command }],
  );
  const shown = progress(cases.length);
  const results: CaseResult[] = [];
  const versions = new Map<string, Readonly<Record<string, string>>>();
  for (const problem of cases) {
    const outcome = await runCase(problem, prepared, measure, folder, shown);
    results.push(outcome.result);
    for (const [name, found] of outcome.versions) versions.set(name, found);
    console.log(`\n${caseTable(outcome.result)}`);
  }

  const attendance = asked.map(({ contender, command }) =>
    attendanceOf(contender, versions.get(contender.name), typeof command === 'string' ? command : undefined),
  );
  console.log(`\n${buildTable(results)}\n\n${attendanceList(attendance)}`);
  if (json === undefined) return;
  const result: BenchResult = { format: 'rxflo-bench/1', machine, settings, contenders: attendance, cases: results };
  writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
}

function attendanceOf(
  { name, about, precision }: Contender,
  versions: Readonly<Record<string, string>> | undefined,
  skipped: string | undefined,
): Attendance {
  return {
    contender: name,
    about,
    precision,
    ...(versions && { versions }),
    ...(skipped !== undefined && { skipped }),
  };
}
