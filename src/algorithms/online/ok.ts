import { onlyFields } from '../../errors/index.ts';
import { numberedMaker, type Linearised, type OnlineLearner } from '../../solvers/index.ts';
import { everyone } from './footprints.ts';
import { online } from './maker.ts';
import { noise, type NoiseTape } from './noise.ts';
import { OptimalSum } from './optimal-sum.ts';
import { product, timesRows } from './products.ts';

export interface OkOptions {
  /** Given signs, [trial][timestep][r + 1], instead of random ones. */
  readonly tape?: NoiseTape;
}

/**
 * OK(r), the optimal Kronecker sum: KF-RTRL with r products and the least possible variance. Benzing, Gauy, Mujika, Martinsson & Steger (2019).
 *
 *     P^k_ij ~ sum over q = 1..r of B^q_ki a^q_j
 *     (a^1, J B^1), ..., (a^r, J B^r), (a(t), D)        reduced to r terms with the same mean: see `OptimalSum`
 *     g_ij = sum_q (sum_k l_k B^q_ki) a^q_j             D = ds/du of the port; a(t): what axons bring
 *
 * Each port has its own terms; all share the same signs. In the first r timesteps of a trial, and with one term for each axon, it is RTRL.
 * r N^3 + r^2 N^2 a timestep for N units.
 */
export const ok = numberedMaker<'ok', OkOptions>({
  prefix: 'ok',
  title: 'OK',
  about: 'OK(r): unbiased estimate of RTRL, its influences as the best sum of r Kronecker products; r N^3 a timestep',
  make: (r, { tape, ...others }: OkOptions = {}) => {
    onlyFields(`ok-${r}`, others, ['tape']);
    return online(`ok-${r}`, {
      title: 'OK',
      settings: tape ? { tape } : {},
      learner: (step, { seed }) => learner(step, r, noise('ok', 'nu', { seed, kind: 'sign', ...(tape && { tape }) })),
      footprint: (circuit, { feedback }) =>
        everyone(circuit, feedback, {
          numbers: () => 1 + r,
          operations: () => ({ '*': 3 * r * (r + 2), '+': 3 * r * (r + 2) }),
        }),
    });
  },
});

function learner(step: Linearised, r: number, draw: ReturnType<typeof noise>): OnlineLearner {
  const parts = step.ports
    .filter(({ moves }) => moves !== 'nothing')
    .map((port) => {
      // This many products suffice for any matrix.
      const rank = Math.min(r, port.axons, step.size * port.size);
      const terms = { length: rank + 1 };
      return {
        port,
        a: Array.from(terms, () => step.array(port.axons)),
        B: Array.from(terms, () => step.array(step.size * port.size)),
        ...{
          rank,
          sum: new OptimalSum(rank, step.arithmetic),
          pushed: step.array(step.size * port.size),
          lB: Array.from({ length: rank }, () => step.array(port.size)),
          push: step.pusher(port.size),
        },
      };
    });
  const [l, nu] = [step.array(step.size), new Float64Array(r + 1)];
  let trial = 0;
  const kept = parts.flatMap(({ port: { population, port }, a, B }) =>
    a
      .slice(0, r)
      .flatMap((term, q) => [
        [`a${q}.${population}.${port}`, term] as const,
        [`B${q}.${population}.${port}`, B[q]] as const,
      ]),
  );
  return {
    ...(step.carries && { keeps: Object.fromEntries(kept) }),
    begin: (number, goesOn) => {
      trial = number;
      if (!goesOn) for (const [, factor] of kept) factor.fill(0);
    },
    advance: (t, gradient) => {
      draw(trial, t, nu);
      step.credit(l);
      for (const { port, rank, sum, a, B, pushed, lB, push } of parts) {
        for (let q = 0; q < rank; q++) {
          push(B[q], pushed);
          B[q].set(pushed);
        }
        step.brought(port, a[rank]);
        step.slopes(port, B[rank]);
        sum.reduce(a, B, nu);
        for (let q = 0; q < rank; q++) timesRows(step.arithmetic, l, B[q], lB[q]);
      }
      step.direct(1, gradient);
    },
    passes: parts.flatMap(({ port, lB, a }) =>
      lB.map((x, q) => ({ port, neuron: { x }, axon: { y: a[q] }, each: product })),
    ),
  };
}
