import { oneLine } from '../errors/index.ts';
import { LONGEST } from './command-line.ts';

/**
 * What a scenario leaves behind, a timer or a promise that nobody awaits, may fail while nothing of ours has called it. The process then ends as one
 * that was killed, so a run can be resumed; why is said in one line.
 */
export function watchStrays(): void {
  const end = (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`rxflo: a timer or a promise that nothing waits for failed: ${oneLine(message, LONGEST)}\n`);
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}
