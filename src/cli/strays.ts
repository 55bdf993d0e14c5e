import { oneLine } from '../errors/index.ts';
import { LONGEST } from './command-line.ts';

/**
 * A timer or a promise that a scenario leaves behind, and that nothing awaits, may fail outside any call from rxflo. The process then ends
 * as if it had been killed, so a run can be resumed. The reason is printed on one line, unless the command has already printed why it ended:
 * when scenarios import each other, the same error also arrives here.
 */
export function watchStrays(): void {
  const end = (error: unknown) => {
    if (process.exitCode) process.exit();
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`rxflo: a timer or a promise that nothing waits for failed: ${oneLine(message, LONGEST)}\n`);
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}
