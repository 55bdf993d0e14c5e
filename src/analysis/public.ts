/** What users get of this room; `index.ts` is the door for the rooms above. */
export {
  alignment,
  bestLoss,
  finalLoss,
  fitPowerLaw,
  gradientAlignment,
  quantile,
  quartiles,
  type PowerLaw,
  type Quartiles,
} from './index.ts';
