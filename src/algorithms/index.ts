export {
  algorithmNamed,
  asAlgorithm,
  builtInAlgorithms,
  builtInSolvers,
  oneOfNames,
  referenceNames,
  unknownLearner,
  type AlgorithmName,
} from './built-in.ts';
export { local } from './local.ts';
export * from './online/index.ts';
export { learningAlgorithm, type AlgorithmDefinition } from './own.ts';
export { sameAlgorithm } from './same.ts';
export { withKernels } from './with-kernels.ts';
export { withTrial } from './with-trial.ts';
