/** What users get of this room; `index.ts` is the door for the rooms above. */
export {
  alignment,
  bestLoss,
  finalLoss,
  fitPowerLaw,
  gradientAlignment,
  quantile,
  quartiles,
  spreadOf,
  type PowerLaw,
  type Quartiles,
  type Spread,
} from './index.ts';
