import type { NeuronModel } from '../neurons/index.ts';
import { compile, fields, type Numbers } from '../local/index.ts';
import type { Dendrite } from './dendrite.ts';
import type { Publication } from './publication.ts';

/** One timestep of a neuron: from what its dendrite received and its rate, publishes the new rate and its derivatives. */
export type Membrane = (dendrite: Dendrite, published: Publication) => void;

/** Writes out the membrane of one population: its model's checked text (an opaque model's own functions) with its parameters filled in. */
export function membrane(model: NeuronModel, params: Numbers): Membrane {
  const source = `
return (dendrite, published) => {
  const h = published.rate;
  const u = dendrite.potential;
  const view = { h, u, ${fields(params)} };
  published.slope = slope(view);
  published.retention = retention(view);
  published.rate = rate(view);
};`;
  const { rate, slope, retention } = model;
  return compile<Membrane>(`neurons/${model.name}`, source, { rate, slope, retention });
}
