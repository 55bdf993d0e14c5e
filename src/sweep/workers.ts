import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { Observable } from 'rxjs';
import type { Job, Outcome } from './job.ts';

/** A job that is done. If its worker ended first, it has an error in place of an outcome. */
export interface Done<J = Job, O extends object = Outcome> {
  readonly job: J;
  readonly outcome: O | { readonly crash: Error };
}

/** The message for a job whose worker ended first. */
export function crashProblem(crash: Error): string {
  return `its worker ended: ${crash.message}`;
}

/** Sources are TypeScript, which a worker must be told how to read; the built package is not. */
const ENDING = extname(fileURLToPath(import.meta.url));

/** Runs realizations; see `runOnThreads`. */
export function runJobs(jobs: readonly Job[], workers: number): Observable<Done> {
  return runOnThreads('worker', jobs, workers);
}

/**
 * Runs jobs on worker threads that are kept from job to job; emits each as it is done.
 * Completes when the threads have ended; unsubscribing ends them at once.
 *
 * @param file What a thread runs for each job: a file of this room, without its ending.
 */
export function runOnThreads<J, O extends object>(
  file: 'worker' | 'alignment-worker',
  jobs: readonly J[],
  workers: number,
): Observable<Done<J, O>> {
  return new Observable((subscriber) => {
    const threads = Math.min(workers, jobs.length);
    const pool = new Piscina<J, O>({
      filename: fileURLToPath(new URL(`../sweep/${file}${ENDING}`, import.meta.url)),
      minThreads: threads,
      maxThreads: threads,
      stricterFIFO: true, // in the order of the jobs
      atomics: 'disabled', // jobs are long, so a thread need not block to wait for the next one
      ...(ENDING === '.ts' && { execArgv: ['--import', readTypeScript()] }),
    });
    // The pool does not keep the process alive while it replaces a thread that crashed.
    const awake = setInterval(() => undefined, 2 ** 30);
    let ending: Promise<void> | undefined;
    // Only once: a second call, while threads are ending, would make the pool start others in their place.
    const end = () => {
      clearInterval(awake);
      return (ending ??= pool.destroy());
    };
    const run = async (job: J) => {
      const outcome = await pool.run(job).catch((error: unknown) => ({ crash: asError(error) }));
      subscriber.next({ job, outcome });
    };
    const fail = (error: unknown) => {
      subscriber.error(error);
    };
    pool.on('error', fail);
    Promise.all(jobs.map(run))
      .then(end)
      .then(() => {
        subscriber.complete();
      })
      .catch(fail);
    return () => void end();
  });
}

/** A module that lets a thread import TypeScript; `--import tsx` does so only for the main thread. */
function readTypeScript(): string {
  const code = `import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))}; register();`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
