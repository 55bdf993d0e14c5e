import type { RowStep } from '../../arithmetic/index.ts';
import { fill } from './factors.ts';
import { mirrored, within } from './footprints.ts';
import { checkOption, onlineMaker } from './maker.ts';
import { CREDIT_FIELDS, creditOptions, syntheticCredit, type CreditOptions, type WayBack } from './synthetic-credit.ts';
import type { Linearised } from '../../solvers/index.ts';

export interface DniBOptions extends CreditOptions {
  /** Learning rate of J, per timestep. Default 1e-3. */
  readonly jacobianRate?: number;
  /** Initial J of the session, [size][size] row by row. Default: the exact Jacobian of the session's first timestep. */
  readonly J?: readonly number[];
}

/**
 * DNI(b): synthetic credit passed back by a learned Jacobian, and errors through the circuit's own feedback. Marschall, Cho & Savin (2020),
 * sec. 4.2.3. As DNI, but
 *
 *     J <- J - jacobianRate (J s(t-1) - s(t)) s(t-1)'        before everything else
 *     goal = l(t-1) + J' tanh(Ah at(t))                      l = B e, with feedback 'random'
 *
 * J is the best linear prediction of the state s from the state before. N^2 a timestep for N units.
 */
export const dniB = onlineMaker<'dni-b', DniBOptions>({
  name: 'dni-b',
  about: 'DNI(b): synthetic credit by a learned Jacobian, error through the random feedback; N^2 a timestep',
  fields: [...CREDIT_FIELDS, 'jacobianRate', 'J'],
  make: ({ jacobianRate = 1e-3, J, ...given }) => {
    const options = creditOptions('dni-b', given);
    checkOption('dni-b: jacobianRate', jacobianRate, { least: 0 });
    return {
      title: 'DNI(b)',
      settings: { ...options, jacobianRate, ...(J && { J }) },
      feedback: 'random',
      learner: (step, how) =>
        syntheticCredit('dni-b', step, how, { ...options, squash: true, back: learnedWay(step, jacobianRate, J) }),
      footprint: (circuit, { feedback }) => ({
        ...within(circuit, feedback, 1, { numbers: () => 4, operations: () => ({ '*': 7, '+': 7 }) }),
        mirrored: mirrored(circuit, 'J'),
      }),
    };
  },
});

/** J <- J - jacobianRate (J s(t-1) - s(t)) s(t-1)', row by row, and J' from. */
const LEARN: RowStep = {
  dots: { told: ['J', 'before'] },
  row: ({ told, now, rate }) => ({ off: rate * (told - now) }),
  cells: [({ J, off, before }) => ({ J: J + off * before }), ({ J, from }) => ({ into: from * J })],
};

function learnedWay(step: Linearised, jacobianRate: number, given?: readonly number[]): WayBack {
  const { size, arithmetic } = step;
  const J = step.array(size * size);
  /** 1 once J has begun. */
  const begun = step.array(1);
  const [from, into, before, now] = [1, 2, 3, 4].map(() => step.array(size));
  const learn = arithmetic.byRow([LEARN], {
    ...{ rows: size, columns: size, matrix: { J }, row: { from, now }, column: { into, before } },
    one: { rate: step.array(1).fill(-jacobianRate) },
  });
  if (given) {
    fill('dni-b: J', [J], given);
    begun[0] = 1;
  }
  const first = () => {
    const units = new Float64Array(size * size);
    for (let k = 0; k < size; k++) units[k * size + k] = 1;
    step.pusher(size)(units, J);
    begun[0] = 1;
  };
  return {
    keeps: { J, begun },
    pull: (credit, pulled, was, is) => {
      if (begun[0] === 0) first();
      from.set(credit);
      before.set(was);
      now.set(is);
      into.fill(0);
      learn();
      pulled.set(into);
    },
  };
}
