export {
  algorithmMaker,
  checkAlgorithm,
  isAlgorithm,
  makeAlgorithm,
  numberedMaker,
  refuseCopy,
  type AlgorithmFields,
  type AlgorithmMaker,
  type LearningAlgorithm,
  type ListedAlgorithm,
  type OpenOptions,
} from './algorithm.ts';
export { Bptt, bptt } from './bptt.ts';
export type { Footprint } from './footprint.ts';
export type { Linearised, Tangent } from './linearised.ts';
export { BROUGHT, type Outside } from './outside.ts';
export type { StatePart, SynapsePart } from './parts.ts';
export type { PortPart } from './port-part.ts';
export { spansOf } from './synapse-pass.ts';
export type { Push } from './pusher.ts';
export type { Twin } from './twin.ts';
export { linearised, type OnlineLearner } from './online.ts';
export { plainMemory, type Memory, type Purpose } from './memory.ts';
export { Rtrl, rtrl } from './rtrl.ts';
export { Snap, snap, type SnapOptions } from './snap.ts';
export { ThroughLearning, type ThroughTrial } from './through-learning/through-learning.ts';
