import { checkFactors, norm, ratio, starter, type FactorOptions } from './factors.ts';
import { everyone } from './footprints.ts';
import { onlineMaker } from './maker.ts';
import { noise, type NoiseTape } from './noise.ts';
import { addProduct, perPort, timesRows } from './products.ts';

/** Of `start`: A [axons] and B [size][neurons], those of one port after another. */
export interface KfRtrlOptions extends FactorOptions {
  /** nu0 and nu1 as they are to be, [trial][timestep][2], in place of chance. */
  readonly tape?: NoiseTape;
}

/**
 * Kronecker-factored RTRL. Mujika, Meier & Steger (2018); Marschall, Cho & Savin (2020), sec. 4.1.2. For the synapse from axon j onto neuron i of
 * a port, the influence on the state is a product over k, i and j, whose mean over two signs nu0, nu1 a timestep it is:
 *
 *     P^k_ij ~ B_ki A_j        B' = J B        D = ds/du of the port, for a leaky unit the slope on the diagonal; a: what axons bring
 *     p0 = sqrt(|B'| / (|A| + eps)) + eps      p1 = sqrt(|D| / (|a| + eps)) + eps
 *     A <- nu0 p0 A + nu1 p1 a                 B <- nu0 B' / p0 + nu1 D / p1       g_ij = (sum_k l_k B_ki) A_j
 *
 * Each port has factors of its own; all have the same signs. N^3 a timestep for N units.
 */
export const kfRtrl = onlineMaker<'kf-rtrl', KfRtrlOptions>({
  name: 'kf-rtrl',
  about: 'KF-RTRL: RTRL on average, its influences held as a Kronecker product by chance; N^3 a timestep',
  fields: ['epsilon', 'start', 'scales', 'tape'],
  make: ({ epsilon = 1e-7, start = 'zero', scales, tape }) => {
    checkFactors('kf-rtrl', { epsilon, start, ...(scales && { scales }) });
    return {
      title: 'KF-RTRL',
      settings: { epsilon, start, ...(scales && { scales }), ...(tape && { tape }) },
      learner: (step, { seed }) => {
        const parts = step.ports
          .filter(({ moves }) => moves !== 'nothing')
          .map((port) => {
            const [A, a] = [1, 2].map(() => step.array(port.axons));
            const [B, pushed, D] = [1, 2, 3].map(() => step.array(step.size * port.size));
            return { port, A, a, B, pushed, D, lB: step.array(port.size), push: step.pusher(port.size) };
          });
        const [A, B] = [parts.map((part) => part.A), parts.map((part) => part.B)];
        const begin = starter('kf-rtrl', { start, seed }, { A, B });
        const draw = noise('kf-rtrl', 'nu', { seed, kind: 'sign', ...(tape && { tape }) });
        const [l, nu] = [step.array(step.size), new Float64Array(2)];
        let trial = 0;
        return {
          ...(step.carries && { keeps: { ...perPort('A', parts), ...perPort('B', parts) } }),
          begin: (number, goesOn) => {
            trial = number;
            if (!goesOn) begin(number);
          },
          advance: (t, gradient) => {
            draw(trial, t, nu);
            const [nu0, nu1] = nu;
            step.credit(l);
            for (const { port, A, a, B, pushed, D, lB, push } of parts) {
              push(B, pushed);
              step.brought(port, a);
              step.slopes(port, D);
              const p0 = scales?.p0 ?? ratio(norm(pushed), norm(A), epsilon);
              const p1 = scales?.p1 ?? ratio(norm(D), norm(a), epsilon);
              const [old, fresh, less, more] = [nu0 * p0, nu1 * p1, nu0 / p0, nu1 / p1];
              for (let j = 0; j < A.length; j++) A[j] = old * A[j] + fresh * a[j];
              for (let k = 0; k < B.length; k++) B[k] = less * pushed[k] + more * D[k];
              addProduct(gradient, port, timesRows(l, B, lB), A);
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
