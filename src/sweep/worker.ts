import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { Job } from './job.ts';
import { buffersOf } from './realization.ts';

/**
 * What a worker thread runs for each job. The thread pool loads this file with `require` where that works; everything else is imported, so that
 * the rxflo that a scenario imports and the one that runs it are the same modules.
 */
export default async function work(job: Job): Promise<unknown> {
  const { runJob } = await import('./run-job.ts');
  const outcome = await runJob(job);
  const buffers = 'realization' in outcome ? buffersOf(outcome.realization) : [];
  return move({ [transferableSymbol]: buffers, [valueSymbol]: outcome });
}
