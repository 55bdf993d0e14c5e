export { alignment, alignmentMeter } from './alignment.ts';
export { fitPowerLaw, type PowerLaw } from './power-law.ts';
export {
  descendedGroups,
  gradientAlignment,
  gradientAlignmentMeter,
  type GradientAlignmentMeter,
  type TrialUpdate,
} from './gradient-alignment.ts';
