import { spansOf } from '../../solvers/index.ts';
import { onlineMaker } from './maker.ts';
import { noise, type NoiseTape } from './noise.ts';
import { outputLearner, perturbationOptions, perturbedFootprint, type PerturbationOptions } from './perturbation.ts';

export interface WeightPerturbationOptions extends PerturbationOptions {
  /** Given values of Delta, [trial][1][synapses], for all perturbed synapses in the circuit's order, instead of random ones. */
  readonly tape?: NoiseTape;
}

/**
 * Weight perturbation: other weights during a whole trial. Cauwenberghs (1993); Marschall, Cho & Savin (2020).
 *
 *     w + Delta during the trial        Delta = sigma Normal(0, 1)        for all plastic synapses except those on outputs
 *     g = -(L - Lbar) Delta / sigma^2   at its end, on w        L = sum over t of L(t)
 *     Lbar <- (1 - baselineRate) Lbar + baselineRate L
 *
 * Its estimate is known only when a trial has ended, so it cannot learn online. N^2 for each trial, with N units.
 */
export const weightPerturbation = onlineMaker<'weight-perturbation', WeightPerturbationOptions>({
  name: 'weight-perturbation',
  about:
    'weight perturbation: other weights for a trial, weighted by its loss; N^2 a trial, and noisy. Cannot learn online',
  fields: ['sigma', 'baselineRate', 'baseline', 'tape'],
  make: ({ tape, ...given }) => {
    const options = perturbationOptions('weight-perturbation', given);
    const { sigma, baselineRate, baseline } = options;
    return {
      title: 'weight perturbation',
      settings: { ...options, ...(tape && { tape }) },
      feedback: 'random',
      causal: false,
      learner: (step, { seed }) => {
        const { arithmetic } = step;
        const own = Int32Array.from(
          step.ports.flatMap(({ isOutput, synapses }) => (isOutput ? [] : [...synapses])),
        ).sort();
        /** `moves`: Delta for all synapses; 0 for those on outputs. */
        const [Delta, moves, told] = [own.length, step.synapses, step.synapses].map((length) => step.array(length));
        const spans = spansOf(own).map(({ at, first, length }) => ({ first, drawn: Delta.subarray(at, at + length) }));
        const draw = noise('weight-perturbation', 'Delta', {
          ...{ seed, kind: 'normal', scale: sigma, arithmetic },
          ...(tape && { tape }),
        });
        const outputs = outputLearner(step);
        const Lbar = step.array(1).fill(baseline);
        let [trial, L] = [0, 0];
        return {
          keeps: { Lbar },
          onlyAtEnd: true,
          begin: (number) => {
            [trial, L] = [number, 0];
            told.fill(0);
          },
          prepare: (t) => {
            if (t > 1) return;
            draw(trial, 1, Delta);
            for (const { first, drawn } of spans) moves.set(drawn, first);
            step.moveWeights(moves);
          },
          advance: (t, gradient) => {
            L += step.loss;
            outputs(told);
            if (t < step.timesteps) return;
            step.moveBack();
            arithmetic.addScaled(gradient, 0, 1, told);
            arithmetic.addScaled(gradient, 0, -(L - Lbar[0]) / (sigma * sigma), moves);
            Lbar[0] = (1 - baselineRate) * Lbar[0] + baselineRate * L;
          },
        };
      },
      footprint: (circuit) => perturbedFootprint(circuit, { numbers: () => 2, operations: () => ({ '*': 1, '+': 1 }) }),
    };
  },
});
