import { resolve } from 'node:path';
import { Command } from 'commander';
import { holdsSweep, isMeasure, readRun, readSweep } from '../recording/index.ts';

/** `rxflo report RUN`: writes figures and report again, also for a run or a sweep that was killed or is still running. */
export function reportCommand(): Command {
  return new Command('report')
    .summary('write the figures and the report of a run or a sweep again')
    .description(
      'Writes the figures and report.html of a run or sweep directory, and results.csv for a sweep. The run or sweep may still be running or may have been killed.',
    )
    .argument('<run>', 'a run or sweep directory, such as runs/periodic')
    .option('--json', 'print the names of the written files as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  rxflo report runs/periodic\n\nExit codes: 0 done, 1 writing failed, 2 the input is wrong.',
    )
    .action(async (run: string, { json }: { json?: boolean }) => {
      const files = await writtenFor(resolve(run));
      process.stdout.write(json ? `${JSON.stringify({ files }, null, 2)}\n` : `Report: ${files[0]}\n`);
    });
}

async function writtenFor(directory: string): Promise<string[]> {
  const data = holdsSweep(directory) ? readSweep(directory) : readRun(directory, isMeasure);
  const { writeReport, writeSweepReport } = await import('../report/index.ts'); // loaded only when needed: it is slow to load
  return 'cells' in data ? writeSweepReport(data) : writeReport(data);
}
