import type { AlignmentJob } from './alignment-job.ts';

/** What a worker thread runs for each part of an alignment; see `worker.ts`. */
export default async function work(job: AlignmentJob): Promise<unknown> {
  const { runAlignmentJob } = await import('./run-alignment.ts');
  return runAlignmentJob(job);
}
