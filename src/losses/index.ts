export { isLoss, loss, type LossDefinition, type OutputView } from './loss.ts';
export type { Loss, OutputSum } from './read.ts';
export { crossEntropy } from './cross-entropy.ts';
export { squared } from './squared.ts';
