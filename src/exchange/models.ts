import {
  alif,
  cubaLi,
  cubaLif,
  leakyReadout,
  lif,
  linear,
  resettingLif,
  type NeuronModel,
  type Population,
} from '../neurons/index.ts';

/** Parameters or initial states, as in a file: one number for all neurons, or one for each. */
export type Given = Readonly<Record<string, number | readonly number[]>>;

interface Model {
  readonly model: NeuronModel | undefined;
  readonly make: (size: number, params: Given, initial: Given) => Population;
}

/** The neuron models that can be written as NIR and read from it, by name. */
export const MODELS: ReadonlyMap<string, Model> = new Map(
  [
    entry(lif(1), (size, params, initial) => lif(size, { ...params, initial })),
    entry(alif(1), (size, params, initial) => alif(size, { ...params, initial })),
    entry(leakyReadout(1), (size, params, initial) => leakyReadout(size, { ...params, initial })),
    entry(resettingLif(1), (size, params, initial) => resettingLif(size, { ...params, initial })),
    entry(cubaLif(1), (size, params, initial) => cubaLif(size, { ...params, initial })),
    entry(cubaLi(1), (size, params, initial) => cubaLi(size, { ...params, initial })),
    entry(linear(1), (size) => linear(size)),
  ].map((each) => [each.model?.name ?? '', each]),
);

function entry({ model }: Population, make: Model['make']): Model {
  return { model, make };
}
