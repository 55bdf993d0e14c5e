import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { exportRun, type ExportFormat } from '../recording/index.ts';
import { choice, path } from './options.ts';

/** `rxflo export RUN`: writes what a run recorded, for pandas and NumPy. */
export function exportCommand(): Command {
  return new Command('export')
    .summary('write what a run recorded as CSV or NPZ')
    .description(
      'Writes what a run recorded: trials, probes and weights as CSV for pandas, or everything as one NPZ for NumPy.',
    )
    .argument('<run>', 'a run directory, such as runs/periodic')
    .addOption(choice('--format <format>', 'csv for pandas, npz for NumPy', ['csv', 'npz']).makeOptionMandatory())
    .addOption(path('--out <dir>', 'output directory (default: export/ in the run directory)'))
    .option('--json', 'print the names of the written files as JSON')
    .addHelpText(
      'after',
      `
Examples:
  rxflo export runs/periodic --format csv
  rxflo export runs/periodic --format npz --out arrays

Exit codes: 0 done, 1 writing failed, 2 the input is wrong.`,
    )
    .action((run: string, { format, out, json }: { format: ExportFormat; out?: string; json?: boolean }) => {
      const directory = resolve(run);
      const files = exportRun(directory, format, out === undefined ? join(directory, 'export') : resolve(out));
      process.stdout.write(json ? `${JSON.stringify({ files }, null, 2)}\n` : `${files.join('\n')}\n`);
    });
}
