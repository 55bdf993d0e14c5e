import { checkFactors, ratio, type FactorOptions } from './factors.ts';
import { everyone } from './footprints.ts';
import { kroneckerLearner } from './kronecker.ts';
import { onlineMaker } from './maker.ts';
import type { NoiseTape } from './noise.ts';

/** For `start`: A [axons] and B [size][neurons], port after port. */
export interface KfRtrlOptions extends FactorOptions {
  /** Given values of nu0 and nu1, [trial][timestep][2], instead of random ones. */
  readonly tape?: NoiseTape;
}

/**
 * Kronecker-factored RTRL. Mujika, Meier & Steger (2018); Marschall, Cho & Savin (2020), sec. 4.1.2. For the synapse from axon j onto neuron i of
 * a port, the influence on the state is held as a product over k, i and j, whose mean over two random signs nu0, nu1 per timestep is the influence:
 *
 *     P^k_ij ~ B_ki A_j        B' = J B        D = ds/du of the port, for a leaky unit the slope on the diagonal; a: what axons bring
 *     p0 = sqrt(|B'| / (|A| + eps)) + eps      p1 = sqrt(|D| / (|a| + eps)) + eps
 *     A <- nu0 p0 A + nu1 p1 a                 B <- nu0 B' / p0 + nu1 D / p1       g_ij = (sum_k l_k B_ki) A_j
 *
 * Each port has its own factors; all share the same signs. N^3 a timestep for N units.
 */
export const kfRtrl = onlineMaker<'kf-rtrl', KfRtrlOptions>({
  name: 'kf-rtrl',
  about: 'KF-RTRL: unbiased estimate of RTRL, its influences as a random Kronecker product; N^3 a timestep',
  fields: ['epsilon', 'start', 'scales', 'tape'],
  make: ({ epsilon = 1e-7, start = 'zero', scales, tape }) => {
    checkFactors('kf-rtrl', { epsilon, start, ...(scales && { scales }) });
    return {
      title: 'KF-RTRL',
      settings: { epsilon, start, ...(scales && { scales }), ...(tape && { tape }) },
      learner: (step, { seed }) => {
        const { arithmetic } = step;
        return kroneckerLearner(
          'kf-rtrl',
          step,
          { vector: 'axons', apart: false, seed, kind: 'sign', start, tape },
          ({ A, a, B, pushed, D, nu: [nu0, nu1] }) => {
            const p0 = scales?.p0 ?? ratio(arithmetic.norm(pushed), arithmetic.norm(A), epsilon);
            const p1 = scales?.p1 ?? ratio(arithmetic.norm(D), arithmetic.norm(a), epsilon);
            arithmetic.combine(A, nu0 * p0, A, nu1 * p1, a, 0);
            arithmetic.combine(B, nu0 / p0, pushed, nu1 / p1, D, 0);
          },
        );
      },
      footprint: (circuit, { feedback }) =>
        everyone(circuit, feedback, { numbers: () => 2, operations: () => ({ '*': 6, '+': 4, '/': 2 }) }),
    };
  },
});
