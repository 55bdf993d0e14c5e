import type { DrawnRun } from './drawn.ts';
import { hiddenPopulations, type HiddenPopulation } from './hidden.ts';

/** The populations without a target, by whether they are drawn as spikes or as rates. */
export interface Hidden {
  readonly spiking: readonly HiddenPopulation[];
  readonly graded: readonly HiddenPopulation[];
}

/**
 * Populations that send only 0 and 1 are drawn as spikes if the neurons of the circuit spike; pulses given to rate units are drawn as rates.
 * If no summary says which populations are neurons, all hidden populations must spike.
 */
export function hiddenByKind(run: DrawnRun): Hidden {
  const all = hiddenPopulations(run);
  const binary = all.filter(isBinary);
  const neurons = run.summary?.circuit.populations.filter(({ model }) => model !== INPUT).map(({ name }) => name);
  const spikes = neurons ? binary.some(({ name }) => neurons.includes(name)) : binary.length === all.length;
  return spikes
    ? { spiking: binary, graded: all.filter((one) => !binary.includes(one)) }
    : { spiking: [], graded: all };
}

/** The word in a summary for a population without a neuron model. */
const INPUT = 'input';

function isBinary({ panels }: HiddenPopulation): boolean {
  return panels.every(({ value: { values } }) => values.every((value) => value === 0 || value === 1));
}
