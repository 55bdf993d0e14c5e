export { alignment, alignmentMeter } from './alignment.ts';
export {
  descendedGroups,
  gradientAlignment,
  gradientAlignmentMeter,
  type GradientAlignmentMeter,
  type TrialUpdate,
} from './gradient-alignment.ts';
