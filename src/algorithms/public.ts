/** What users get of this room; `index.ts` is the door for the rooms above. */
export { learningAlgorithm, local, withTrial, type AlgorithmDefinition, type AlgorithmName } from './index.ts';
