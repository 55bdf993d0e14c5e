export { isLoss, loss, type LossDefinition } from './loss.ts';
export type { Loss } from './read.ts';
export { crossEntropy } from './cross-entropy.ts';
export { squared } from './squared.ts';
