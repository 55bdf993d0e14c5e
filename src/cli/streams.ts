import { oneLine } from '../errors/index.ts';

/**
 * Handles output that cannot be written. A reader that stops early, such as `head`, is not a failure. If a disk is full, the command
 * continues, because its files are what matters, and ends with exit code 1. This is reported once, on the other stream, because the one
 * that failed would fail again.
 */
export function watchStreams(): void {
  const { stdout, stderr } = process;
  const failed = new Set<NodeJS.WriteStream>();
  for (const [stream, other] of [
    [stdout, stderr],
    [stderr, stdout],
  ]) {
    stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (code === 'EPIPE' || failed.has(stream)) return;
      failed.add(stream);
      process.exitCode = 1;
      if (!failed.has(other)) other.write(`rxflo: cannot print: ${oneLine(message)}\n`);
    });
  }
}
