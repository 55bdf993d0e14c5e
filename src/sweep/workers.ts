import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { Observable } from 'rxjs';
import type { Job, Outcome } from './job.ts';

/** A job that is done; a worker that ended in the midst of it left an error in place of an outcome. */
export interface Done<J = Job, O extends object = Outcome> {
  readonly job: J;
  readonly outcome: O | { readonly crash: Error };
}

/** What is said of a job whose worker ended in the midst of it. */
export function crashProblem(crash: Error): string {
  return `its worker ended: ${crash.message}`;
}

/** Sources are TypeScript, which a worker has to be told how to read; what is built is not. */
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
      atomics: 'disabled', // jobs are long: a thread may as well wait for the next one without blocking
      ...(ENDING === '.ts' && { execArgv: ['--import', readTypeScript()] }),
    });
    // The pool alone does not keep the process while it starts a thread in the place of one that crashed.
    const awake = setInterval(() => undefined, 2 ** 30);
    let ending: Promise<void> | undefined;
    // Once: told again while its threads are ending, the pool would start others in their place.
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

/** A module that lets a thread import TypeScript; `--import tsx` does so for the main thread alone. */
function readTypeScript(): string {
  const code = `import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))}; register();`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
