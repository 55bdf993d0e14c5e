import type { BuiltPopulation } from '../../circuit/index.ts';
import type { Surrogates } from '../../local/index.ts';
import { listed } from './words.ts';

/** Notes for a solver whose derivatives run through these populations, if a neuron model declares some derivatives itself. */
export function surrogateNotes(populations: readonly BuiltPopulation[]): readonly string[] {
  const having = (kind: keyof Surrogates): readonly string[] => {
    const names = populations.flatMap(({ model }) =>
      model?.analysis && model.analysis.surrogates[kind] > 0 ? [model.name] : [],
    );
    return [...new Set(names)];
  };
  const [spiking, detaching] = [having('spikes'), having('detached')];
  return [
    ...(spiking.length > 0
      ? [`derivatives of ${named(spiking)} are exact for the declared pseudo-derivative, spike(x, psi)`]
      : []),
    ...(detaching.length > 0 ? [`in derivatives of ${named(detaching)} detached values count as constant`] : []),
  ];
}

function named(models: readonly string[]): string {
  return `neuron ${models.length === 1 ? 'model' : 'models'} ${listed(models)}`;
}
