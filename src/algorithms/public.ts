/** What users get of this room; `index.ts` is the door for the rooms above. */
export {
  eBptt,
  fBptt,
  kfRtrl,
  learningAlgorithm,
  local,
  rKfRtrl,
  uoro,
  withTrial,
  type AlgorithmDefinition,
  type AlgorithmName,
  type KfRtrlOptions,
  type RKfRtrlOptions,
  type UoroOptions,
} from './index.ts';
