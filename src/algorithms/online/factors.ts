import { counted, InputError } from '../../errors/index.ts';
import { startingNumbers } from './noise.ts';
import { checkOption } from './maker.ts';

// What UORO, KF-RTRL and R-KF-RTRL share: the influence P as the mean of a product of two factors.

/** The initial factors of a trial that does not continue another. */
export interface GivenFactors {
  readonly A: readonly number[];
  readonly B: readonly number[];
}

/** The options of all three. */
export interface FactorOptions {
  /** Keeps scales from dividing by 0. Default 1e-7; 0 is possible only with a start different from 'zero', or with `scales`. */
  readonly epsilon?: number;
  /** Initial A and B of a trial that does not continue another: 0, drawn from Normal(0, 1), or given. Default 'zero'. */
  readonly start?: 'zero' | 'normal' | GivenFactors;
  /** Fixed scales. By default they follow from norms, which gives the estimate its least variance. */
  readonly scales?: { readonly p0: number; readonly p1: number };
}

/** @throws InputError naming the option that is wrong. */
export function checkFactors(
  name: string,
  { epsilon, start, scales }: Required<Pick<FactorOptions, 'epsilon' | 'start'>> & FactorOptions,
): void {
  checkOption(`${name}: epsilon`, epsilon, { least: 0 });
  if (epsilon === 0 && start === 'zero' && !scales) {
    throw new InputError(
      `${name}: epsilon`,
      "is 0, which divides 0 by 0 where factors start from 0; give a number above 0, or start 'normal'",
    );
  }
  if (!scales) return;
  checkOption(`${name}: scales.p0`, scales.p0, { above: 0 });
  checkOption(`${name}: scales.p1`, scales.p1, { above: 0 });
}

/** sqrt(|over| / (|under| + epsilon)) + epsilon, of two norms. */
export function ratio(over: number, under: number, epsilon: number): number {
  return Math.sqrt(over / (under + epsilon)) + epsilon;
}

/** Sets the factors to their initial values for a trial, port after port. */
export function starter(
  name: string,
  { start, seed }: { readonly start: 'zero' | 'normal' | GivenFactors; readonly seed: number },
  factors: { readonly A: readonly Float64Array[]; readonly B: readonly Float64Array[] },
): (trial: number) => void {
  const { A, B } = factors;
  if (typeof start === 'object') {
    fill(`${name}: start.A`, A, start.A);
    fill(`${name}: start.B`, B, start.B);
    return () => {
      fill(`${name}: start.A`, A, start.A);
      fill(`${name}: start.B`, B, start.B);
    };
  }
  if (start === 'zero') {
    return () => {
      for (const factor of [...A, ...B]) factor.fill(0);
    };
  }
  const drawn = startingNumbers(seed, name, 'start');
  const all = new Float64Array([...A, ...B].reduce((sum, { length }) => sum + length, 0));
  return (trial) => {
    drawn(trial, all);
    fill(name, [...A, ...B], all);
  };
}

/** Fills arrays one after another. @throws InputError if there are too many or too few numbers. */
export function fill(place: string, arrays: readonly Float64Array[], numbers: ArrayLike<number>): void {
  const wanted = arrays.reduce((sum, { length }) => sum + length, 0);
  if (numbers.length !== wanted) {
    throw new InputError(place, `has ${counted(numbers.length, 'number')}; expected ${wanted} for this circuit`);
  }
  let from = 0;
  for (const array of arrays) for (let k = 0; k < array.length; k++) array[k] = numbers[from++];
}
