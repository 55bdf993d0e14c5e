import { oneLine } from '../errors/index.ts';

/**
 * What becomes of a command whose output cannot be written. A reader that has seen enough, such as `head`, is no failure. Where a disk is
 * full, the command goes on, for its files are what counts, and ends with exit code 1: this is said once, and on the other stream, since
 * each try on the one that fails would fail again.
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
