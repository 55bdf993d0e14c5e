import {
  carryingGroups,
  chance,
  InputError,
  isCredited,
  learningAlgorithm,
  linearised,
  normal,
  sampler,
  uniform,
  type LearningAlgorithm,
} from 'rxflo';

export interface UoroOptions {
  /** Keeps scales from dividing by 0. Default 1e-7. */
  readonly epsilon?: number;
  /** A and B at the beginning of a trial that does not carry on from another: 0, drawn from Normal(0, 1), or given: [size] and [synapses]. Default 'zero'. */
  readonly start?: 'zero' | 'normal' | { readonly A: readonly number[]; readonly B: readonly number[] };
  /** What nu is drawn from, with mean 0 and variance 1. Default 'sign': +1 or -1. */
  readonly nu?: 'sign' | 'normal' | 'uniform';
  /** Scales that stay as they are. By default they follow from norms, so that the estimate varies least. */
  readonly scales?: { readonly p0: number; readonly p1: number };
  /** nu as it is to be, [trial][timestep][size], in place of chance. */
  readonly tape?: readonly (readonly (readonly number[])[])[];
}

/**
 * Unbiased online recurrent optimisation. Tallec & Ollivier (2018); Marschall, Cho & Savin (2020), sec. 4.1.1. The influence of the weights on
 * the state, P = ds/dw, is held as one product whose mean over the noise it is:
 *
 *     P^k_w ~ A_k B_w          A' = J A          m = nu' Im          nu_k = +1 or -1 by chance
 *     p0 = sqrt(|B| / (|A'| + eps)) + eps        p1 = sqrt(|m| / (|nu| + eps)) + eps
 *     A <- p0 A' + p1 nu       B <- B / p0 + m / p1       g_w = (sum_k l_k A_k) B_w
 *
 * What weights do to the error at once, as those of the readout, is added exactly.
 */
export function uoro(options: UoroOptions = {}): LearningAlgorithm<'uoro'> {
  const { epsilon = 1e-7, start = 'zero', nu: kind = 'sign', scales, tape } = options;
  return learningAlgorithm({
    name: 'uoro',
    title: 'UORO',
    settings: { epsilon, start, nu: kind, ...(scales && { scales }), ...(tape && { tape }) },
    feedback: 'symmetric',
    open: (circuit, how) =>
      linearised(circuit, 'uoro', how, (step) => {
        const [A, pushed, nu, l] = [1, 2, 3, 4].map(() => new Float64Array(step.size));
        const [B, m] = [1, 2].map(() => new Float64Array(step.synapses));
        const [first, signs] = [chance(how.seed, 'uoro', 'start'), chance(how.seed, 'uoro', 'nu')];
        let trial = 0;

        /** nu of the present state: what is older is not moved by weights any more. */
        const drawNu = (t: number): void => {
          if (tape) {
            const noise = tape.at(trial - 1)?.at(t - 1);
            if (noise?.length !== step.present)
              throw new InputError('uoro: tape', `has no ${step.present} numbers for timestep ${t} of trial ${trial}`);
            nu.set(noise);
            return;
          }
          let place = 0;
          const next = () => signs(trial, t, place++);
          const drawn = {
            sign: () => (next() < 0.5 ? -1 : 1),
            normal: sampler(normal({ sd: 1 }), next),
            uniform: sampler(uniform(-Math.sqrt(3), Math.sqrt(3)), next),
          }[kind];
          for (let k = 0; k < step.present; k++) nu[k] = drawn();
        };

        return {
          ...(step.carries && { keeps: { A, B } }),
          begin: (number, goesOn) => {
            trial = number;
            if (goesOn) return;
            if (typeof start === 'object') {
              A.set(start.A);
              B.set(start.B);
              return;
            }
            let place = 0;
            const drawn = start === 'zero' ? () => 0 : sampler(normal({ sd: 1 }), () => first(trial, 0, place++));
            for (const factor of [A, B]) for (let k = 0; k < factor.length; k++) factor[k] = drawn();
          },
          advance: (t, gradient) => {
            drawNu(t);
            step.push(A, pushed);
            step.immediate(nu, 1, m.fill(0));
            const scale = (over: Float64Array, under: Float64Array) =>
              Math.sqrt(norm(over) / (norm(under) + epsilon)) + epsilon;
            const { p0, p1 } = scales ?? { p0: scale(B, pushed), p1: scale(m, nu) };
            for (let k = 0; k < A.length; k++) A[k] = p0 * pushed[k] + p1 * nu[k];
            for (let w = 0; w < B.length; w++) B[w] = B[w] / p0 + m[w] / p1;
            step.credit(l);
            const q = A.reduce((sum, a, k) => sum + l[k] * a, 0);
            for (let w = 0; w < B.length; w++) gradient[w] += q * B[w];
            step.direct(1, gradient);
          },
        };
      }),
    // Three sums over the whole network scale every synapse's number: p0, p1 and q.
    footprint: (circuit, { feedback }) => {
      const carrying = carryingGroups(circuit, feedback);
      const everyone = circuit.order.map((population) => ({
        population,
        neurons: Int32Array.from({ length: population.size }, (_, i) => i),
      }));
      return {
        neurons: () => everyone,
        carrying,
        transposed: [],
        credited: (population) => isCredited(circuit, feedback, population),
        backward: false,
        numbers: () => 2,
        numbersPerTimestep: 0,
        operations: () => ({ '*': 6, '+': 4, '/': 2 }),
      };
    },
  });
}

/** Over all entries. */
function norm(x: Float64Array): number {
  return Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
}
