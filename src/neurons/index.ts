export {
  checkPopulation,
  input,
  isPopulation,
  neuronModel,
  type ModelDefinition,
  type NeuronModel,
  type NeuronView,
  type Population,
  type PopulationMaker,
} from './model.ts';
export { leakyTanh } from './leaky-tanh.ts';
export { leakyRelu } from './leaky-relu.ts';
export { linear } from './linear.ts';
export { derivativeProblem } from './finite-derivatives.ts';
