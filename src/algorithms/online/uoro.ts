import type { RowNumbers } from '../../arithmetic/index.ts';
import { checkFactors, ratio, starter, type FactorOptions } from './factors.ts';
import { everyone } from './footprints.ts';
import { onlineMaker } from './maker.ts';
import { checkNoise, noise, type NoiseKind, type NoiseTape } from './noise.ts';
import { immediateParts, setImmediate } from './products.ts';

/** For `start`: A [size], and B with a number for each plastic synapse that affects the state, in the circuit's order. */
export interface UoroOptions extends FactorOptions {
  /** The distribution of nu, with mean 0 and variance 1. Default 'sign': +1 or -1. */
  readonly nu?: NoiseKind;
  /** Given values of nu, [trial][timestep][present], instead of random ones. */
  readonly tape?: NoiseTape;
}

/**
 * Unbiased online recurrent optimisation. Tallec & Ollivier (2018); Marschall, Cho & Savin (2020), sec. 4.1.1. The influence of the weights on
 * the state, P = ds/dw, is held as one product whose mean over the noise is P:
 *
 *     P^k_w ~ A_k B_w          A' = J A          m = nu' Im          nu_k = +1 or -1 at random
 *     p0 = sqrt(|B| / (|A'| + eps)) + eps        p1 = sqrt(|m| / (|nu| + eps)) + eps
 *     A <- p0 A' + p1 nu       B <- B / p0 + m / p1       g_w = (sum_k l_k A_k) B_w
 *
 * The immediate effect of weights on the error, such as that of the readout, is added exactly. N^2 a timestep for N units.
 */
export const uoro = onlineMaker<'uoro', UoroOptions>({
  name: 'uoro',
  about: 'UORO: unbiased estimate of RTRL, its influences as one random product; N^2 a timestep, and noisy',
  fields: ['epsilon', 'start', 'scales', 'nu', 'tape'],
  make: ({ epsilon = 1e-7, start = 'zero', scales, nu: kind = 'sign', tape }) => {
    checkFactors('uoro', { epsilon, start, ...(scales && { scales }) });
    checkNoise('uoro: nu', kind);
    return {
      title: 'UORO',
      settings: { epsilon, start, nu: kind, ...(scales && { scales }), ...(tape && { tape }) },
      learner: (step, { seed }) => {
        const { arithmetic } = step;
        const [A, pushed, nu, l] = [1, 2, 3, 4].map(() => step.array(step.size));
        // Synapses of a readout do not affect the state.
        const moving = step.ports.flatMap(({ moves, synapses }) => (moves === 'nothing' ? [] : [...synapses]));
        const own = Int32Array.from(moving).sort();
        const [B, m] = [own.length, step.synapses].map((length) => step.array(length));
        const parts = immediateParts(step);
        const projections = parts.map(({ port, vD, a }) =>
          step.pass({
            ...{ port, neuron: { vD }, axon: { a }, each: project },
            synapse: { m: ({ first, length }) => m.subarray(first, first + length) },
          }),
        );
        const [over0, over1, q] = [1, 2, 3].map(() => step.array(1));
        const begin = starter('uoro', { start, seed }, { A: [A], B: [B] });
        const draw = noise('uoro', 'nu', { seed, kind, arithmetic, ...(tape && { tape }) });
        // Weights no longer affect older numbers.
        const present = nu.subarray(0, step.present);
        let trial = 0;
        return {
          ...(step.carries && { keeps: { A, B } }),
          begin: (number, goesOn) => {
            trial = number;
            if (!goesOn) begin(number);
          },
          advance: (t, gradient) => {
            draw(trial, t, present);
            step.push(A, pushed);
            setImmediate(step, parts, nu);
            for (const run of projections) run();
            const p0 = scales?.p0 ?? ratio(arithmetic.norm(B), arithmetic.norm(pushed), epsilon);
            const p1 = scales?.p1 ?? ratio(arithmetic.norm(m), arithmetic.norm(nu), epsilon);
            arithmetic.combine(A, p0, pushed, p1, nu, 0);
            step.credit(l);
            let sum = 0;
            for (let k = 0; k < A.length; k++) sum += l[k] * A[k];
            over0[0] = 1 / p0;
            over1[0] = 1 / p1;
            q[0] = sum;
            step.direct(1, gradient);
          },
          passes: parts.map(({ port, vD, a }) => ({
            port,
            synapse: { B: ({ first, length }) => B.subarray(own.indexOf(first), own.indexOf(first) + length) },
            ...{ neuron: { vD }, axon: { a }, one: { over0, over1, q } },
            each: takeUp,
          })),
        };
      },
      // Three sums over the whole network: p0, p1 and q.
      footprint: (circuit, { feedback }) =>
        everyone(circuit, feedback, { numbers: () => 2, operations: () => ({ '*': 6, '+': 4, '/': 2 }) }),
    };
  },
});

/** m = nu' Im. */
function project({ vD, a }: RowNumbers): RowNumbers {
  return { m: vD * a };
}

function takeUp({ B, vD, a, over0, over1, q }: RowNumbers): RowNumbers {
  const next = over0 * B + over1 * (vD * a);
  return { B: next, gradient: q * next };
}
