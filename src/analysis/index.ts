export { alignment, alignmentMeter } from './alignment.ts';
