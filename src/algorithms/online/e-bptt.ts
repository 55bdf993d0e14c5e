import { numberedMaker, type Linearised, type OnlineLearner } from '../../solvers/index.ts';
import { within } from './footprints.ts';
import { online } from './maker.ts';

/**
 * Truncated BPTT over intervals of H timesteps that do not overlap. At the end of each, and of the trial, back through the interval:
 *
 *     z(end) = l(end)        z(t) = l(t) + J(t+1)' z(t+1)        g(end) = sum over the interval of z(t) Im(t)
 *
 * In between g = 0; influence across a border is lost. Williams & Peng (1990); Marschall, Cho & Savin (2020), sec. 4.2.1. Derivatives are those of
 * the timesteps, with the weights at the end of the interval. N^2 a timestep for N units, done at the end of each interval.
 */
export const eBptt = numberedMaker({
  prefix: 'e-bptt',
  title: 'E-BPTT',
  about: 'E-BPTT(H): exact gradient back through intervals of H timesteps, each separately; N^2 a timestep',
  make: (H) =>
    online(`e-bptt-${H}`, {
      title: 'E-BPTT',
      settings: {},
      learner: (step) => learner(step, H),
      // In H timesteps credit crosses at most H - 1 synapses.
      footprint: (circuit, { feedback }) => ({
        ...within(circuit, feedback, H, {
          numbers: () => 1,
          operations: () => ({ '*': 2, '+': 2 }),
        }),
        backward: H > 1,
      }),
    }),
});

function learner(step: Linearised, H: number): OnlineLearner {
  /** Credit of the timesteps of the interval, that of timestep t at t modulo the length. */
  let l: Float64Array[] = [];
  const [z, earlier] = [1, 2].map(() => step.array(step.size));
  return {
    addsByStep: true,
    begin: () => {
      const longest = Math.min(H, step.timesteps);
      if (l.length < longest) l = Array.from({ length: longest }, () => step.array(step.size));
    },
    advance: (t, gradient) => {
      const now = l[t % l.length];
      step.credit(now);
      step.direct(1, gradient);
      const length = 1 + ((t - 1) % H);
      if (length < H && t < step.timesteps) return;
      z.set(now);
      step.immediate(z, 1, gradient);
      for (let ago = 1; ago < length; ago++) {
        step.pull(z, earlier, ago - 1);
        const own = l[(t - ago) % l.length];
        for (let k = 0; k < z.length; k++) z[k] = own[k] + earlier[k];
        step.immediate(z, 1, gradient, ago);
      }
    },
  };
}
