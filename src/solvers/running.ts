import type { Arithmetic } from '../arithmetic/index.ts';
import type { HeldBySteps, RunSteps, Step } from '../circuit/index.ts';

/** Arithmetic on whole arrays, which may also run steps of a timestep, with the same bits as loops. */
export interface SolverArithmetic extends Arithmetic {
  /** A function that runs as many of these steps as it can at once, from the first on; undefined if it cannot run even the first. */
  firstOf?(steps: readonly Step[], held: HeldBySteps): RunSteps | undefined;
}

/** Runs a step of timestep t. */
export type StepLoop = (t: number) => void;

/** Runs steps one after another: those that the arithmetic can run at once, and the others as loops. */
export interface Running {
  readonly begin: () => void;
  readonly run: StepLoop;
}

/** @param loopOf A function that runs a single step; undefined if there is nothing to do. */
export function running(
  steps: readonly Step[],
  loopOf: (step: Step) => StepLoop | undefined,
  arithmetic: SolverArithmetic,
  { held, scored }: { readonly held: HeldBySteps; readonly scored: { score: number } },
): Running {
  let rest = steps.flatMap((step) => {
    const loop = loopOf(step);
    return loop ? [{ step, loop }] : [];
  });
  const [parts, runs]: [RunSteps[], StepLoop[]] = [[], []];
  while (rest.length > 0) {
    const part = arithmetic.firstOf?.(
      rest.map(({ step }) => step),
      held,
    );
    const loops = rest.slice(0, part?.count ?? 1).map(({ loop }) => loop);
    if (part) parts.push(part);
    runs.push(part ? asOne(part, loops, scored) : loops[0]);
    rest = rest.slice(loops.length);
  }
  return {
    begin: () => {
      for (const part of parts) part.begin();
    },
    run: (t) => {
      for (const run of runs) run(t);
    },
  };
}

/** Runs steps at once; if that fails, each runs again alone to find out what is wrong. */
function asOne(part: RunSteps, loops: readonly StepLoop[], scored: { score: number }): StepLoop {
  return (t) => {
    const score = part.run(t, scored.score);
    if (Number.isFinite(score)) scored.score = score;
    else for (const loop of loops) loop(t);
  };
}
