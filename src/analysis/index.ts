export { alignment, alignmentMeter } from './alignment.ts';
export {
  estimateAlignment,
  HISTOGRAM_BINS,
  spreadOf,
  totalOf,
  type EstimateAlignment,
  type Spread,
} from './estimates.ts';
export { fitPowerLaw, type PowerLaw } from './power-law.ts';
export { bestLoss, finalLoss, FINAL_TRIALS } from './course.ts';
export { quantile, quartiles, type Quartiles } from './quartiles.ts';
export { descendedGroups, gradientAlignment, gradientAlignmentMeter, type TrialUpdate } from './gradient-alignment.ts';
