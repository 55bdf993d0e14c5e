export { alignment, alignmentMeter } from './alignment.ts';
export { fitPowerLaw, type PowerLaw } from './power-law.ts';
