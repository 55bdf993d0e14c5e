import type { ProblemOutcome } from 'rxflo';

type Matrix = ReturnType<ProblemOutcome['matrix']>;

/** The current weights of a problem's network; the rows of `w_in` are empty if there are no inputs. */
export function weightsOf(
  { w_in }: { readonly w_in: Matrix },
  matrix: ProblemOutcome['matrix'],
): Readonly<Record<'w_in' | 'w_rec' | 'w_out', Matrix>> {
  return {
    w_in: w_in[0].length > 0 ? matrix('input') : w_in,
    ...{ w_rec: matrix('recurrent'), w_out: matrix('readout') },
  };
}
