import type { RowNumbers } from '../../arithmetic/index.ts';
import { checkOption, onlineMaker } from './maker.ts';
import { noise, type NoiseTape } from './noise.ts';
import { outputLearner, perturbationOptions, perturbedFootprint, type PerturbationOptions } from './perturbation.ts';

export interface NodePerturbationOptions extends PerturbationOptions {
  /** How much of a synapse's trace is kept from timestep to timestep. Default 1. */
  readonly decay?: number;
  /** Given values of xi, [trial][timestep][neurons], perturbed port after port, instead of random ones. */
  readonly tape?: NoiseTape;
}

/**
 * Node perturbation, which is REINFORCE for noise on the inputs of neurons. Williams (1992); Marschall, Cho & Savin (2020).
 *
 *     u_i += xi_i(t)        xi = sigma Normal(0, 1)        on every port that plastic synapses end on, except those of outputs
 *     z_ij <- decay z_ij + xi_i a_j(t)        g_ij = -(L(t) - Lbar) z_ij / sigma^2        L(t) = 1/2 sum_k e_k^2
 *     Lbar <- (1 - baselineRate) Lbar + baselineRate L(t)
 *
 * The noise is in the activity: loss and outputs see it. With decay 1 and a fixed baseline the mean over the noise is the gradient, to order
 * sigma^2. N^2 a timestep for N units.
 */
export const nodePerturbation = onlineMaker<'node-perturbation', NodePerturbationOptions>({
  name: 'node-perturbation',
  about:
    'node perturbation: noise on the inputs of neurons, weighted by the loss that follows; N^2 a timestep, and noisy',
  fields: ['sigma', 'baselineRate', 'baseline', 'decay', 'tape'],
  make: ({ decay = 1, tape, ...given }) => {
    const options = perturbationOptions('node-perturbation', given);
    const { sigma, baselineRate, baseline } = options;
    checkOption('node-perturbation: decay', decay, { least: 0, most: 1 });
    return {
      title: 'node perturbation',
      settings: { ...options, decay, ...(tape && { tape }) },
      feedback: 'random',
      learner: (step, { seed }) => {
        const { arithmetic } = step;
        const perturbed = step.ports.filter(({ isOutput }) => !isOutput);
        const allXi = step.array(perturbed.reduce((sum, { size }) => sum + size, 0));
        let first = 0;
        const parts = perturbed.map((port) => {
          const xi = allXi.subarray(first, (first += port.size));
          const z = step.array(port.synapses.length);
          return { port, xi, z, a: step.array(port.axons) };
        });
        const draw = noise('node-perturbation', 'xi', {
          seed,
          arithmetic,
          kind: 'normal',
          scale: sigma,
          ...(tape && { tape }),
        });
        const outputs = outputLearner(step);
        const Lbar = step.array(1).fill(baseline);
        const [kept, factor] = [step.array(1).fill(decay), step.array(1)];
        let trial = 0;
        return {
          keeps: {
            Lbar,
            ...(step.carries &&
              Object.fromEntries(parts.map(({ port, z }) => [`z.${port.population}.${port.port}`, z]))),
          },
          begin: (number, goesOn) => {
            trial = number;
            if (!goesOn) for (const { z } of parts) z.fill(0);
          },
          prepare: (t) => {
            draw(trial, t, allXi);
            for (const { port, xi } of parts) step.disturb(port, xi);
          },
          advance: (_t, gradient) => {
            factor[0] = -(step.loss - Lbar[0]) / (sigma * sigma);
            for (const { port, a } of parts) step.brought(port, a);
            Lbar[0] = (1 - baselineRate) * Lbar[0] + baselineRate * step.loss;
            outputs(gradient);
          },
          passes: parts.map(({ port, xi, z, a }) => ({
            ...{ port, synapse: { z }, neuron: { xi }, axon: { a }, one: { kept, factor } },
            each: decay === 1 ? takeUpAll : takeUp,
          })),
        };
      },
      footprint: (circuit) => perturbedFootprint(circuit, { numbers: () => 2, operations: () => ({ '*': 3, '+': 2 }) }),
    };
  },
});

function takeUp({ z, xi, a, kept, factor }: RowNumbers): RowNumbers {
  const next = kept * z + xi * a;
  return { z: next, gradient: factor * next };
}

/** With decay 1. */
function takeUpAll({ z, xi, a, factor }: RowNumbers): RowNumbers {
  const next = z + xi * a;
  return { z: next, gradient: factor * next };
}
