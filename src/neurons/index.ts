export { checkPopulation, input, isPopulation, type Parameter, type Population } from './population.ts';
export {
  dependencesOf,
  graphOf,
  readingOf,
  readsOf,
  type Computed,
  type Equation,
  type NeuronModel,
  type Pool,
  type Port,
  type NeuronRead,
} from './model.ts';
export { neuron, type NeuronDefinition, type NeuronMaker } from './neuron.ts';
export { neuronModel, type ModelDefinition, type NeuronView, type PopulationMaker } from './rate.ts';
export { leakyTanh } from './leaky-tanh.ts';
export { leakyRelu } from './leaky-relu.ts';
export { linear } from './linear.ts';
export { lif } from './lif.ts';
export { alif } from './alif.ts';
export { leakyReadout } from './leaky-readout.ts';
export { resettingLif } from './resetting-lif.ts';
export { cubaLif } from './cuba-lif.ts';
export { cubaLi } from './cuba-li.ts';
export { surrogates } from './surrogates.ts';
export { builtInNeurons } from './built-in.ts';
