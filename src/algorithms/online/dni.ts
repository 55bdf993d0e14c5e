import { within } from './footprints.ts';
import { onlineMaker } from './maker.ts';
import { CREDIT_FIELDS, creditOptions, syntheticCredit, type CreditOptions } from './synthetic-credit.ts';

export type DniOptions = CreditOptions;

/**
 * Decoupled neural interfaces: synthetic credit, by the exact Jacobian. Jaderberg et al. (2017); Marschall, Cho & Savin (2020), sec. 4.2.3.
 *
 *     c(t) = A at(t)        at = [state; target; 1]        g_w = sum_k c_k Im_k,w
 *     goal = l(t-1) + J(t)' Ah at(t)        A <- A - creditRate (A at(t-1) - goal) at(t-1)'        Ah <- A after every `hold` timesteps
 *
 * A carries over from trial to trial; it does not learn in the first timestep of a trial. N^2 a timestep for N units.
 */
export const dni = onlineMaker<'dni', DniOptions>({
  name: 'dni',
  about: 'DNI: synthetic credit, a learned linear function of state and target, by the exact Jacobian; N^2 a timestep',
  fields: CREDIT_FIELDS,
  make: (given) => {
    const options = creditOptions('dni', given);
    return {
      title: 'DNI',
      settings: options,
      learner: (step, how) =>
        syntheticCredit('dni', step, how, {
          ...{ ...options, squash: false },
          back: {
            pull: (from, into) => {
              step.pull(from, into);
            },
          },
        }),
      // Credit comes back through the weights from the neurons that a synapse's own neuron sends to.
      footprint: (circuit, { feedback }) =>
        within(circuit, feedback, 2, { numbers: () => 3, operations: () => ({ '*': 5, '+': 5 }) }),
    };
  },
});
