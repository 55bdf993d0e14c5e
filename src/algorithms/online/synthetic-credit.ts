import type { RowStep } from '../../arithmetic/index.ts';
import { tanh } from '../../local/index.ts';
import type { Linearised, OnlineLearner, OpenOptions } from '../../solvers/index.ts';
import { fill } from './factors.ts';
import { checkOption } from './maker.ts';
import { startingNumbers } from './noise.ts';
import { immediateParts, product, setImmediate } from './products.ts';

/** The options of DNI and DNI(b). */
export interface CreditOptions {
  /** Learning rate of A, per timestep. Default 1e-3. */
  readonly creditRate?: number;
  /** The held copy of A is updated after every `hold` timesteps of the session. Default 5. */
  readonly hold?: number;
  /** L2 regularisation: the fraction of A that is lost in a timestep, per creditRate. Default 0. */
  readonly decay?: number;
  /** Initial A of the session, [size][size + targets + 1] row by row. Default: drawn from Normal(0, 1/(size + targets + 1)). */
  readonly A?: readonly number[];
}

export type FilledCredit = Required<Omit<CreditOptions, 'A'>> & Pick<CreditOptions, 'A'>;

/** The names of the fields of `CreditOptions`. */
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

/** How credit passes back from a timestep to the one before. */
export interface WayBack {
  readonly keeps?: Readonly<Record<string, Float64Array>>;
  /** into = J' from, or an estimate of it, for the timestep that led from the state `before` to the state `now`. */
  pull(from: Float64Array, into: Float64Array, before: Float64Array, now: Float64Array): void;
}

/**
 * What DNI and DNI(b) share: credit that is a linear function of at = [state; target; 1], learned from its own value a timestep later.
 *
 *     goal = l(t-1) + J(t)' squash(Ah at(t))        A <- A - creditRate ((A at(t-1) - goal) at(t-1)' + decay A)
 *     Ah <- A after every `hold` timesteps          g_w(t) = sum_k (A at(t))_k Im_k,w
 *
 * Where there is no target, it counts as 0.
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
  const [before, state, credit, heldCredit, goal, lastL] = [1, 2, 3, 4, 5, 6].map(() => step.array(size));
  const target = step.array(targets);
  /** Timesteps since the session began, and since the current stream began. */
  const [count, since] = [step.array(1), step.array(1)];
  if (options.A) fill(`${name}: A`, [A], options.A);
  else startingNumbers(seed, name, 'A', 1 / Math.sqrt(width))(0, A);
  held.set(A);
  at[width - 1] = 1;
  const [rate, lost] = [-creditRate, -creditRate * decay].map((number) => step.array(1).fill(number));
  const learnAndTell = arithmetic.byRow([decay > 0 ? LEARN_AND_LOSE : LEARN, TELL], {
    ...{ rows: size, columns: width, matrix: { A } },
    ...{ row: { goal, lastL, credit }, column: { at, last }, one: { rate, lost } },
  });
  const [tell, tellHeld] = [
    [A, credit],
    [held, heldCredit],
  ].map(([matrix, told]) =>
    arithmetic.byRow([TELL], {
      ...{ rows: size, columns: width, matrix: { A: matrix }, row: { credit: told }, column: { at } },
    }),
  );
  const squashAll = arithmetic.byRow([SQUASH], { rows: 1, columns: size, matrix: { heldCredit } });
  const parts = immediateParts(step);
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
      tellHeld();
      if (squash) squashAll();
      back.pull(heldCredit, goal, before, state);
      before.set(state);
      if (since[0] > 0) learnAndTell();
      else tell();
      count[0]++;
      since[0]++;
      if (count[0] % hold === 0) held.set(A);
      step.credit(lastL);
      last.set(at);
      setImmediate(step, parts, credit);
      step.direct(1, gradient);
    },
    passes: parts.map(({ port, vD, a }) => ({ port, neuron: { x: vD }, axon: { y: a }, each: product })),
  };
}

/** A <- A - creditRate (A at(t-1) - goal) at(t-1)', row by row, and A at(t). */
const LEARN: RowStep = {
  dots: { told: ['A', 'last'] },
  row: ({ told, lastL, goal, rate }) => ({ off: rate * (told - (lastL + goal)) }),
  cells: [({ A, off, last }) => ({ A: A + off * last })],
};
const LEARN_AND_LOSE: RowStep = { ...LEARN, cells: [({ A, off, last, lost }) => ({ A: A + lost * A + off * last })] };
const TELL: RowStep = { dots: { credit: ['A', 'at'] } };

const SQUASH: RowStep = { cells: [({ heldCredit }) => ({ heldCredit: tanh(heldCredit) })] };
