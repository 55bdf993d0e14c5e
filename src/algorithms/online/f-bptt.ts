import { numberedMaker, type Linearised, type OnlineLearner } from '../../solvers/index.ts';
import { within } from './footprints.ts';
import { online } from './maker.ts';

/**
 * Truncated BPTT at every timestep, H back: each timestep t' gets its credit from H timesteps of errors, as soon as these are known.
 *
 *     z(t') = l(t') + J(t'+1)' l(t'+1) + ... + J(t'+1)' .. J(t'+H-1)' l(t'+H-1)        g(t) = z(t') Im(t'),  t' = t - H + 1
 *
 * At the end of a trial, all timesteps still held get theirs. Williams & Peng (1990); Marschall, Cho & Savin (2020), sec. 4.2.2. H N^2 a timestep
 * for N units.
 */
export const fBptt = numberedMaker({
  prefix: 'f-bptt',
  title: 'F-BPTT',
  about: 'F-BPTT(H): exact gradient of the next H timesteps of errors, H - 1 timesteps late; H N^2 a timestep',
  make: (H) =>
    online(`f-bptt-${H}`, {
      title: 'F-BPTT',
      settings: {},
      late: H - 1,
      learner: (step) => learner(step, H),
      // In H timesteps credit crosses at most H - 1 synapses.
      footprint: (circuit, { feedback }) => ({
        ...within(circuit, feedback, H, {
          numbers: () => 1,
          operations: () => ({ '*': 1 + H, '+': 1 + H }),
        }),
        backward: H > 1,
      }),
    }),
});

function learner(step: Linearised, H: number): OnlineLearner {
  /** Credit so far of the timesteps that are held; that of timestep t is at t modulo the length. */
  let z: Float64Array[] = [];
  let [v, earlier] = [1, 2].map(() => step.array(step.size));
  return {
    begin: () => {
      const longest = Math.min(H, step.timesteps);
      if (z.length < longest) z = Array.from({ length: longest }, () => step.array(step.size));
    },
    advance: (t, gradient) => {
      const held = Math.min(H, t);
      step.credit(v);
      z[t % z.length].set(v);
      for (let ago = 1; ago < held; ago++) {
        step.pull(v, earlier, ago - 1);
        [v, earlier] = [earlier, v];
        const own = z[(t - ago) % z.length];
        for (let k = 0; k < own.length; k++) own[k] += v[k];
      }
      step.direct(1, gradient);
      // The oldest leaves; at the end of the trial all do.
      const last = t < step.timesteps ? H - 1 : 0;
      for (let ago = held - 1; ago >= last; ago--) step.immediate(z[(t - ago) % z.length], 1, gradient, ago);
    },
  };
}
