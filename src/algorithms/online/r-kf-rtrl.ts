import { checkFactors, ratio, type FactorOptions } from './factors.ts';
import { everyone } from './footprints.ts';
import { kroneckerLearner } from './kronecker.ts';
import { onlineMaker } from './maker.ts';
import { checkNoise, type NoiseKind, type NoiseTape } from './noise.ts';

/** For `start`: A [neurons] and B [size][axons], port after port. */
export interface RKfRtrlOptions extends FactorOptions {
  /** The distribution of nu, with mean 0 and variance 1. Default 'sign': +1 or -1. */
  readonly nu?: NoiseKind;
  /** Given values of nu, [trial][timestep][neurons], port after port, instead of random ones. */
  readonly tape?: NoiseTape;
}

/**
 * Reverse KF-RTRL. Marschall, Cho & Savin (2020), sec. 4.1.3. As KF-RTRL, but the neuron that a synapse ends on is separated from the rest:
 *
 *     P^k_ij ~ A_i B_kj        B' = J B        m = (D nu) a'        nu_i = +1 or -1 at random; D = ds/du of the port, a: what axons bring
 *     p0 = sqrt(|B'| / (|A| + eps)) + eps      p1 = sqrt(|m| / (|nu| + eps)) + eps
 *     A <- p0 A + p1 nu        B <- B' / p0 + m / p1        g_ij = A_i (sum_k l_k B_kj)
 *
 * Each port has its own factors. N^3 a timestep for N units.
 */
export const rKfRtrl = onlineMaker<'r-kf-rtrl', RKfRtrlOptions>({
  name: 'r-kf-rtrl',
  about: 'reverse KF-RTRL: the same with the other product; N^3 a timestep, and noisier',
  fields: ['epsilon', 'start', 'scales', 'nu', 'tape'],
  make: ({ epsilon = 1e-7, start = 'zero', scales, nu: kind = 'sign', tape }) => {
    checkFactors('r-kf-rtrl', { epsilon, start, ...(scales && { scales }) });
    checkNoise('r-kf-rtrl: nu', kind);
    return {
      title: 'R-KF-RTRL',
      settings: { epsilon, start, nu: kind, ...(scales && { scales }), ...(tape && { tape }) },
      learner: (step, { seed }) => {
        const { arithmetic, size } = step;
        const Dnu = step.array(size);
        return kroneckerLearner(
          'r-kf-rtrl',
          step,
          { vector: 'size', apart: true, seed, kind, start, tape },
          ({ port, A, a, B, pushed, D, m, nu }) => {
            arithmetic.project(D, nu, Dnu, size, port.size);
            arithmetic.addOuter(m.fill(0), 0, Dnu, a, 0, size, port.axons);
            const p0 = scales?.p0 ?? ratio(arithmetic.norm(pushed), arithmetic.norm(A), epsilon);
            const p1 = scales?.p1 ?? ratio(arithmetic.norm(m), arithmetic.norm(nu), epsilon);
            arithmetic.combine(A, p0, A, p1, nu, 0);
            arithmetic.combine(B, 1 / p0, pushed, 1 / p1, m, 0);
          },
        );
      },
      footprint: (circuit, { feedback }) =>
        everyone(circuit, feedback, { numbers: () => 2, operations: () => ({ '*': 6, '+': 4, '/': 2 }) }),
    };
  },
});
