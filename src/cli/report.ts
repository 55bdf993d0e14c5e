import { resolve } from 'node:path';
import { Command } from 'commander';
import { holdsSweep, isMeasure, readRun, readSweep } from '../recording/index.ts';

/** `rxflo report RUN`: makes figures and report again, also of a run or a sweep that was killed or is still going. */
export function reportCommand(): Command {
  return new Command('report')
    .summary('make the figures and the report of a run or a sweep again')
    .description(
      'Makes figures and report.html of a run or sweep directory, also of one that was killed or is still going; of a sweep, results.csv too.',
    )
    .argument('<run>', 'a run or sweep directory, such as runs/periodic')
    .option('--json', 'print the written files as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  rxflo report runs/periodic\n\nExit codes: 0 done, 1 the writing failed, 2 the input is wrong.',
    )
    .action(async (run: string, { json }: { json?: boolean }) => {
      const files = await writtenFor(resolve(run));
      process.stdout.write(json ? `${JSON.stringify({ files }, null, 2)}\n` : `Report: ${files[0]}\n`);
    });
}

async function writtenFor(directory: string): Promise<string[]> {
  const data = holdsSweep(directory) ? readSweep(directory) : readRun(directory, isMeasure);
  const { writeReport, writeSweepReport } = await import('../report/index.ts'); // loaded when needed: it takes its time
  return 'cells' in data ? writeSweepReport(data) : writeReport(data);
}
