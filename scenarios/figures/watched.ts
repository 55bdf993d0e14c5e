import { lastValueFrom, tap } from 'rxjs';
import { RunError, train, type Plan } from 'rxflo';
import type { Rows } from '../systems/linear-fixed-points.ts';

export interface Watched {
  readonly losses: readonly number[];
  /** After which trial the run diverged; null where it did not. */
  readonly diverged: number | null;
}

/** Runs the first learner of a plan, and shows what a square group of synapses has become after every so many trials. */
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
        if (event.type === 'probe') seen(squareOf(event.values), event.trial);
        if (event.type !== 'failed') return;
        if (!(event.error instanceof RunError && event.error.kind === 'diverged')) throw event.error;
        diverged = losses.length;
      }),
    ),
  );
  return { losses, diverged };
}

function squareOf(numbers: Float64Array): Rows {
  const size = Math.sqrt(numbers.length);
  return Array.from({ length: size }, (_, i) => numbers.slice(i * size, (i + 1) * size));
}
