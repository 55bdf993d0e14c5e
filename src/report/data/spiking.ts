import type { DrawnRun } from './drawn.ts';
import { hiddenPopulations, type HiddenPopulation } from './hidden.ts';

/** The populations without a target, by whether they are drawn as spikes or as rates. */
export interface Hidden {
  readonly spiking: readonly HiddenPopulation[];
  readonly graded: readonly HiddenPopulation[];
}

/**
 * Populations that send nothing but 0 and 1 spike, in a circuit whose neurons do: of rate units that are given pulses, these are drawn as rates, too. Where
 * no summary says which populations are neurons, all hidden ones must spike.
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

/** What a summary says in place of a model where there is none. */
const INPUT = 'input';

function isBinary({ panels }: HiddenPopulation): boolean {
  return panels.every(({ value: { values } }) => values.every((value) => value === 0 || value === 1));
}
