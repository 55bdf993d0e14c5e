/** What users get of this room; `index.ts` is the door for the rooms above. */
export {
  input,
  leakyRelu,
  leakyTanh,
  linear,
  neuron,
  neuronModel,
  type ModelDefinition,
  type NeuronDefinition,
  type NeuronMaker,
  type NeuronView,
  type Parameter,
  type Population,
  type PopulationMaker,
} from './index.ts';
