import { lastValueFrom, tap } from 'rxjs';
import { RunError, train, type Plan } from 'rxflo';
import { rowsOf, type Rows } from '../systems/dense.ts';

export interface Watched {
  readonly losses: readonly number[];
  /** The trial after which the run diverged; null if it did not. */
  readonly diverged: number | null;
}

/** Runs the first learner of a plan, and calls `seen` with the weights W of a square group of synapses every `every` trials. */
export async function watched(
  plan: Plan,
  { group, every }: { readonly group: string; readonly every: number },
  seen: (W: Rows, trial: number) => void,
): Promise<Watched> {
  const { circuit, task, seed, trials = 1 } = plan;
  const [{ algorithm, ...how }] = plan.learners;
  const losses: number[] = [];
  let diverged: number | null = null;
  const probes = { W: { synapses: group, value: 'weight', everyTrials: every } };
  await lastValueFrom(
    train({ circuit, task, seed, trials, probes, learner: { learner: algorithm, ...how } }).pipe(
      tap((event) => {
        if (event.type === 'trial') losses.push(event.loss);
        if (event.type === 'probe') {
          const size = Math.sqrt(event.values.length);
          seen(rowsOf(event.values, size, size), event.trial);
        }
        if (event.type !== 'failed') return;
        if (!(event.error instanceof RunError && event.error.kind === 'diverged')) throw event.error;
        diverged = losses.length;
      }),
    ),
  );
  return { losses, diverged };
}
