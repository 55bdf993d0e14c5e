import { tanh } from '../../local/index.ts';
import type { Linearised, OnlineLearner, OpenOptions } from '../../solvers/index.ts';
import { fill } from './factors.ts';
import { checkOption } from './maker.ts';
import { noise } from './noise.ts';

/** What DNI and DNI(b) may be told. */
export interface CreditOptions {
  /** Learning rate of A, per timestep. Default 1e-3. */
  readonly creditRate?: number;
  /** The held copy of A is renewed after every so many timesteps of the session. Default 5. */
  readonly hold?: number;
  /** How much of A is lost in a timestep, per creditRate: L2. Default 0. */
  readonly decay?: number;
  /** A at the session's beginning, [size][size + targets + 1] row by row. Default: drawn from Normal(0, 1/(size + targets + 1)). */
  readonly A?: readonly number[];
}

export type FilledCredit = Required<Omit<CreditOptions, 'A'>> & Pick<CreditOptions, 'A'>;

/** Of `CreditOptions`, the names. */
export const CREDIT_FIELDS = ['creditRate', 'hold', 'decay', 'A'] as const;

/** The options filled in. @throws InputError naming the one that is wrong. */
export function creditOptions(
  name: string,
  { creditRate = 1e-3, hold = 5, decay = 0, A }: CreditOptions,
): FilledCredit {
  checkOption(`${name}: creditRate`, creditRate, { least: 0 });
  checkOption(`${name}: hold`, hold, { least: 1, whole: true });
  checkOption(`${name}: decay`, decay, { least: 0 });
  return { creditRate, hold, decay, ...(A && { A }) };
}

/** How credit comes back from a timestep to the one before. */
export interface WayBack {
  readonly keeps?: Readonly<Record<string, Float64Array>>;
  /** Begins the session: `before` is the state that it starts from. */
  begin?(): void;
  /** Takes up timestep t, before everything else. */
  see?(before: Float64Array, now: Float64Array): void;
  /** into = J' from, or what stands for that. */
  pull(from: Float64Array, into: Float64Array): void;
}

/**
 * What DNI and DNI(b) share: credit that is a linear function of at = [state; target; 1], learned from what it says a timestep later.
 *
 *     goal = l(t-1) + J(t)' squash(Ah at(t))        A <- A - creditRate ((A at(t-1) - goal) at(t-1)' + decay A)
 *     Ah <- A after every `hold` timesteps          g_w(t) = sum_k (A at(t))_k Im_k,w
 *
 * A target counts as 0 where nothing is asked.
 */
export function syntheticCredit(
  name: string,
  step: Linearised,
  { seed }: OpenOptions,
  options: FilledCredit & { readonly squash: boolean; readonly back: WayBack },
): OnlineLearner {
  const { creditRate, hold, decay, squash, back } = options;
  const { size, targets, arithmetic } = step;
  const width = size + targets + 1;
  const [A, held] = [1, 2].map(() => step.array(size * width));
  const [at, last] = [1, 2].map(() => step.array(width));
  const [before, state, credit, heldCredit, goal, lastL, off] = [1, 2, 3, 4, 5, 6, 7].map(() => step.array(size));
  const target = step.array(targets);
  /** Timesteps since the session began, and of the stream at hand. */
  const [count, since] = [step.array(1), step.array(1)];
  if (options.A) fill(`${name}: A`, [A], options.A);
  else noise(name, 'A', { seed, kind: 'normal', scale: 1 / Math.sqrt(width) })(0, 0, A);
  held.set(A);
  at[width - 1] = 1;
  return {
    keeps: { A, held, count, ...back.keeps, ...(step.carries && { last, lastL, since }) },
    begin: (_trial, goesOn) => {
      if (!goesOn) since[0] = 0;
      step.read(before);
    },
    advance: (_t, gradient) => {
      step.read(state);
      step.target(target);
      at.set(state);
      for (let k = 0; k < targets; k++) at[size + k] = Number.isNaN(target[k]) ? 0 : target[k];
      back.see?.(before, state);
      before.set(state);
      if (since[0] > 0) {
        arithmetic.project(held, at, heldCredit, size, width);
        if (squash) for (let k = 0; k < size; k++) heldCredit[k] = tanh(heldCredit[k]);
        back.pull(heldCredit, goal);
        arithmetic.project(A, last, off, size, width);
        for (let k = 0; k < size; k++) off[k] = -creditRate * (off[k] - (lastL[k] + goal[k]));
        if (decay > 0) arithmetic.addScaled(A, 0, -creditRate * decay, A);
        arithmetic.addOuter(A, 0, off, last, 0, size, width);
      }
      count[0]++;
      since[0]++;
      if (count[0] % hold === 0) held.set(A);
      step.credit(lastL);
      last.set(at);
      arithmetic.project(A, at, credit, size, width);
      step.immediate(credit, 1, gradient);
      step.direct(1, gradient);
    },
  };
}
