import { oneLine } from '../errors/index.ts';

/**
 * What happens when a command's output cannot be written. A reader that stops early, such as `head`, is not a failure. Where a disk is
 * full, the command continues, because its files are what counts, and ends with exit code 1. This is said once, on the other stream: on
 * the one that failed it would fail again.
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
