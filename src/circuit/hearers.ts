import type { BuiltCircuit, BuiltPopulation } from './built.ts';
import { globalsOf } from './globals.ts';

/** The neurons that make global scalars, each with a population whose neurons read its scalar. */
export function hearersOf({ globals, populations }: Pick<BuiltCircuit, 'globals' | 'populations'>): readonly {
  readonly from: BuiltPopulation;
  readonly neuron: number;
  readonly to: BuiltPopulation;
}[] {
  return globals.flatMap((one) => {
    if (one.kind !== 'neuron') return [];
    const { from, neuron, name } = one;
    const reading = populations.filter(({ model }) => globalsOf(model?.readings ?? {}).includes(name));
    return reading.map((to) => ({ from, neuron, to }));
  });
}
