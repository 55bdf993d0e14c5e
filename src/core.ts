/** The core: circuits, rules, engines, solvers, tasks and sessions. Runs in a browser as well as in Node. */
export { InputError, RunError } from './errors/index.ts';
export {
  chance,
  constant,
  integers,
  normal,
  sampler,
  stream,
  uniform,
  type Distribution,
  type Integers,
  type Stream,
} from './random/index.ts';
export {
  abs,
  detach,
  exp,
  floor,
  linoid,
  log,
  logistic,
  max,
  min,
  pow,
  sign,
  softplus,
  spike,
  sqrt,
  tanh,
} from './local/index.ts';
export type {
  Analysis,
  Condition,
  Cost,
  Formula,
  FunctionName,
  Letter,
  LocalFunction,
  Node,
  Numbers,
  Operations,
  Read,
  Result,
  Results,
  Scope,
  Surrogates,
  Value,
  View,
  ViewShape,
} from './local/index.ts';
export * from './rules/index.ts';
export {
  adam,
  momentum,
  optimiser,
  type Optimiser,
  type OptimiserDefinition,
  type OptimiserMaker,
  type OptimiserView,
} from './optimisers/index.ts';
export { crossEntropy, loss, squared, type Loss, type LossDefinition } from './losses/index.ts';
export * from './neurons/index.ts';
export * from './tasks/index.ts';
export * from './circuit/index.ts';
export * from './actors/index.ts';
export * from './kernels/index.ts';
export {
  Bptt,
  bptt,
  linearised,
  plainMemory,
  Rtrl,
  rtrl,
  Snap,
  snap,
  type AlgorithmMaker,
  type Footprint,
  type LearningAlgorithm,
  type Linearised,
  type Memory,
  type OnlineLearner,
  type OpenOptions,
  type Purpose,
  type SnapOptions,
  type StatePart,
  type SynapsePart,
  type Tangent,
} from './solvers/index.ts';
export {
  learningAlgorithm,
  local,
  withTrial,
  type AlgorithmDefinition,
  type AlgorithmName,
} from './algorithms/index.ts';
export * from './analysis/index.ts';
export * from './locality/index.ts';
export * from './training/index.ts';
