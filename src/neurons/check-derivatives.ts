import { InputError } from '../errors/index.ts';
import type { Numbers } from '../local/index.ts';

type Field = 'slope' | 'retention';
type View = Numbers & { readonly h: number; readonly u: number };
/** How a model's two derivatives are defined. */
export interface Derived {
  /** Those that are stated, not derived from the text of the rate. */
  readonly stated: readonly Field[];
  /** Whether they run through pseudo-derivatives or stop at detached values: then finite differences of the rate do not measure them. */
  readonly surrogate: boolean;
}

/** What a neuron model computes. */
type Functions = Readonly<Record<'rate' | Field, (view: View) => number>>;

const FIELDS = [
  ['slope', 'u'],
  ['retention', 'h'],
] as const;

/** Where the stated derivatives are compared with central differences: away from whole numbers, where models often have kinks. */
const PROBES = [-2.3, -0.7, -0.13, 0.19, 0.61, 1.7];
/** Where every derivative must be finite: at 0, and as far out as functions of the input overflow or vanish. */
const FAR = [-1e6, -800, -40, -1, 0, 1, 40, 800, 1e6];
const STEP = 1e-5;

/**
 * Checks the derivatives of a model's rate with these parameters.
 *
 * @throws InputError if a derivative is not finite where the rate and its finite differences are, or, with surrogates, where the rate is; or if
 * a stated one is not that of the rate.
 */
export function checkDerivatives(
  place: string,
  model: Functions,
  { stated, surrogate }: Derived,
  params: Numbers,
): void {
  for (const [field, by] of FIELDS) {
    const isStated = stated.includes(field);
    const wrong = (view: View, truth: string, mend: string) => {
      const where = ['u', 'h', ...Object.keys(params)].map((name) => `${name} = ${view[name]}`).join(', ');
      return new InputError(`${place}.${field}`, `gives ${model[field](view)} at ${where}, where ${truth}; ${mend}`);
    };
    const differs = (view: View, slope: number) => {
      const mend = isStated
        ? `state the derivative of the rate, leave ${field} out to have it derived, or declare another with spike(x, psi) in the rate`
        : `write the rate in a form whose derivative is finite there, or state ${field}`;
      return wrong(view, `the rate's derivative by ${by} is ${slope.toPrecision(8)}`, mend);
    };
    for (const view of views([...PROBES, ...FAR], params)) {
      if (Number.isFinite(model[field](view)) || !Number.isFinite(model.rate(view))) continue;
      if (surrogate) {
        const mend = 'write the rate, and the psi of each spike, in a form whose derivative is finite there';
        throw wrong(view, 'the rate is finite', mend);
      }
      const slope = finiteSlope(model, view, by);
      if (slope !== undefined) throw differs(view, slope);
    }
    for (const view of isStated ? views(PROBES, params) : []) {
      const measured = (rateAt(model, view, by, STEP) - rateAt(model, view, by, -STEP)) / (2 * STEP);
      if (!(Math.abs(model[field](view) - measured) <= 1e-8 + 1e-5 * Math.abs(measured))) throw differs(view, measured);
    }
  }
}

/** The neuron at every pair of these points. All are the same object, whose numbers are replaced, so it must be used at once. */
function* views(points: readonly number[], params: Numbers): Generator<View> {
  const view = { ...params, h: 0, u: 0 };
  for (view.u of points) for (view.h of points) yield view;
}

function rateAt(model: Functions, view: View, by: 'u' | 'h', away: number): number {
  return model.rate({ ...view, [by]: view[by] + away });
}

/**
 * The slope of the rate on one side of a view, if two steps of different width agree on it. Undefined if they agree on neither side, as for
 * sqrt at 0, whose derivative really is infinite.
 */
function finiteSlope(model: Functions, view: View, by: 'u' | 'h'): number | undefined {
  const here = model.rate(view);
  const step = 1e-6 * Math.max(1, Math.abs(view[by]));
  for (const side of [step, -step]) {
    const [wide, narrow] = [side, side / 2].map((away) => (rateAt(model, view, by, away) - here) / away);
    if (Math.abs(wide - narrow) <= 1e-4 * Math.max(1, Math.abs(narrow))) return narrow;
  }
  return undefined;
}
