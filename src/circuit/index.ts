export {
  circuit,
  isMatrix,
  type Circuit,
  type CircuitDefinition,
  type Feedback,
  type Matrix,
  type SynapseGroup,
  type Weights,
} from './circuit.ts';
export { mask, probability, type Connectivity } from './connectivity.ts';
export {
  build,
  readoutsOf,
  transposedReadouts,
  type BuiltCircuit,
  type BuiltFeedback,
  type BuiltGroup,
  type BuiltPopulation,
} from './build.ts';
export { ConnectionGraph } from './connection-graph.ts';
export { sender, type Axon, type Sender, type Sending } from './dials/axon.ts';
export { ruleOf, type TraceDials, type Traced, type Traces } from './dials/traces.ts';
export { turnedOnAxons, turnedOnSynapses, type TurnedDials } from './dials/turned.ts';
export { settler, type Settler, type Settling, type WeightDials } from './dials/weights.ts';
export { carriedVariables, checkTrial } from './engine.ts';
export { heldArray, type Held, type Place } from './held.ts';
export type {
  Carried,
  Engine,
  FeedbackKind,
  GroupWeights,
  LearningOptions,
  Published,
  Reader,
  Schedule,
  StopPhase,
  TrialOptions,
} from './engine.ts';
export {
  carryingGroups,
  checkInfluences,
  isCredited,
  LARGEST_INFLUENCES,
  learningRate,
  reachedFrom,
  refuseOnline,
  refuseSending,
} from './credit.ts';
export { reachWithin, type Neurons } from './reach.ts';
