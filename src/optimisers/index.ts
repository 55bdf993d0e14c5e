export {
  checkOptimiser,
  isOptimiser,
  optimiser,
  type Optimiser,
  type OptimiserDefinition,
  type OptimiserMaker,
  type OptimiserView,
} from './optimiser.ts';
export { adam } from './adam.ts';
export { momentum } from './momentum.ts';
