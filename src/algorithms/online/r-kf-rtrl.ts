import { checkFactors, norm, ratio, starter, type FactorOptions } from './factors.ts';
import { everyone } from './footprints.ts';
import { onlineMaker } from './maker.ts';
import { checkNoise, noise, type NoiseKind, type NoiseTape } from './noise.ts';
import { addProduct, outer, perPort, timesColumns, timesRows } from './products.ts';

/** Of `start`: A [neurons] and B [size][axons], those of one port after another. */
export interface RKfRtrlOptions extends FactorOptions {
  /** What nu is drawn from, with mean 0 and variance 1. Default 'sign': +1 or -1. */
  readonly nu?: NoiseKind;
  /** nu as it is to be, [trial][timestep][neurons], those of one port after another, in place of chance. */
  readonly tape?: NoiseTape;
}

/**
 * Reverse KF-RTRL. Marschall, Cho & Savin (2020), sec. 4.1.3. As KF-RTRL, with the neuron that a synapse ends on apart from the rest:
 *
 *     P^k_ij ~ A_i B_kj        B' = J B        m = (D nu) a'        nu_i = +1 or -1 by chance; D = ds/du of the port, a: what axons bring
 *     p0 = sqrt(|B'| / (|A| + eps)) + eps      p1 = sqrt(|m| / (|nu| + eps)) + eps
 *     A <- p0 A + p1 nu        B <- B' / p0 + m / p1        g_ij = A_i (sum_k l_k B_kj)
 *
 * Each port has factors of its own. N^3 a timestep for N units.
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
        const moving = step.ports.filter(({ moves }) => moves !== 'nothing');
        const allNu = step.array(moving.reduce((sum, { size }) => sum + size, 0));
        let first = 0;
        const parts = moving.map((port) => {
          const A = step.array(port.size);
          const [B, pushed, m] = [1, 2, 3].map(() => step.array(step.size * port.axons));
          const [a, lB] = [1, 2].map(() => step.array(port.axons));
          const [D, Dnu] = [step.array(step.size * port.size), step.array(step.size)];
          const nu = allNu.subarray(first, (first += port.size));
          return { port, A, B, pushed, m, a, lB, D, Dnu, nu, push: step.pusher(port.axons) };
        });
        const [A, B] = [parts.map((part) => part.A), parts.map((part) => part.B)];
        const begin = starter('r-kf-rtrl', { start, seed }, { A, B });
        const draw = noise('r-kf-rtrl', 'nu', { seed, kind, ...(tape && { tape }) });
        const l = step.array(step.size);
        let trial = 0;
        return {
          ...(step.carries && { keeps: { ...perPort('A', parts), ...perPort('B', parts) } }),
          begin: (number, goesOn) => {
            trial = number;
            if (!goesOn) begin(number);
          },
          advance: (t, gradient) => {
            draw(trial, t, allNu);
            step.credit(l);
            for (const { port, A, B, pushed, m, a, lB, D, Dnu, nu, push } of parts) {
              push(B, pushed);
              step.brought(port, a);
              step.slopes(port, D);
              timesColumns(D, nu, Dnu);
              outer(Dnu, a, m);
              const p0 = scales?.p0 ?? ratio(norm(pushed), norm(A), epsilon);
              const p1 = scales?.p1 ?? ratio(norm(m), norm(nu), epsilon);
              for (let i = 0; i < A.length; i++) A[i] = p0 * A[i] + p1 * nu[i];
              const [less, more] = [1 / p0, 1 / p1];
              for (let k = 0; k < B.length; k++) B[k] = less * pushed[k] + more * m[k];
              addProduct(gradient, port, A, timesRows(l, B, lB));
            }
            step.direct(1, gradient);
          },
        };
      },
      footprint: (circuit, { feedback }) =>
        everyone(circuit, feedback, { numbers: () => 2, operations: () => ({ '*': 6, '+': 4, '/': 2 }) }),
    };
  },
});
