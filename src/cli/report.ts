import { resolve } from 'node:path';
import { Command } from 'commander';
import { readRun } from '../recording/index.ts';

/** `rxflo report RUN`: makes figures and report again, also of a run that was killed or is still going. */
export function reportCommand(): Command {
  return new Command('report')
    .summary('make the figures and the report of a run again')
    .description('Makes figures and report.html of a run directory, also of a run that was killed or is still going.')
    .argument('<run>', 'a run directory, such as runs/periodic')
    .option('--json', 'print the written files as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  rxflo report runs/periodic\n\nExit codes: 0 done, 1 the writing failed, 2 the input is wrong.',
    )
    .action(async (run: string, { json }: { json?: boolean }) => {
      const data = readRun(resolve(run));
      const { writeReport } = await import('../report/index.ts'); // loaded when needed: it takes its time
      const files = writeReport(data);
      process.stdout.write(json ? `${JSON.stringify({ files }, null, 2)}\n` : `Report: ${files[0]}\n`);
    });
}
